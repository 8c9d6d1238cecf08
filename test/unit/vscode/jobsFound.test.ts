/** What is shown of jobs before those of earlier windows are known. */
import assert from 'node:assert/strict';
import type { BackupJob } from '../../../src/core/model/job';
import type * as Documents from '../../../src/vscode/views/jobLogDocuments';
import type * as View from '../../../src/vscode/views/jobsView';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';

const nothing = { dispose: () => undefined };

class EventEmitter {
  event = () => nothing;
  fire(): void {}
  dispose(): void {}
}

const fake = {
  EventEmitter,
  TreeItem: class {},
  l10n: { t: englishText },
  commands: { executeCommand: () => Promise.resolve() },
  workspace: { onDidChangeTextDocument: () => nothing },
  window: { onDidChangeTextEditorSelection: () => nothing },
};

const job = {
  id: 'x',
  type: 'backup',
  status: 'completed',
  output: ['done'],
} as unknown as BackupJob;

describe('Jobs of earlier windows', () => {
  let restoreVscode: () => void;
  let JobLogDocuments: typeof Documents.JobLogDocuments;
  let JobsView: typeof View.JobsView;
  before(async () => {
    restoreVscode = fakeVscode(fake);
    ({ JobLogDocuments } = await import('../../../src/vscode/views/jobLogDocuments'));
    ({ JobsView } = await import('../../../src/vscode/views/jobsView'));
  });
  after(() => restoreVscode());

  /** The jobs as they are at a start: `find` finds the one, and tells that all are known. */
  function found() {
    let listener = (_: BackupJob): void => undefined;
    let tell = (): void => undefined;
    const known = new Promise<void>((resolve) => (tell = resolve));
    const jobs = new Map<string, BackupJob>();
    return {
      known,
      jobs: {
        get: (id: string) => jobs.get(id),
        list: () => [...jobs.values()],
        isOwn: () => false,
        logPath: () => null,
        onUpdate: (told: typeof listener) => {
          listener = told;
          return () => undefined;
        },
        onLines: () => () => undefined,
        onRemoved: () => () => undefined,
      } as never,
      find: () => {
        jobs.set(job.id, job);
        listener(job);
        tell();
      },
    };
  }

  it('are waited for by their view, which would say that there are none', async () => {
    const { jobs, known, find } = found();
    const view = { visible: false, onDidChangeVisibility: () => nothing };
    const jobsView = new JobsView(
      jobs,
      () => '',
      () => false,
      {
        door: { lead: () => view as never, id: '' },
        known,
        lasting: { has: () => false, onDidFind: () => nothing },
        state: { get: () => undefined } as never,
      },
    );
    try {
      const rows = jobsView.getChildren();
      find();
      assert.deepEqual(await rows, [{ jobId: 'x' }]);
    } finally {
      jobsView.dispose();
    }
  });

  it('are waited for by their logs, which would say that they are not known', async () => {
    const { jobs, known, find } = found();
    const documents = new JobLogDocuments(jobs, known, { lead: () => undefined });
    try {
      const text = documents.provideTextDocumentContent({ query: 'x' } as never);
      find();
      assert.equal(await text, 'done\n');
    } finally {
      documents.dispose();
    }
  });
});
