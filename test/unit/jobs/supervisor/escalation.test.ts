import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JobFolder, type StoredJob } from '../../../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { KnownJobs } from '../../../../src/core/jobs/supervisor/window/knownJobs';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';
import { until } from '../../../support/until';
import { describeNeeds } from '../../../support/needs';

const id = '00000000-0000-4000-8000-000000000001';
const other = '00000000-0000-4000-8000-000000000002';
const patience = { wakeMs: 100, killMs: 300 };

describeNeeds('signals', 'a job whose owner does not do what it is asked', () => {
  let dir: string;
  let known: KnownJobs;
  const processes: ChildProcess[] = [];
  beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-stopped-'))));
  afterEach(async () => {
    await known.dispose();
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  /** In a process group of its own; says when it is up. */
  async function idle(code = ''): Promise<ChildProcess & { pid: number }> {
    const script = `${code}; setInterval(() => {}, 1000); console.log('up')`;
    const child = spawn(process.execPath, ['-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    await once(child.stdout, 'data');
    return child as ChildProcess & { pid: number };
  }

  const runs = ({ pid }: { pid: number }): boolean => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
    } catch {
      return false;
    }
  };

  function store(jobId: string, more: Partial<StoredJob>): void {
    const folder = JobFolder.of(dir, jobId);
    mkdirSync(folder.dir);
    const options = { outputPath: path.join(dir, 'out.dump') } as never;
    const job = { ...newJob(jobId, 'backup', options), status: 'running' as const };
    const base = { version: 1 as const, beat: 1, ticket: 1, runId: '0123456789ab', tools: [] };
    folder.write({ ...base, owner: identify(), job, ...more });
  }

  async function open(delays = patience): Promise<void> {
    known = new KnownJobs({
      storeDir: dir,
      retention: () => ({ count: 100, days: 30, bytes: 1e9 }),
      events: {
        found: () => undefined,
        changed: () => undefined,
        lines: () => undefined,
        removed: () => undefined,
      },
      patience: delays,
    });
    await known.open();
  }

  for (const state of ['stopped', 'deaf'] as const) {
    it(`is ended by force when that is ${state}, with its tools and their guard, and is lost`, async () => {
      const owner = await idle("process.on('SIGTERM', () => {})");
      const [tool, guard] = [await idle(), await idle()];
      const tools = [identify(tool.pid)];
      store(id, { owner: identify(owner.pid), tools, guard: identify(guard.pid) });
      if (state === 'stopped') for (const { pid } of [owner, guard]) process.kill(pid, 'SIGSTOP');
      await open();
      const job = known.get(id);
      job?.cancel();
      assert.equal((await job?.finished)?.status, 'lost');
      assert.ok(await until(() => ![owner, tool, guard].some(runs)));
      assert.equal((await JobFolder.of(dir, id).read())?.job.status, 'lost');
    });
  }

  it('is ended, too, when an earlier window had asked for it in vain', async () => {
    const owner = await idle();
    store(id, { owner: identify(owner.pid) });
    JobFolder.of(dir, id).askToCancel();
    await open();
    assert.equal((await known.get(id)?.finished)?.status, 'lost');
    assert.ok(await until(() => !runs(owner)));
  });

  it('is settled alone when its owner keeps others, too', async () => {
    const owner = await idle();
    const pending = { ...newJob(id, 'backup', {} as never) };
    store(id, { owner: identify(owner.pid), keeper: true, job: pending });
    store(other, { owner: identify(owner.pid), keeper: true, job: { ...pending, id: other } });
    await open();
    known.get(id)?.cancel();
    assert.equal((await known.get(id)?.finished)?.status, 'lost');
    assert.ok(runs(owner));
    assert.equal(known.get(other)?.state.job.status, 'pending');
  });

  it('is not ended by force while that shows that it lives', async () => {
    const owner = await idle();
    store(id, { owner: identify(owner.pid) });
    // Far longer than a busy machine takes from one sign to the next.
    const killMs = 1500;
    await open({ ...patience, killMs });
    const job = known.get(id);
    job?.cancel();
    const folder = JobFolder.of(dir, id);
    const end = performance.now() + patience.wakeMs + 1.5 * killMs;
    for (let beat = 2; performance.now() < end; beat++) {
      folder.write({ ...job!.state, beat });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.ok(runs(owner));
    assert.equal(job?.isFinished, false);
  });
});
