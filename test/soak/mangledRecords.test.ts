/** Records of jobs as hands, damage and other programs may leave them, made by chance from good ones. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JobFolder } from '../../src/core/jobs/supervisor/store/jobFolder';
import { identify } from '../../src/core/jobs/supervisor/store/processIdentity';
import { newJob } from '../../src/core/jobs/supervisor/window/newJob';
import { KnownJobs } from '../../src/core/jobs/supervisor/window/knownJobs';
import { itNeeds } from '../support/needs';
import { seededRandom } from '../support/seededRandom';
import { soak } from '../support/tiers/soak';

/** Records in one store: all are looked at when a window opens. */
const RECORDS = 60;
const RUN_ID = '0123456789ab';
const GOOD = '00000000-0000-4000-8000-ffffffffffff';

type Node = Record<string, unknown>;

describe('records that were mangled', function () {
  this.timeout(600_000);
  const kill = process.kill.bind(process);
  let dir: string;
  let bystander: ChildProcess;
  /** Signals that were sent, without questions whether a process is there. */
  let signals: string[];

  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-mangled-'));
    const env = { ...process.env, PGAPPNAME: 'pgbackup-ba9876543210' };
    bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env });
    signals = [];
    process.kill = (pid, signal) => {
      if (signal === 0) return kill(pid, 0);
      signals.push(`${String(signal)} to ${pid}`);
      return true;
    };
  });
  afterEach(() => {
    process.kill = kill;
    bystander.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  const idOf = (number: number): string =>
    `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

  function goodRecord(id: string, owner = identify()): Node {
    const job = newJob(id, 'backup', { outputPath: path.join(dir, 'out.dump') } as never);
    const more = { startTime: new Date().toISOString(), status: 'running' };
    const gone = { ...owner, stamp: 'another start' };
    return {
      ...{ version: 1, beat: 1, ticket: 1, owner, runId: RUN_ID, tools: [gone] },
      job: { ...job, ...more },
    };
  }

  /** Values that mean many processes, another place, or far too much. */
  function hostileValue(random: () => number): unknown {
    const pid = bystander.pid ?? 0;
    const values: unknown[] = [
      ...[null, true, '', ' ', '0', 'x'.repeat(10_000), '../../x', '/', '\0', '__proto__'],
      ...[0, 1, -1, pid, -pid, String(pid), 2 ** 31, 1e300, 0.5, [], [[]], {}],
      ...[[{ pid, stamp: 'another start', host: os.hostname() }], { pid: 1 }, RUN_ID.slice(1)],
      ...['pgbackup', 'ba9876543210-', 'completed', 'pending', '2026-13-45T99:99:99Z'],
    ];
    return values[Math.floor(random() * values.length)];
  }

  /** Changes something, somewhere, some times. */
  function mangle(record: Node, random: () => number): string {
    for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
      let at: Node = record;
      for (;;) {
        const keys = Object.keys(at);
        const key = keys[Math.floor(random() * keys.length)];
        if (key === undefined) break;
        const value = at[key];
        if (typeof value === 'object' && value !== null && random() < 0.7) {
          at = value as Node;
          continue;
        }
        if (random() < 0.2) Reflect.deleteProperty(at, key);
        else at[key] = hostileValue(random);
        break;
      }
    }
    const text = JSON.stringify(record);
    return random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text;
  }

  it(`harm no process and no file, and hide no other job (seed ${soak.seed})`, async () => {
    const random = seededRandom(soak.seed);
    const owner = { ...identify(), pid: spawnSync(process.execPath, ['-e', '']).pid };
    const precious = path.join(dir, 'precious.dump');
    writeFileSync(precious, 'mine');
    for (let round = 0; round < soak.rounds(3); round++) {
      const storeDir = path.join(dir, `store${round}`);
      mkdirSync(storeDir);
      const written: string[] = [];
      for (let i = 0; i < RECORDS; i++) {
        const folder = JobFolder.of(storeDir, idOf(i));
        mkdirSync(folder.dir);
        const text = mangle(goodRecord(idOf(i), { ...owner }), random);
        written.push(text);
        writeFileSync(folder.status, text);
      }
      const good = JobFolder.of(storeDir, GOOD);
      mkdirSync(good.dir);
      writeFileSync(good.status, JSON.stringify(goodRecord(GOOD)));
      const known = await open(storeDir);
      const told = `round ${round}:\n${written.join('\n')}`;
      assert.ok(known.get(GOOD), told);
      assert.equal(known.get(GOOD)?.isFinished, false, told);
      assert.deepEqual(signals, [], told);
      await known.scan();
      await known.retire();
      assert.ok(
        known.list().some(({ id }) => id === GOOD),
        told,
      );
      await known.dispose();
      assert.equal(bystander.exitCode ?? bystander.signalCode, null, told);
      assert.ok(existsSync(precious), told);
    }
  });

  const sent = async (): Promise<void> => {
    const storeDir = path.join(dir, 'store');
    const folder = JobFolder.of(storeDir, GOOD);
    mkdirSync(folder.dir, { recursive: true });
    const owner = { ...identify(), pid: spawnSync(process.execPath, ['-e', '']).pid };
    const record = { ...goodRecord(GOOD, owner), tools: [identify(bystander.pid)] };
    writeFileSync(folder.status, JSON.stringify(record));
    const known = await open(storeDir);
    assert.equal(known.get(GOOD)?.state.job.status, 'lost');
    await known.dispose();
    assert.ok(
      signals.some((text) => text.endsWith(String(bystander.pid))),
      signals.join(),
    );
  };
  // Windows ends the tools of a supervisor with it.
  itNeeds('signals', 'are watched for signals, which a record of ours does send to its tool', sent);

  async function open(storeDir: string): Promise<KnownJobs> {
    const nothing = (): void => undefined;
    const known = new KnownJobs({
      storeDir,
      retention: () => ({ count: 1000, days: 10_000, bytes: 1e12 }),
      events: { found: nothing, changed: nothing, lines: nothing, removed: nothing },
    });
    await known.open();
    await known.settled();
    return known;
  }
});
