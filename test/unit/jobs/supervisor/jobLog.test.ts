import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JobLog, MAX_BYTES } from '../../../../src/core/jobs/supervisor/store/jobLog';
import {
  JobLogReader,
  lastLogLines,
} from '../../../../src/core/jobs/supervisor/store/jobLogReader';

describe('a job’s log', () => {
  let file: string;
  beforeEach(() => {
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'pgbackup-log-')), 'log');
  });
  afterEach(() => rmSync(path.dirname(file), { recursive: true, force: true }));

  const batch = (from: number, count: number, long = 40): string[] =>
    Array.from({ length: count }, (_, i) => `line ${from + i} – ${'ü'.repeat(long)}`);
  /** Half a kilobyte each: enough of them for several cuts. */
  const long = (from: number, count: number): string[] => batch(from, count, 250);

  it('holds all lines, which a reader gets once and in order, however it comes', async () => {
    const log = new JobLog(file);
    const seen: string[] = [];
    const reader = new JobLogReader(file, 'start', (lines, old) => {
      assert.equal(old, false);
      seen.push(...lines);
    });
    for (let at = 0; at < 10_000; at += 100) {
      log.add(batch(at, 100));
      if (at % 700 === 0) await reader.poll();
    }
    log.close();
    await Promise.all([reader.poll(), reader.poll()]);
    assert.deepEqual(seen, batch(0, 10_000));
    assert.equal(readFileSync(file, 'utf8'), `${seen.join('\n')}\n`);
    assert.deepEqual(lastLogLines(file, 5), batch(9995, 5));
    await reader.close();
  });

  it('holds whole what the Output channel sends its readers here for', () => {
    const log = new JobLog(file);
    const lines = Array.from({ length: 1000 }, (_, i) => `${i} ${'x'.repeat(85)}`);
    for (let at = 0; at < 200; at++) log.add(lines);
    log.close();
    assert.equal(readFileSync(file, 'utf8').split('\n').length - 1, 200_000);
  });

  it('is cut also where it has no lines', () => {
    const log = new JobLog(file);
    for (let i = 0; i < 5; i++) log.add(['x'.repeat(MAX_BYTES / 4)]);
    log.close();
    assert.ok(statSync(file).size <= MAX_BYTES);
    assert.match(
      readFileSync(file, 'utf8').slice(0, 60),
      /^\[\d+ bytes and more were left out here\]/,
    );
  });

  it('keeps its beginning and its end within bounds, and the reader goes on', async () => {
    const log = new JobLog(file);
    const seen: string[] = [];
    const reader = new JobLogReader(file, 'start', (lines) => seen.push(...lines));
    const count = 110_000;
    for (let at = 0; at < count; at += 500) {
      log.add(long(at, 500));
      assert.ok(statSync(file).size <= MAX_BYTES);
      if (at % 5000 === 0) await reader.poll();
    }
    log.close();
    await reader.poll();
    await reader.close();
    assert.equal(seen.length, count, 'a reader that keeps up misses nothing');
    assert.deepEqual(seen.slice(-3), long(count - 3, 3));
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    assert.deepEqual(lines.slice(0, 1000), long(0, 1000));
    assert.deepEqual(lines.slice(-1000), long(count - 1000, 1000));
    const notes = lines.filter((line) => line.includes('were left out here'));
    assert.equal(notes.length, 1);
    const whole = new Set(long(0, count));
    assert.ok(
      lines.every((line) => whole.has(line) || notes.includes(line)),
      'no line is cut',
    );
  });

  it('is cut where the system does not replace a file that is open, also by its reader', async () => {
    const log = new JobLog(file, renameUnlessOpen);
    const seen: string[] = [];
    const reader = new JobLogReader(file, 'start', (lines) => seen.push(...lines));
    const count = 110_000;
    for (let at = 0; at < count; at += 500) {
      log.add(long(at, 500));
      if (at % 5000 === 0) await reader.poll();
    }
    log.close();
    await reader.poll();
    await reader.close();
    assert.ok(count * 500 > 1.6 * MAX_BYTES, 'enough for several cuts');
    assert.deepEqual(seen, long(0, count));
    assert.ok(statSync(file).size <= MAX_BYTES);
    assert.deepEqual(readdirSync(path.dirname(file)), ['log']);
    assert.deepEqual(lastLogLines(file, 3), long(count - 3, 3));
  });

  it('shows a late reader its tail as old lines, then what is new', async () => {
    const log = new JobLog(file);
    log.add(batch(0, 5000));
    const old: string[] = [];
    const fresh: string[] = [];
    const reader = new JobLogReader(file, 'tail', (lines, before) =>
      (before ? old : fresh).push(...lines),
    );
    await reader.poll();
    log.add(batch(5000, 10));
    await reader.poll();
    await reader.close();
    log.close();
    assert.ok(old.length > 300 && old.length < 1000);
    assert.deepEqual(old, batch(5000 - old.length, old.length));
    assert.deepEqual(fresh, batch(5000, 10));
  });

  it('harms nobody when it cannot be written or read', async () => {
    const log = new JobLog(path.join(file, 'not', 'there'));
    log.add(['lost']);
    log.close();
    const reader = new JobLogReader(file, 'start', () => assert.fail());
    await reader.poll();
    await reader.close();
    assert.deepEqual(lastLogLines(file, 5), []);
  });
});

/** As Windows renames: no file that is open is replaced. */
function renameUnlessOpen(from: string, to: string): void {
  const open = readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === to;
    } catch {
      return false;
    }
  });
  if (open) throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
  renameSync(from, to);
}
