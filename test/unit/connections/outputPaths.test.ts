import assert from 'node:assert/strict';
import { databaseBefore } from '../../../src/core/connections/libpq';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type { BackupScope } from '../../../src/core/model/options';
import type { ConnectionService } from '../../../src/vscode/connections/connectionService';
import { suggestOutputPath } from '../../../src/vscode/connections/outputPaths';
import type { Settings } from '../../../src/vscode/settings/settings';
import '../../support/connections/readUrls';

interface Case {
  profile: Omit<ConnectionProfile, 'id'>;
  /** What the server said when it was asked. */
  answered?: string;
  request?: { database?: string | null; scope?: BackupScope; several?: boolean };
  template?: string;
  name: string;
}

describe('the database in the name of a new backup', () => {
  const cases: Record<string, Case> = {
    'is that of a field': { profile: { host: 'h', database: 'shop' }, name: 'shop' },
    'is that of a URL': { profile: { url: 'postgresql://bob@h:5433/ux_rest' }, name: 'ux_rest' },
    'is that of a URL’s parameter': { profile: { url: 'postgresql://h?dbname=x' }, name: 'x' },
    'is decoded': { profile: { url: 'postgresql://h/caf%C3%A9%20%22x%22' }, name: 'café _x_' },
    'is the user’s where a URL names none': { profile: { url: 'postgresql://bob@h' }, name: 'bob' },
    'is the one beside a service': { profile: { service: 's', database: 'app' }, name: 'app' },
    'is the one beside a service in a URL': {
      profile: { url: 'postgresql:///app?service=s' },
      name: 'app',
    },
    'is what the server of a service said': {
      profile: { service: 's' },
      answered: 'ux_rest',
      name: 'ux_rest',
    },
    'is what the server of a URL said': {
      profile: { url: 'postgresql://h' },
      answered: 'ux_rest',
      name: 'ux_rest',
    },
    'is the chosen one': {
      profile: { service: 's', database: 'app' },
      answered: 'app',
      request: { database: 'other' },
      name: 'other',
    },
    'is the connection’s id where nobody knows': { profile: { service: 's' }, name: 'rest' },
    'is none of one where all are backed up': {
      profile: { url: 'postgresql://h/shop' },
      request: { scope: 'server' },
      name: 'all-databases',
    },
    'comes to a template without it, where there are several': {
      profile: { url: 'postgresql://h/shop' },
      template: 'nightly',
      request: { database: 'a', several: true },
      name: 'nightly_a',
    },
  };
  for (const [title, { profile, answered, request, template, name }] of Object.entries(cases)) {
    it(title, () => {
      const entry = { id: 'rest', ...profile };
      const settings = {
        fileNameTemplate: () => template ?? '${database}',
        backupDirectory: () => '/backups',
        connections: () => [entry],
      } as unknown as Settings;
      const connections = {
        databaseName: () => answered ?? databaseBefore(entry, {}),
      } as unknown as ConnectionService;
      const path = suggestOutputPath(settings, connections, {
        connectionId: 'rest',
        format: 'custom',
        compression: 6,
        ...request,
      });
      assert.equal(path, `/backups/${name}.dump`);
    });
  }
});
