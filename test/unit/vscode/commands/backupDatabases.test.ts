import assert from 'node:assert/strict';
import type * as Commands from '../../../../src/vscode/commands/backupDatabases';
import type { BackupJob } from '../../../../src/core/model/job';
import { englishText, fakeVscode } from '../../../support/workbench/fakeVscode';
import { backupJob } from '../../views/jobs';

const nothing = { dispose: () => undefined };

/** A list in which the user ticks all that is there. */
class QuickPick {
  items: unknown[] = [];
  selectedItems: unknown[] = [];
  private accept = (): void => undefined;
  onDidHide = (hidden: () => void) => Object.assign(this, { hide: hidden });
  onDidAccept = (accepted: () => void) => (this.accept = accepted);
  hide(): void {}
  dispose(): void {}
  show(): void {
    this.selectedItems = this.items;
    this.accept();
  }
}

describe('Backups of several databases', () => {
  let restoreVscode: () => void;
  let backUpDatabases: typeof Commands.backUpDatabases;
  const token = {
    isCancellationRequested: false,
    told: (): void => undefined,
    onCancellationRequested: (told: () => void) => (token.told = told),
    cancel: () => {
      token.isCancellationRequested = true;
      token.told();
    },
  };
  const said: string[] = [];

  before(async () => {
    restoreVscode = fakeVscode({
      l10n: { t: englishText },
      ProgressLocation: {},
      Disposable: { from: () => nothing },
      window: {
        createQuickPick: () => new QuickPick(),
        withProgress: (_: unknown, task: (...given: unknown[]) => unknown) =>
          task({ report: () => undefined }, token),
        showErrorMessage: async (text: string) => void said.push(text),
      },
    });
    ({ backUpDatabases } = await import('../../../../src/vscode/commands/backupDatabases'));
  });
  after(() => restoreVscode());

  it('are all cancelled, the one as well that is just being started', async () => {
    const running = new Map<string, (job: BackupJob) => void>();
    const ended: unknown[] = [];
    const started: unknown[] = [];
    const parts = {
      settings: {
        fileNameTemplate: () => '${database}',
        connections: () => [],
        backupDirectory: () => '/backups',
      },
      connections: {
        readSizes: async () => ['a', 'b', 'c'].map((name) => ({ name, bytes: 1 })),
        databaseName: () => null,
      },
      estimates: {},
      // Another profile would ask the server for its facts.
      workspaceState: { get: () => ({ profile: 'custom' }) },
      watched: { add: () => nothing },
      service: {
        startBackup: async ({ jobId, options }: { jobId: string; options: unknown }) => {
          started.push(Reflect.get(Object(options), 'database'));
          // Until the file is looked at, and its folder made, the user has time for `Cancel`.
          if (started.length === 2) token.cancel();
          await Promise.resolve();
          const finished = new Promise<BackupJob>((resolve) => running.set(jobId, resolve));
          return { job: backupJob({ id: jobId }), finished };
        },
      },
      jobs: {
        cancel: async (id: string) => {
          const job = backupJob({ id, status: 'cancelled' });
          running.get(id)?.(job);
          ended.push(id);
          return job;
        },
      },
    };
    await backUpDatabases(parts as never, { id: 'x', host: 'h', port: 1, user: 'u' });
    assert.deepEqual(started, ['a', 'b']);
    assert.deepEqual(ended, [...running.keys()]);
    assert.match(said.join(), /^4 of 4 backups of x were not made/);
  });
});
