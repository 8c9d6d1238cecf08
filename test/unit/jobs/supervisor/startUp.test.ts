import assert from 'node:assert/strict';
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { JobFolder } from '../../../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { KnownJobs } from '../../../../src/core/jobs/supervisor/window/knownJobs';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';

/** How many jobs are kept. */
const KEPT = 20;

describe('the start with old jobs', function () {
  this.timeout(30_000);
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pgbackup-old-'))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  function fill(count: number): void {
    const owner = identify();
    for (let ticket = 1; ticket <= count; ticket++) {
      const id = `00000000-0000-4000-8000-${ticket.toString(16).padStart(12, '0')}`;
      const folder = JobFolder.of(dir, id);
      fs.mkdirSync(folder.dir);
      const job = newJob(id, 'backup', { outputPath: '/backups/shop.dump' } as never);
      const now = new Date().toISOString();
      const ended = { ...job, status: 'completed' as const, startTime: now, endTime: now };
      const base = { version: 1 as const, beat: 1, runId: '0123456789ab', tools: [] };
      folder.write({ ...base, ticket, owner, job: ended });
      fs.writeFileSync(folder.log, 'a line\n');
    }
  }

  /** Counts what is asked of the disk from now on, by name; until it is stopped. */
  function countCalls(): { calls: Map<string, number>; stop: () => void } {
    const calls = new Map<string, number>();
    const undo: (() => void)[] = [];
    for (const module of [fs, fsPromises] as unknown as Record<string, unknown>[]) {
      for (const [name, original] of Object.entries(module)) {
        if (typeof original !== 'function' || !/^[a-z]/.test(name)) continue;
        module[name] = (...args: unknown[]): unknown => {
          calls.set(name, (calls.get(name) ?? 0) + 1);
          return (original as (...args: unknown[]) => unknown)(...args);
        };
        undo.push(() => (module[name] = original));
      }
    }
    return { calls, stop: () => undo.forEach((restore) => restore()) };
  }

  function knownJobs(): KnownJobs {
    return new KnownJobs({
      storeDir: dir,
      retention: () => ({ count: KEPT, days: 30, bytes: 1e9 }),
      events: {
        found: () => undefined,
        changed: () => undefined,
        lines: () => undefined,
        removed: () => undefined,
      },
    });
  }

  async function start(): Promise<{ shown: number; calls: Map<string, number> }> {
    const { calls, stop } = countCalls();
    try {
      const known = knownJobs();
      await known.open();
      const shown = known.list().length;
      await known.settled();
      await known.dispose();
      return { shown, calls };
    } finally {
      stop();
    }
  }

  it('shows at once those that are kept, and asks the disk in proportion to all of them', async () => {
    const totals: number[] = [];
    for (const count of [100, 200, 400]) {
      fill(count);
      const { shown, calls } = await start();
      assert.equal(shown, KEPT);
      assert.equal(fs.readdirSync(dir).length, KEPT);
      fs.rmSync(dir, { recursive: true });
      fs.mkdirSync(dir);
      totals.push([...calls.values()].reduce((sum, each) => sum + each, 0));
      assert.equal(calls.get('open'), count, 'each record is opened once');
    }
    const [one = 0, two = 0, four = 0] = totals;
    // The same number more for the same number of jobs more.
    assert.ok(two - one > 100, 'what is counted is what is done');
    assert.ok((four - two) / (two - one) < 2.2, totals.join(', '));
    assert.ok(four / 400 < 10, totals.join(', '));
  });

  it('knows a job before it is found lost and tidied up after', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    const folder = JobFolder.of(dir, id);
    fs.mkdirSync(folder.dir);
    const job = newJob(id, 'backup', { outputPath: path.join(dir, 'shop.dump') } as never);
    const running = { ...job, status: 'running' as const, startTime: new Date().toISOString() };
    const base = { version: 1 as const, beat: 1, runId: '0123456789ab', tools: [] };
    folder.write({ ...base, ticket: 1, owner: { ...identify(), pid: 2 ** 30 }, job: running });
    const known = knownJobs();
    const statuses = (): string[] => known.list().map(({ state }) => state.job.status);
    let early: string[] = [];
    await known.open(() => (early = statuses()));
    assert.deepEqual([early, statuses()], [['running'], ['lost']]);
    await known.settled();
    await known.dispose();
  });
});
