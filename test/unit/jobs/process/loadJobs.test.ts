import assert from 'node:assert/strict';
import {
  neededToConnect,
  type ConnectionPart,
} from '../../../../src/core/jobs/supervisor/process/loadJobs';
import type { ConnectionProfile } from '../../../../src/core/model/profile';

describe('what the process of a job loads for its connections before it waits for its turn', () => {
  const plain: ConnectionProfile = { id: 'plain', host: 'localhost' };
  const tunnelled: ConnectionProfile = { id: 'tunnelled', ssh: { host: 'bastion' } };
  const told: ConnectionProfile = { id: 'told', passwordCommand: ['pass', 'show', 'shop'] };
  const cases: readonly [string, ConnectionProfile[], ConnectionPart[]][] = [
    ['nothing for a plain one', [plain], []],
    ['what opens a tunnel', [plain, tunnelled], ['openTunnel']],
    ['what runs a password command', [told], ['passwordCommand']],
    ['both', [tunnelled, told], ['openTunnel', 'passwordCommand']],
  ];
  for (const [what, profiles, parts] of cases) {
    it(`is ${what}`, () => assert.deepEqual(neededToConnect(profiles), parts));
  }
});
