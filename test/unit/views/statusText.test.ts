import assert from 'node:assert/strict';
import { milestone } from '../../../src/core/text/jobText';
import { statusText } from '../../../src/vscode/views/statusText';
import { backupJob, labelOf, progress, restoreJob, running } from './jobs';

describe('the jobs in the status bar', () => {
  it('nothing when nothing runs', () => {
    assert.equal(statusText([], labelOf), null);
    assert.equal(statusText([backupJob(), restoreJob({ status: 'lost' })], labelOf), null);
  });

  it('one job with percent and time left', () => {
    const job = backupJob({ ...running, progress: progress() });
    const status = statusText([backupJob(), job], labelOf);
    assert.equal(status?.text, 'Backup Shop 43% · 1 min 50 s left');
    assert.deepEqual(status.lines, [
      'Backing up Shop to shop.dump · 43% · app.orders · 1 min 50 s left',
    ]);
  });

  it('a restore by its database, and no percent that nobody knows', () => {
    const job = restoreJob({
      ...running,
      progress: progress({ percent: null, remainingMs: null }),
    });
    assert.equal(statusText([job], labelOf)?.text, 'Restore copy Estimating…');
  });

  it('a job that waits for a lock', () => {
    const lockWait = { object: 'app.a', blockers: [{ pid: 7, application: '', user: 'bob' }] };
    const unknown = { percent: null, remainingMs: null, lockWait };
    const status = statusText([backupJob({ ...running, progress: progress(unknown) })], labelOf);
    assert.equal(status?.text, 'Backup Shop Waiting');
    assert.match(status.lines[0] ?? '', /Waiting for a lock: app\.a, blocked by process 7 of bob/);
  });

  it('several are counted, with the share of the one that is behind', () => {
    const a = backupJob({ ...running, progress: progress({ percent: 80 }) });
    const b = restoreJob({ ...running, progress: progress({ percent: 20 }) });
    assert.equal(statusText([a, b], labelOf)?.text, '2 jobs · 20%');
    const waits = backupJob({ id: 'w', status: 'pending', endTime: null });
    const three = statusText([a, b, waits], labelOf);
    assert.equal(three?.text, '3 jobs');
    assert.equal(three.lines.length, 3);
  });

  it('of hundreds, those that run are told, some that wait, and how many more there are', () => {
    const many = Array.from({ length: 500 }, (_, n) =>
      backupJob({ id: `w${n}`, status: 'pending', endTime: null }),
    );
    const runs = restoreJob({ ...running, progress: progress({ percent: 20 }) });
    const status = statusText([...many, runs], labelOf);
    assert.equal(status?.text, '501 jobs');
    assert.match(status.lines[0] ?? '', /^Restoring/);
    assert.match(status.lines[1] ?? '', /waiting/);
    assert.deepEqual([status.lines.length, status.lines.at(-1)], [11, '… and 491 more']);
  });
});

describe('the milestones of a job', () => {
  const at = (percent: number | null) => progress({ percent });
  const cases: [number | null, number | null, number | null][] = [
    [null, 3, null],
    [3, 24.9, null],
    [24.9, 25, 25],
    [25, 30, null],
    [10, 60, 50],
    [null, 99, 75],
    [75, 80, null],
    [40, null, null],
  ];
  for (const [from, to, said] of cases) {
    it(`${from} to ${to}: ${said}`, () => assert.equal(milestone(at(from), at(to)), said));
  }
});
