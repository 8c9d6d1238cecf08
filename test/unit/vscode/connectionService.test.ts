import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { SharedWork } from '../../../src/core/sharedWork';
import type { ServerInfo } from '../../../src/core/model/catalog';
import type { ConnectionProfile } from '../../../src/core/model/profile';
import type * as Service from '../../../src/vscode/connections/connectionService';
import { until } from '../../support/until';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';
import '../../support/connections/readUrls';

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

describe('work that several wait for', () => {
  /** Work that ends when it is called off, or by `finish`. */
  function begin(): { work: SharedWork<string>; finish: () => void; signal: AbortSignal } {
    let finish = (): void => undefined;
    let given: AbortSignal | undefined;
    const work = new SharedWork((signal) => {
      given = signal;
      return new Promise<string>((resolve, reject) => {
        finish = () => resolve('done');
        signal.addEventListener('abort', () => reject(new AppError('cancelled', {})));
      });
    });
    assert.ok(given);
    return { work, finish: () => finish(), signal: given };
  }
  const isCancelled = (error: unknown): boolean => AppError.is(error, 'cancelled');

  it('goes on while one of them waits, and is called off with the last one', async () => {
    const { work, signal } = begin();
    const [one, two] = [new AbortController(), new AbortController()];
    const waits = [one, two].map((each) => assert.rejects(work.wait(each.signal), isCancelled));
    one.abort();
    await waits[0];
    assert.equal(signal.aborted, false);
    assert.equal(work.isOfUse, true);
    two.abort();
    await waits[1];
    await until(() => signal.aborted, 'it is called off');
    assert.equal(work.isOfUse, false);
  });

  it('has its result for those who come later', async () => {
    const { work, finish } = begin();
    const first = work.wait();
    finish();
    assert.equal(await first, 'done');
    assert.equal(work.isOfUse, true);
    assert.equal(await work.wait(new AbortController().signal), 'done');
  });

  it('is of no use once it has failed', async () => {
    const work = new SharedWork(() => Promise.reject(new Error('no')));
    await assert.rejects(work.wait());
    assert.equal(work.isOfUse, false);
  });
});
