import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import type { BackupOptions } from '../../../src/core/model/options';
import { OUTPUT_TAIL_LINES } from '../../../src/core/model/job';
import { JobRecord } from '../../../src/core/jobs/job/jobRecord';
import { tellNote } from '../../../src/core/jobs/job/tellNote';

describe('JobRecord', () => {
  const make = () => {
    const seen: string[] = [];
    let changes = 0;
    const record = new JobRecord(
      { id: 'id', type: 'backup', options: { connectionId: 'x' } as BackupOptions },
      {
        changed: () => changes++,
        lines: (_record, lines) => seen.push(...lines),
      },
    );
    return { record, seen, changes: () => changes };
  };
  const numbers = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

  it('keeps the newest lines in order, whatever the batches, and passes on all', () => {
    for (const batch of [1, 7, 499, 500, 501, 1700]) {
      const { record, seen } = make();
      for (let at = 0; at < 1700; at += batch) {
        record.addLines(numbers(at, Math.min(at + batch, 1700)));
      }
      assert.deepEqual(record.snapshot().output, numbers(1700 - OUTPUT_TAIL_LINES, 1700));
      assert.deepEqual(seen, numbers(0, 1700));
    }
  });

  it('cuts long lines in the tail only', () => {
    const { record, seen } = make();
    record.addLines(['x'.repeat(100_000)]);
    assert.equal(record.snapshot().output[0]?.length, 2001);
    assert.equal(seen[0]?.length, 100_000);
  });

  it('says a note in one line and keeps its code, both without secrets', () => {
    const { record, seen } = make();
    const names = ['a\npg_restore: error: b', "CREATE USER x PASSWORD 'hush'"];
    tellNote(record, { code: 'leftOut', reason: 'schemaThere', names });
    assert.equal(seen.length, 1);
    assert.match(seen[0] ?? '', /: a↵pg_restore: error: b, /);
    const { notes } = record.snapshot();
    assert.equal(notes?.length, 1);
    assert.equal(notes[0]?.code, 'leftOut');
    assert.doesNotMatch(JSON.stringify([seen, notes]), /hush/);
    assert.equal(make().record.snapshot().notes, undefined);
  });

  it('gives copies', () => {
    const { record } = make();
    record.addError({ message: 'first' });
    const before = record.snapshot();
    before.output.push('mine');
    before.errors.push({ message: 'mine' });
    (before.options as BackupOptions).connectionId = 'mine';
    record.addLines(['more']);
    const after = record.snapshot();
    assert.deepEqual(after.output, ['more']);
    assert.deepEqual(after.errors, [{ message: 'first' }]);
    assert.equal(after.options.connectionId, 'x');
  });

  it('ends as long after its start as it took, whatever the clock on the wall does', () => {
    let wall = Date.parse('2026-03-01T12:00:00Z');
    let monotonic = 0;
    const clock = { wall: () => wall, monotonic: () => monotonic };
    const watcher = { changed: () => undefined, lines: () => undefined };
    const record = new JobRecord(
      { id: 'id', type: 'backup', options: {} as BackupOptions },
      watcher,
      clock,
    );
    record.start();
    monotonic += 90_000;
    wall -= 3_600_000;
    record.end('completed');
    assert.equal(record.snapshot().startTime, '2026-03-01T12:00:00.000Z');
    assert.equal(record.snapshot().endTime, '2026-03-01T12:01:30.000Z');
  });

  it('ends once', () => {
    const { record } = make();
    record.start();
    record.cancelling();
    assert.equal(record.status, 'cancelling');
    const failure = new AppError('cancelled', {});
    record.end('cancelled');
    record.end('failed', failure);
    record.cancelling();
    assert.equal(record.status, 'cancelled');
    assert.equal(record.failure, null);
  });

  it('bounds the list of errors', () => {
    const { record } = make();
    for (let i = 0; i < 3000; i++) record.addError({ message: String(i) });
    assert.equal(record.snapshot().errors.length, 1000);
    record.replaceErrors([{ message: 'only' }]);
    assert.deepEqual(record.snapshot().errors, [{ message: 'only' }]);
  });
});
