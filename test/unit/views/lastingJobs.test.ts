/** What the window draws for jobs: nothing for those that end at once, and the end of all others. */
import assert from 'node:assert/strict';
import type { Jobs } from '../../../src/core/jobs/manager/jobs';
import type { BackupJob } from '../../../src/core/model/job';
import type * as Lasting from '../../../src/vscode/jobs/lastingJobs';
import type * as Notifications from '../../../src/vscode/jobs/progressNotifications';
import type * as Bar from '../../../src/vscode/views/jobStatusBar';
import type * as View from '../../../src/vscode/views/jobsView';
import { FakeClock } from '../../support/workbench/fakeClock';
import { englishText, fakeVscode } from '../../support/workbench/fakeVscode';
import { backupJob, progress } from './jobs';

class EventEmitter<T> {
  private readonly told = new Set<(event: T) => void>();
  event = (listener: (event: T) => void) => {
    this.told.add(listener);
    return { dispose: () => void this.told.delete(listener) };
  };
  fire(event: T): void {
    for (const listener of this.told) listener(event);
  }
  dispose(): void {
    this.told.clear();
  }
}

/** Jobs that a test lets come, go on and end. */
class FakeJobs {
  private readonly all = new Map<string, BackupJob>();
  private readonly told = new Set<(job: BackupJob) => void>();
  private readonly removals = new Set<(id: string) => void>();

  list = (): BackupJob[] => [...this.all.values()];
  get = (id: string): BackupJob | undefined => this.all.get(id);
  isOwn = (): boolean => true;
  onUpdate = (listener: (job: BackupJob) => void) => {
    this.told.add(listener);
    return () => void this.told.delete(listener);
  };
  onRemoved = (listener: (id: string) => void) => {
    this.removals.add(listener);
    return () => void this.removals.delete(listener);
  };

  tell(id: string, more: Partial<BackupJob>): void {
    const job = backupJob({ id, endTime: null, ...more });
    this.all.set(id, job);
    for (const listener of this.told) listener(job);
  }

  remove(id: string): void {
    this.all.delete(id);
    for (const listener of this.removals) listener(id);
  }
}

const runs = (percent: number): Partial<BackupJob> => ({
  status: 'running',
  progress: progress({ percent, remainingMs: null }),
});
const ended = { status: 'completed', endTime: '2026-11-22T13:40:12.000Z' } as const;

