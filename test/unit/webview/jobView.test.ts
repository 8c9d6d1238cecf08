import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupJob } from '../../../src/core/model/job';
import { jobProblems } from '../../../src/core/pgtools/stderr/problems/jobProblems';
import type { ProblemReport } from '../../../src/protocol/types';
import { type OutcomeView, viewJob } from '../../../webview/shared/form/jobView';

function job(more: Partial<BackupJob>): BackupJob {
  return {
    id: 'j',
    type: 'backup',
    status: 'running',
    options: { ...backupDefaults(), connectionId: 'c', outputPath: '/b/shop.dump' },
    startTime: '2026-11-22T13:40:00.000Z',
    endTime: null,
    output: [],
    errors: [],
    progress: null,
    exitCode: null,
    command: [],
    outputPath: '/b/shop.dump',
    sizeBytes: null,
    targetState: null,
    failure: null,
    ...more,
  };
}

/** What nobody knows yet. */
const unknown = {
  percent: null,
  remainingMs: null,
  currentObjects: [],
  rows: null,
  bytesPerSecond: null,
};

function outcome(more: Partial<BackupJob>, problem: ProblemReport | null = null): OutcomeView {
  const ended = { endTime: '2026-11-22T13:40:12.000Z', ...more };
  const view = viewJob({ job: job(ended), problem }, 0, (id) => (id === 'c' ? 'Shop' : id));
  assert.equal(view.kind, 'finished');
  return view.outcome;
}

