import assert from 'node:assert/strict';
import { withDatabase } from '../../../src/core/forms/form/targetArgs';
import { buildConnection } from '../../../src/core/connections/libpq';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import '../../support/connections/readUrls';

const names = [
  'copy',
  'with space',
  `it's`,
  'a=b',
  'postgres://x',
  '-x',
  'back\\slash',
  '$&',
  'ünï',
];

const profiles: ConnectionProfile[] = [
  { id: 'a', host: 'h', port: 5433, database: 'shop', user: 'u' },
  { id: 'b', host: 'h' },
  { id: 'c', host: 'h', database: `odd='name\\` },
  { id: 'd', service: 's', database: 'shop', sslMode: 'require', source: 'user' },
  { id: 'e', url: 'postgresql://h/shop?connect_timeout=3' },
  { id: 'f', url: 'postgresql://h?target_session_attrs=read-write' },
];

describe('arguments with another database', () => {
  for (const profile of profiles) {
    it(`are those that the profile itself would give: ${JSON.stringify(profile)}`, () => {
      const input = {
        inherited: {},
        applicationName: 'test',
        connectTimeoutSeconds: 5,
        password: undefined,
      };
      const own = buildConnection(profile, input).args;
      for (const database of names) {
        const expected = buildConnection(profile, { ...input, database }).args;
        assert.deepEqual(withDatabase(own, database), expected, database);
      }
    });
  }
});
