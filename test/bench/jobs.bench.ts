// The start of a window whose store holds many old jobs: when its list is there, when what is too
// much is removed, and for how long the host is held at a time meanwhile.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../src/core/jobs/supervisor/store/processIdentity';
import { KnownJobs } from '../../src/core/jobs/supervisor/window/knownJobs';
import { newJob } from '../../src/core/jobs/supervisor/window/newJob';
import { printRow, seconds } from '../support/measure/measure';
import { BUDGETS } from './budgets';

/** Seconds until 10,000 old jobs are known; milliseconds for which the host is held at most. */
const budgets = { known: BUDGETS.jobsKnown.budget, held: BUDGETS.hostHeld.budget } as const;

function fill(dir: string, count: number): void {
  const owner = identify();
  for (let ticket = 1; ticket <= count; ticket++) {
    const id = `00000000-0000-4000-8000-${ticket.toString(16).padStart(12, '0')}`;
    const folder = JobFolder.of(dir, id);
    mkdirSync(folder.dir);
    const now = new Date().toISOString();
    const job = newJob(id, 'backup', { outputPath: '/backups/shop.dump' } as never);
    const ended = { ...job, status: 'completed' as const, startTime: now, endTime: now };
    const base = { version: 1 as const, beat: 1, runId: '0123456789ab', tools: [] };
    folder.write({ ...base, ticket, owner, job: ended });
    writeFileSync(folder.log, 'pg_dump: dumping contents of table "app.orders"\n'.repeat(50));
  }
}

async function main(): Promise<void> {
  printRow('old jobs', 'kept', 'known after', 'CPU', 'removed after', 'host held');
  let missed = false;
  for (const [count, kept] of [
    [1000, 100],
    [4000, 100],
    [10_000, 100],
    [10_000, 10_000],
  ] as const) {
    const dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-bench-'));
    try {
      fill(dir, count);
      const held = monitorEventLoopDelay({ resolution: 1 });
      const jobs = new KnownJobs({
        storeDir: dir,
        retention: () => ({ count: kept, days: 30, bytes: 1e10 }),
        events: {
          found: () => undefined,
          changed: () => undefined,
          lines: () => undefined,
          removed: () => undefined,
        },
      });
      held.enable();
      const before = process.cpuUsage();
      const known = await seconds(() => jobs.open());
      const { user, system } = process.cpuUsage(before);
      const removed = known + (await seconds(() => jobs.settled()));
      held.disable();
      await jobs.dispose();
      if (readdirSync(dir).length !== kept) throw new Error('not all that is too much was removed');
      const longest = held.max / 1e6;
      missed ||= known > budgets.known || longest > budgets.held;
      printRow(
        String(count),
        String(kept),
        `${known.toFixed(2)} s`,
        `${((user + system) / 1e6).toFixed(2)} s`,
        `${removed.toFixed(2)} s`,
        `${longest.toFixed(0)} ms`,
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  console.log(`budget: known after ${budgets.known} s, host held ${budgets.held} ms at a time`);
  if (missed) process.exitCode = 1;
}

void main();