describe('What the window draws for a job', () => {
  /** What VS Code was told, in its order. */
  let drawn: string[] = [];
  let clock: FakeClock;
  let jobs: FakeJobs;
  let parts: { dispose(): void }[];
  let finish: (() => void)[];
  let notifications: Notifications.ProgressNotifications;
  let inSight: boolean;
  let sightChanged: EventEmitter<void>;
  let restoreVscode: () => void;
  let modules: [typeof Lasting, typeof Notifications, typeof Bar, typeof View];

  const item = {
    text: '',
    show: () => drawn.push(`bar: ${item.text}`),
    hide: () => drawn.push('bar: nothing'),
    dispose: () => undefined,
  };
  const view = {
    visible: false,
    onDidChangeVisibility: () => ({ dispose: () => undefined }),
    set badge(badge: { value: number } | undefined) {
      drawn.push(`badge: ${badge?.value ?? 'none'}`);
    },
  };

  before(async () => {
    restoreVscode = fakeVscode({
      EventEmitter,
      ProgressLocation: {},
      StatusBarAlignment: {},
      l10n: { t: englishText },
      commands: {
        executeCommand: (_set: string, key: string, value: unknown) =>
          void drawn.push(`${key}: ${String(value)}`),
      },
      window: {
        createStatusBarItem: () => item,
        withProgress: async (_options: unknown, task: (...args: unknown[]) => Promise<void>) => {
          drawn.push('notification');
          const token = { onCancellationRequested: () => ({ dispose: () => undefined }) };
          await task({ report: () => undefined }, token);
          drawn.push('no notification');
        },
      },
    });
    modules = [
      await import('../../../src/vscode/jobs/lastingJobs'),
      await import('../../../src/vscode/jobs/progressNotifications'),
      await import('../../../src/vscode/views/jobStatusBar'),
      await import('../../../src/vscode/views/jobsView'),
    ];
  });
  after(() => restoreVscode());

  beforeEach(() => {
    clock = new FakeClock();
    jobs = new FakeJobs();
    finish = [];
    inSight = false;
    sightChanged = new EventEmitter();
    const [{ LastingJobs }, { ProgressNotifications }, { JobStatusBar }, { JobsView }] = modules;
    const source = jobs as unknown as Jobs;
    const lasting = new LastingJobs(source);
    const watched = { inSight: () => inSight, onDidChange: sightChanged.event };
    notifications = new ProgressNotifications(source, watched, lasting);
    const label = (): string => 'Shop';
    const place = {
      door: { lead: () => view as never, id: '' },
      known: Promise.resolve(),
      lasting,
      state: { get: () => undefined } as never,
    };
    parts = [
      lasting,
      notifications,
      new JobStatusBar(source, lasting, label, () => false),
      new JobsView(source, label, () => false, place),
    ];
    drawn = [];
  });
  afterEach(() => {
    for (const part of parts) part.dispose();
    clock.restore();
    assert.equal(clock.waiting, 0, 'nothing waits any more');
  });

  /** Starts a job as the presenter sees it. */
  function start(id: string): void {
    jobs.tell(id, { status: 'pending' });
    const finished = new Promise<BackupJob>((resolve) =>
      finish.push(() => resolve(backupJob({ id, ...ended }))),
    );
    notifications.follow({ job: backupJob({ id }), finished }, 'Backup of Shop');
  }

  it('is nothing at all for one that ends at once, except for what menus need to know', () => {
    start('a');
    clock.pass(100);
    jobs.tell('a', runs(10));
    clock.pass(150);
    jobs.tell('a', runs(90));
    clock.pass(149);
    jobs.tell('a', ended);
    clock.pass(10_000);
    assert.deepEqual(drawn, ['pgBackup.finishedJobs: true']);
    drawn = [];
    start('b');
    clock.pass(100);
    jobs.tell('b', ended);
    clock.pass(10_000);
    assert.deepEqual(drawn, [], 'there is nothing new for the menus');
  });

  it('is all of it once a job lasts, and all of it goes with its end', async () => {
    start('a');
    jobs.tell('a', runs(10));
    clock.pass(399);
    assert.deepEqual(drawn, []);
    clock.pass(1);
    assert.deepEqual(drawn.sort(), [
      'badge: 1',
      'bar: $(sync~spin) Backup Shop 10%',
      'notification',
    ]);
    drawn = [];
    jobs.tell('a', ended);
    assert.deepEqual(drawn, ['bar: nothing'], 'not a moment longer');
    finish[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    clock.pass(100);
    assert.deepEqual(drawn, [
      'bar: nothing',
      'no notification',
      'pgBackup.finishedJobs: true',
      'badge: none',
    ]);
  });

  it('changes a few times a second, however often a job tells of itself', () => {
    start('a');
    clock.pass(400);
    drawn = [];
    for (let ms = 0; ms < 1000; ms += 10) {
      jobs.tell('a', runs(ms / 20));
      clock.pass(10);
    }
    assert.ok(drawn.length >= 3 && drawn.length <= 5, drawn.join('\n'));
    clock.pass(250);
    assert.equal(drawn.at(-1), 'bar: $(sync~spin) Backup Shop 49%', 'the newest is told');
  });

  it('leaves out a short job that runs beside one that lasts', () => {
    start('a');
    clock.pass(400);
    jobs.tell('a', runs(20));
    clock.pass(250);
    drawn = [];
    start('b');
    jobs.tell('b', runs(50));
    clock.pass(300);
    jobs.tell('b', ended);
    clock.pass(1000);
    assert.deepEqual(
      drawn.filter((one) => !one.startsWith('pgBackup.')),
      [],
    );
  });

  it('goes with a job that is removed, and there is no notification before its time', () => {
    start('a');
    inSight = true;
    clock.pass(300);
    inSight = false;
    sightChanged.fire();
    assert.deepEqual(drawn, [], 'the form was closed before the job lasted');
    clock.pass(100);
    drawn = [];
    jobs.remove('a');
    assert.deepEqual(drawn, ['bar: nothing']);
    clock.pass(100);
    assert.equal(drawn.at(-1), 'badge: none');
  });
});