describe('what the footer shows of a job', () => {
  it('nothing without a job', () => assert.deepEqual(viewJob(null, 0), { kind: 'none' }));

  it('phase, object, counts and a clock that goes on between updates', () => {
    const progress = {
      ...unknown,
      phase: 'dumping' as const,
      currentObject: 'app.orders',
      objectsTotal: 40,
      objectsCompleted: 17,
      bytesWritten: 2048,
      elapsedMs: 61_200,
    };
    const view = viewJob({ job: job({ progress }), problem: null }, 2_500);
    assert.equal(view.kind, 'running');
    const { running } = view;
    assert.deepEqual(running.counts, ['17 of 40 objects', '2.0 kB']);
    assert.equal(running.elapsed, '1 min 03 s');
    assert.equal(running.object, 'app.orders');
    assert.deepEqual([running.percent, running.share], [null, 'Estimating…']);
    assert.equal(running.remaining, '');
  });

  it('percent, time left, rows and rate, and all that is worked on', () => {
    const progress = {
      phase: 'dumping' as const,
      currentObject: 'app.orders',
      objectsTotal: 40,
      objectsCompleted: 17,
      bytesWritten: 2048,
      elapsedMs: 61_200,
      percent: 43.9,
      remainingMs: 108_000,
      currentObjects: ['app.items', 'app.log', 'app.orders'],
      rows: 1_200_000,
      bytesPerSecond: 12 * 1024 * 1024,
    };
    const view = viewJob({ job: job({ progress }), problem: null }, 0);
    assert.equal(view.kind, 'running');
    const { running } = view;
    assert.deepEqual([running.percent, running.share], [43, '43%']);
    assert.equal(running.remaining, '1 min 50 s left');
    assert.equal(running.object, 'app.orders +2');
    assert.equal(running.objects, 'app.items\napp.log\napp.orders');
    assert.deepEqual(running.counts, ['17 of 40 objects', '1,200,000 rows', '2.0 kB', '12 MB/s']);
    const done = { ...progress, percent: 100 };
    const end = viewJob({ job: job({ progress: done }), problem: null }, 0);
    assert.equal(end.kind === 'running' && end.running.percent, 99, 'never sits at 100');
  });

  it('does not claim a share while the total is not known', () => {
    const progress = {
      ...unknown,
      phase: 'reading' as const,
      currentObject: null,
      objectsTotal: null,
      objectsCompleted: 3,
      bytesWritten: 0,
      elapsedMs: 0,
    };
    const view = viewJob({ job: job({ progress }), problem: null }, 0);
    assert.equal(view.kind, 'running');
    assert.equal(view.running.percent, null);
    assert.deepEqual(view.running.counts, ['3 objects']);
  });

  it('says that it is cancelling, and cannot be cancelled twice', () => {
    const view = viewJob({ job: job({ status: 'cancelling' }), problem: null }, 0);
    assert.equal(view.kind, 'running');
    assert.equal(view.running.cancelling, true);
    assert.match(view.running.phase, /Cancelling/);
  });

  it('a finished backup: how long, what, how large, and what can be done with it', () => {
    const done = outcome({ status: 'completed', sizeBytes: 40_054_000 });
    assert.equal(done.title, 'Backup finished in 12 s: shop.dump, 38 MB');
    assert.equal(done.tone, 'done');
    assert.equal(done.output, true);
  });

  it('says what went wrong beside the backup itself', () => {
    const ended = job({ status: 'completed', endTime: '2026-11-22T13:40:12.000Z' });
    const view = viewJob({ job: ended, problem: null, warnings: ['No manifest.'] }, 0);
    assert.equal(view.kind, 'finished');
    assert.deepEqual(view.outcome.lines, ['No manifest.']);
    assert.equal(view.outcome.tone, 'done');
  });

  it('a restore leaves nothing to reveal', () => {
    const options = {
      ...restoreDefaults(),
      connectionId: 'c',
      inputPath: '/b/shop.dump',
      targetDatabase: 'copy',
    };
    const restored = { type: 'restore', status: 'completed', outputPath: null } as const;
    const done = outcome({ ...restored, options });
    assert.equal(done.title, 'Restore of shop.dump into copy finished in 12 s.');
    assert.equal(done.output, false);
    const own = outcome({ ...restored, options: { ...options, targetDatabase: null } });
    assert.match(own.title, / into Shop finished/, 'the connection, where no database is named');
    const harmless = outcome({ ...restored, options, harmlessErrors: 3 });
    assert.match(harmless.lines.join(' '), /^3 indexes of partitions .* harmless\.$/);
    assert.equal(harmless.tone, 'done');
  });

  it('errors that were ignored are neither success nor failure', () => {
    const errors = [{ message: 'a' }, { message: 'b' }];
    const view = outcome({ type: 'restore', status: 'completedWithErrors', errors });
    assert.equal(view.tone, 'warned');
    assert.match(view.title, /with 2 errors/);
    assert.equal(view.errors.length, 2);
    const one = outcome({
      type: 'restore',
      status: 'completedWithErrors',
      errors: [{ message: 'a' }],
    });
    assert.match(one.title, /with 1 error\./);
  });

  it('a failure: the cause, the tool’s words, the state of the target', () => {
    const problem: ProblemReport = {
      message: 'Disk full.',
      detail: 'pg: x',
      actions: ['setPassword'],
    };
    const view = outcome({ type: 'restore', status: 'failed', targetState: 'rolledBack' }, problem);
    assert.equal(view.title, 'Disk full.');
    assert.equal(view.detail, 'pg: x');
    assert.match(view.lines.join(' '), /rolled back/);
    assert.deepEqual(view.actions, ['setPassword']);
    assert.equal(outcome({ status: 'failed' }).title, 'The backup failed.');
  });

  it('a failure that its errors explain: the cause is in the headline, with its remedies', () => {
    const errors = [{ message: 'schema "Sales Dept" already exists', object: 'SCHEMA Sales Dept' }];
    const details = { tool: 'pg_restore', cause: 'other', text: 'pg_restore: error: …' };
    const failed = job({
      ...{ type: 'restore', status: 'failed', targetState: 'untouched', errors },
      options: { ...restoreDefaults(), connectionId: 'c', inputPath: '/b/shop.dump' },
      failure: { code: 'toolFailed', details },
    });
    const problem = { message: 'pg_restore failed.', detail: details.text, actions: [] };
    const view = viewJob({ job: failed, problem, causes: jobProblems(failed) }, 0);
    assert.equal(view.kind, 'finished');
    const { title, causeInTitle, lines, detail, causes } = view.outcome;
    assert.equal(title, 'pg_restore failed. There already: Sales Dept.');
    assert.ok(causeInTitle);
    assert.deepEqual(lines, ['The database was not changed.']);
    assert.equal(detail, '', 'the errors say the same');
    assert.ok((causes[0]?.remedies.length ?? 0) >= 2, 'ways out');
  });

  it('leads to the output only where the page has no log of the job', () => {
    const problem: ProblemReport = { message: 'Failed.', actions: ['showOutput'] };
    assert.deepEqual(outcome({ status: 'failed' }, problem).actions, ['showOutput']);
    assert.deepEqual(outcome({ status: 'failed', output: ['pg: x'] }, problem).actions, []);
    assert.deepEqual(outcome({ status: 'completed' }).actions, []);
  });

  it('a cancelled restore says in what state it left the database', () => {
    const view = outcome({ type: 'restore', status: 'cancelled', targetState: 'partial' });
    assert.equal(view.tone, 'cancelled');
    assert.match(view.lines.join(' '), /part of what/);
  });

  it('a lost job is no success', () => assert.equal(outcome({ status: 'lost' }).tone, 'failed'));
});
