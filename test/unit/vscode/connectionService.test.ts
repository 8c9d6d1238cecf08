import assert from 'node:assert/strict';
import type { ServerInfo } from '../../../src/core/model/catalog';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type * as Service from '../../../src/vscode/connections/connectionService';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';

describe('The database of a connection that nobody has asked yet', () => {
  let restoreVscode: () => void;
  let ConnectionService: typeof Service.ConnectionService;
  before(async () => {
    restoreVscode = fakeVscode({ l10n: { t: englishText } });
    ({ ConnectionService } = await import('../../../src/vscode/connections/connectionService'));
  });
  after(() => restoreVscode());

  /** Of a user whose server says `ux_rest`; `asked` counts the questions. */
  function serviceFor(profile: ConnectionProfile): {
    service: Service.ConnectionService;
    asked: () => number;
  } {
    let asked = 0;
    const settings = { connections: () => [profile], onDidChangeConnections: () => undefined };
    const nothing = {} as never;
    const service = new ConnectionService(settings as never, nothing, nothing, nothing);
    service.test = () => {
      asked++;
      return Promise.resolve({ database: 'ux_rest' } as ServerInfo);
    };
    return { service, asked: () => asked };
  }

  const cases: [profile: Omit<ConnectionProfile, 'id'>, database: string, asks: boolean][] = [
    [{ service: 'staging' }, 'ux_rest', true],
    [{ url: 'postgresql:///?service=staging' }, 'ux_rest', true],
    [{ service: 'staging', database: 'app' }, 'app', false],
    [{ url: 'postgresql://h/shop' }, 'shop', false],
    [{ host: 'h', database: 'shop' }, 'shop', false],
  ];
  for (const [fields, database, asks] of cases) {
    it(`is ${asks ? 'asked of the server' : 'known'}: ${JSON.stringify(fields)}`, async () => {
      const profile = { id: 'rest', ...fields };
      const { service, asked } = serviceFor(profile);
      assert.equal(service.databaseName('rest'), asks ? undefined : database);
      await service.learnDatabase(profile);
      await service.learnDatabase(profile);
      assert.equal(service.databaseName('rest'), database);
      assert.equal(asked(), asks ? 1 : 0);
    });
  }
});
