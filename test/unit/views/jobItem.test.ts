import assert from 'node:assert/strict';
import type { LockHolder } from '../../../src/core/model/catalog';
import type { BackupJob, JobStatus } from '../../../src/core/model/job';
import { jobActions, jobItem, sortJobs } from '../../../src/vscode/views/jobItem';
import type { ViewItem } from '../../../src/vscode/views/viewItem';
import { backupJob, labelOf, progress, restoreJob, running } from './jobs';

const item = (job: BackupJob): ViewItem =>
  jobItem(job, {
    labelOf,
    failureText: () => 'The disk is full.',
    dateText: (iso) => iso.slice(11, 16),
    whenText: (iso) => `at ${iso.slice(11, 16)}`,
    isForeign: ({ origin }) => origin?.workspace === 'file:///elsewhere',
  });

describe('a job in its view', () => {
  it('that runs: what, percent, object and time left', () => {
    const row = item(backupJob({ ...running, progress: progress() }));
    assert.equal(row.label, 'Backup of Shop');
    assert.equal(row.description, '43% · 1 min 50 s left · app.orders');
    assert.equal(row.tooltip[0], 'Backing up Shop to shop.dump');
    assert.deepEqual(row.icon, { id: 'sync~spin' });
    assert.equal(row.contextValue, 'job cancel log');
    assert.equal(row.children, false);
    assert.equal(row.screenReaderText, 'Backup of Shop, running, 43%, 1 min 50 s left, app.orders');
  });

  it('names another database than that of the connection', () => {
    const options = { ...backupJob().options, database: 'orders' };
    assert.equal(item(backupJob({ options })).label, 'Backup of orders – Shop');
  });

  it('that cannot know yet says that it is estimating', () => {
    const unknown = progress({ percent: null, remainingMs: null, currentObjects: [] });
    const row = item(backupJob({ ...running, progress: { ...unknown, currentObject: null } }));
    assert.equal(row.description, 'Estimating… · Dumping');
    assert.match(item(backupJob({ ...running })).description, /^Estimating… · Starting/);
  });

  it('that waits for a lock says for which, and who is in the way', () => {
    const lockWait = {
      object: 'app.orders',
      blockers: [
        { pid: 4711, application: 'psql', user: 'alice' },
        { pid: 0, application: '', user: null },
      ],
    };
    const waits = 'Waiting for a lock: app.orders, blocked by psql (alice, process 4711) +1';
    const unknown = { percent: null, remainingMs: null, currentObjects: [], currentObject: null };
    const row = item(backupJob({ ...running, progress: progress({ ...unknown, lockWait }) }));
    assert.equal(row.description, waits);
    assert.ok(row.tooltip.includes(waits));
    const later = item(backupJob({ ...running, progress: progress({ lockWait }) }));
    assert.equal(later.description, `43% · ${waits}`);
  });

  it('names what holds a lock as far as it is known', () => {
    const cases: [LockHolder, string][] = [
      [{ pid: 0, application: '', user: null }, 'a prepared transaction'],
      [{ pid: 7, application: '', user: null }, 'process 7'],
      [{ pid: 7, application: '', user: 'bob' }, 'process 7 of bob'],
    ];
    for (const [holder, text] of cases) {
      const lockWait = { object: null, blockers: [holder] };
      const row = item(backupJob({ ...running, progress: progress({ lockWait }) }));
      assert.equal(row.description, `43% · Waiting for a lock: blocked by ${text}`);
    }
  });

  it('of another workspace names that, and its connection as it is called there', () => {
    const origin = { workspace: 'file:///elsewhere', workspaceName: 'till', connection: 'Till' };
    const row = item(backupJob({ origin }));
    assert.equal(row.label, 'Backup of Till');
    assert.equal(row.description, 'at 13:40 · 38 MB · 12 s · shop.dump · workspace till');
    // Its options mean connections that this workspace does not know, or calls otherwise.
    assert.equal(row.contextValue, 'job log remove reveal restore');
    const nameless = { ...origin, workspaceName: '' };
    assert.match(item(backupJob({ origin: nameless })).screenReaderText, /, no workspace$/);
    const now = item(backupJob({ ...running, origin, progress: progress() }));
    assert.equal(now.contextValue, 'job cancel log');
    const here = item(backupJob({ origin: { ...origin, workspace: 'file:///here' } }));
    assert.equal(here.description, 'at 13:40 · 38 MB · 12 s · shop.dump');
  });

  it('that was lost tells what it may have left', () => {
    const errors = [{ message: 'The database "copy" may be incomplete.' }];
    const row = item(restoreJob({ status: 'lost', targetState: 'unknown', errors }));
    assert.ok(row.tooltip.includes('The database "copy" may be incomplete.'));
  });

  it('with several workers has a row for each object', () => {
    const currentObjects = ['app.a', 'app.b', 'app.orders'];
    const row = item(backupJob({ ...running, progress: progress({ currentObjects }) }));
    assert.equal(row.children, true);
    assert.match(row.description, /app\.orders \+2/);
    for (const name of currentObjects) assert.ok(row.tooltip.join('\n').includes(name));
    const done = item(backupJob({ progress: progress({ currentObjects }) }));
    assert.equal(done.children, false, 'not when it has ended');
  });

  it('that has ended: name, size, duration and when', () => {
    const row = item(backupJob());
    assert.equal(row.label, 'Backup of Shop');
    assert.equal(row.description, 'at 13:40 · 38 MB · 12 s · shop.dump');
    assert.equal(row.icon.id, 'pass');
  });

  it('a restore names its file and database', () => {
    const row = item(restoreJob());
    assert.equal(row.label, 'Restore into copy');
    assert.equal(row.description, 'at 13:40 · 12 s · shop.dump');
    assert.equal(row.tooltip[0], 'Restore of shop.dump into copy finished in 12 s.');
  });

  it('that failed says why, and what state it left', () => {
    const row = item(restoreJob({ status: 'failed', targetState: 'rolledBack' }));
    assert.match(row.description, /^failed · at 13:40 · /);
    assert.equal(row.screenReaderText, 'Restore into copy, failed, shop.dump, 12 s, 13:40');
    assert.equal(row.icon.id, 'error');
    assert.equal(row.tooltip[0], 'The disk is full.');
    assert.match(row.tooltip[1] ?? '', /rolled back/);
  });

  it('with errors counts them', () => {
    const status = 'completedWithErrors';
    assert.match(
      item(restoreJob({ status, errors: [{ message: 'a' }] })).description,
      /^1 error · /,
    );
    const two = [{ message: 'a' }, { message: 'b' }];
    assert.match(item(restoreJob({ status, errors: two })).description, /^2 errors · /);
  });

  it('a verification names its level', () => {
    const options = { inputPath: '/backups/shop.dump', level: 'fullRead' } as const;
    const row = item(backupJob({ type: 'verify', options, outputPath: null, sizeBytes: null }));
    assert.equal(row.label, 'Full read of shop.dump');
    assert.equal(row.contextValue, 'job log rerun remove reveal');
  });

  const all: [JobStatus, string, string][] = [
    ['pending', 'cancel log', 'cancel log'],
    ['running', 'cancel log', 'cancel log'],
    ['cancelling', 'log', 'log'],
    ['completed', 'log rerun remove form reveal restore', 'log rerun remove form reveal'],
    ['completedWithErrors', 'log rerun remove form reveal restore', 'log rerun remove form reveal'],
    ['failed', 'log rerun remove form', 'log rerun remove form reveal'],
    ['cancelled', 'log rerun remove form', 'log rerun remove form reveal'],
    ['lost', 'log rerun remove form', 'log rerun remove form reveal'],
  ];
  for (const [status, backup, restore] of all) {
    it(`offers what fits its state: ${status}`, () => {
      assert.equal(jobActions(backupJob({ status })).join(' '), backup);
      assert.equal(jobActions(restoreJob({ status })).join(' '), restore);
    });
  }

  it('every state has an icon and words of its own', () => {
    const rows = all.map(([status]) => item(backupJob({ status })));
    const icons = new Set(rows.map(({ icon }) => icon.id));
    assert.equal(icons.size, all.length - 1, 'cancelling still runs');
    const words = new Set(rows.map(({ screenReaderText }) => screenReaderText.split(', ')[1]));
    assert.equal(words.size, all.length);
  });

  it('the list begins with what runs, then what waits, then the newest that ended', () => {
    const jobs = [
      backupJob({ id: 'old', endTime: '2026-11-22T10:00:00.000Z' }),
      backupJob({ id: 'wait1', status: 'pending', startTime: null, endTime: null }),
      backupJob({ id: 'new', endTime: '2026-11-22T12:00:00.000Z' }),
      backupJob({ id: 'run', ...running }),
      backupJob({ id: 'wait2', status: 'pending', startTime: null, endTime: null }),
    ];
    assert.deepEqual(
      sortJobs(jobs).map(({ id }) => id),
      ['run', 'wait1', 'wait2', 'new', 'old'],
    );
  });
});
