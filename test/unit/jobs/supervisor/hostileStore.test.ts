import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openRegular, readBounded } from '../../../../src/core/files/regularFile';
import { readTimes } from '../../../../src/core/jobs/progress/estimate/runHistory';
import { FileReservations } from '../../../../src/core/jobs/supervisor/store/fileReservations';
import { JobFolder, type StoredJob } from '../../../../src/core/jobs/supervisor/store/jobFolder';
import { JobLog } from '../../../../src/core/jobs/supervisor/store/jobLog';
import {
  JobLogReader,
  lastLogLines,
} from '../../../../src/core/jobs/supervisor/store/jobLogReader';
import { settleLost } from '../../../../src/core/jobs/supervisor/store/lostJobs';
import { identify } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { retire } from '../../../../src/core/jobs/supervisor/store/retention';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';
import { KnownJobs } from '../../../../src/core/jobs/supervisor/window/knownJobs';
import { readLogTail } from '../../../../src/core/jobs/job/readLogTail';
import { itNeeds } from '../../../support/needs';

const day = 24 * 60 * 60 * 1000;
const runId = '0123456789ab';
const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

describe('a store in which anything may lie', () => {
  let dir: string;
  const processes: ChildProcess[] = [];
  beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-hostile-'))));
  afterEach(() => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  function record(id: string, more: Partial<StoredJob> = {}): StoredJob {
    const job = newJob(id, 'backup', { outputPath: path.join(dir, 'out') } as never);
    const base = { version: 1 as const, beat: 1, ticket: 1, owner: identify(), runId, tools: [] };
    return { ...base, job, ...more };
  }

  function store(id: string, more: Partial<StoredJob> = {}): JobFolder {
    const folder = JobFolder.of(dir, id);
    mkdirSync(folder.dir);
    folder.write(record(id, more));
    return folder;
  }

  const dead = () => ({ ...identify(), pid: spawnSync(process.execPath, ['-e', '']).pid });

  /** A process of this user that has nothing to do with any job. */
  function bystander(): ChildProcess {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      env: { ...process.env, PGAPPNAME: 'pgbackup-ba9876543210' },
    });
    processes.push(child);
    return child;
  }

  const lives = ({ pid = 0 }: ChildProcess): boolean => process.kill(pid, 0);

  /** What may have the name of a file; each makes it. */
  const others: Record<string, (file: string) => void | Promise<void>> = {
    pipe: (file) => assert.equal(spawnSync('mkfifo', [file]).status, 0),
    directory: (file) => mkdirSync(file),
    'link to a device': (file) => symlinkSync('/dev/zero', file),
    'link to nowhere': (file) => symlinkSync(path.join(dir, 'nowhere'), file),
    'link to itself': (file) => symlinkSync(file, file),
    socket: (file) =>
      new Promise((resolve) => {
        const server = createServer().listen(file, () => resolve(undefined));
        server.unref();
      }),
  };

  for (const [kind, make] of Object.entries(others)) {
    // Whatever waits for one of these waits for ever.
    itNeeds('pipes in folders', `waits for no ${kind} in the place of any file`, async function () {
      this.timeout(5000);
      const folder = store(idOf(1));
      for (const name of ['log', 'cancel', 'reserve', 'tmp', `status.json.${process.pid}.next`]) {
        await make(path.join(folder.dir, name));
      }
      assert.equal((await folder.read())?.job.id, idOf(1));
      const log = new JobLog(folder.log);
      log.add(['a line']);
      log.close();
      assert.deepEqual(lastLogLines(folder.log, 5), []);
      const reader = new JobLogReader(folder.log, 'start', () => assert.fail('no line'));
      await reader.poll();
      await reader.close();
      if (kind === 'link to nowhere') assert.equal(await readLogTail(folder.log, 100), null);
      else await assert.rejects(readLogTail(folder.log, 100));
      folder.setAside();
      folder.askToCancel();
      assert.equal(folder.isAskedToCancel(), true);
      folder.write(record(idOf(1), { beat: 2 }));
      assert.equal((await folder.read())?.beat, 2);
      rmSync(folder.status);
      await make(folder.status);
      assert.equal(await folder.read(), null);
      const file = path.join(dir, 'file');
      await make(file);
      await assert.rejects(readBounded(file, 100));
      await assert.rejects(openRegular(file));
      await make(path.join(dir, 'key.times.json'));
      assert.deepEqual(await readTimes(dir, 'key'), []);
    });

    itNeeds('pipes in folders', `takes a name that is held by a ${kind}`, async () => {
      const held = path.join(dir, 'held');
      const reservations = new FileReservations(held);
      const release = reservations.take('x');
      const [name = ''] = readdirSync(held);
      release?.();
      await make(path.join(held, name));
      // A link that leads nowhere is as good as nothing, and yet nothing can be made there.
      if (!kind.startsWith('link to nowhere') && !kind.startsWith('link to itself')) {
        const again = reservations.take('x');
        assert.ok(again);
        again();
      } else assert.doesNotThrow(() => reservations.take('x'));
    });
  }

  it('reads no more of a file than it may be long', async () => {
    const file = path.join(dir, 'large');
    writeFileSync(file, 'x'.repeat(100));
    assert.equal((await readBounded(file, 100)).length, 100);
    await assert.rejects(readBounded(file, 99), { reason: 'tooLarge' });
    const signal = AbortSignal.abort(new Error('no more'));
    await assert.rejects(readBounded(file, 100, signal), { message: 'no more' });
    const folder = store(idOf(1));
    // Sparse: nobody has to write it.
    truncateSync(folder.status, 2 ** 40);
    assert.equal(await folder.look(), 'broken');
  });

  it('ends nobody and removes nothing by a record that no version of ours has written', async () => {
    const child = bystander();
    const victim = identify(child.pid);
    const owner = dead();
    const partial = path.join(dir, `.out.pgbackup-${runId}.partial`);
    writeFileSync(partial, 'of a job that runs');
    const hostile: [string, unknown][] = [
      ['runId', ''],
      ['runId', 'ba9876543210-'],
      ['runId', 'pgbackup'],
      ['tools', [{ ...victim, pid: 1 }]],
      ['tools', [{ ...victim, pid: -1 }]],
      ['tools', [{ ...victim, pid: 0 }]],
      ['tools', [{ ...victim, pid: -(child.pid ?? 0) }]],
      ['owner', { ...owner, pid: 1 }],
      ['ticket', null],
    ];
    for (const [index, [field, value]] of hostile.entries()) {
      const folder = store(idOf(index), { owner });
      const written = { ...record(idOf(index), { owner }), [field]: value };
      writeFileSync(folder.status, JSON.stringify(written));
      const settled = await settleLost(folder, new FileReservations(path.join(dir, 'held')));
      assert.equal(settled, null, field);
    }
    assert.ok(lives(child));
    assert.ok(existsSync(partial));
  });

  it('takes no record for another job than the one whose place it is in', async () => {
    const folder = store(idOf(1));
    writeFileSync(folder.status, JSON.stringify(record(idOf(2))));
    assert.equal(await folder.look(), 'broken');
  });

  it('lists the other jobs beside one that cannot be understood, also of later scans', async () => {
    const found: string[] = [];
    const known = new KnownJobs({
      storeDir: dir,
      retention: () => ({ count: 100, days: 30, bytes: 1e9 }),
      events: {
        found: ({ id }) => found.push(id),
        changed: () => undefined,
        lines: () => undefined,
        removed: () => undefined,
      },
    });
    const broken = ['{', '[]', '{"version":1,"job":{"id":7}}', '\0'.repeat(100), '{"version":2}'];
    for (const [index, text] of broken.entries()) {
      const folder = store(idOf(index));
      writeFileSync(folder.status, text);
    }
    spawnSync('mkfifo', [path.join(dir, idOf(100))]);
    store(idOf(10));
    await known.open();
    assert.deepEqual(found, [idOf(10)]);
    assert.equal(known.list().length, 1);
    store(idOf(11));
    await known.scan();
    assert.deepEqual(found, [idOf(10), idOf(11)]);
    // What has become a record is one.
    JobFolder.of(dir, idOf(0)).write(record(idOf(0)));
    await known.scan();
    assert.deepEqual(found, [idOf(10), idOf(11), idOf(0)]);
    await known.dispose();
  });

  it('removes only what is certainly no job of anybody, and nothing behind a link', async () => {
    const precious = path.join(dir, 'precious');
    mkdirSync(precious);
    writeFileSync(path.join(precious, 'file'), 'x');
    symlinkSync(precious, path.join(dir, idOf(1)));
    const later = store(idOf(2));
    writeFileSync(later.status, '{"version":2}');
    const broken = store(idOf(3));
    writeFileSync(broken.status, '{');
    const empty = JobFolder.of(dir, idOf(4));
    mkdirSync(empty.dir);
    const longAgo = new Date(Date.now() - 40 * day);
    for (const folder of [later, broken, empty]) utimesSync(folder.dir, longAgo, longAgo);
    await JobFolder.of(dir, idOf(1)).remove();
    assert.ok(existsSync(path.join(precious, 'file')));
    assert.ok(!existsSync(path.join(dir, idOf(1))));
    await retire(dir, { count: 0, days: 50, bytes: 0 });
    assert.deepEqual(
      [later, broken, empty].map((f) => existsSync(f.dir)),
      [true, true, false],
    );
    await retire(dir, { count: 0, days: 30, bytes: 0 });
    assert.deepEqual(
      [later, broken, empty].map((f) => existsSync(f.dir)),
      [true, false, false],
    );
  });
});
