import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BackupJob } from '../../../../src/core/model/job';
import { FileReservations } from '../../../../src/core/jobs/supervisor/store/fileReservations';
import { JobFolder, type StoredJob } from '../../../../src/core/jobs/supervisor/store/jobFolder';
import { settleLost } from '../../../../src/core/jobs/supervisor/store/lostJobs';
import { newJob } from '../../../../src/core/jobs/supervisor/window/newJob';
import { identify, livenessOf } from '../../../../src/core/jobs/supervisor/store/processIdentity';
import { retire } from '../../../../src/core/jobs/supervisor/store/retention';
import { scriptEnvironment } from '../../../../src/core/jobs/supervisor/process/scriptEnvironment';
import { StatusWriter } from '../../../../src/core/jobs/supervisor/process/statusWriter';
import { until } from '../../../support/until';
import { itNeeds } from '../../../support/needs';

const day = 24 * 60 * 60 * 1000;
const runId = '0123456789ab';

describe('the store of jobs', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'pgbackup-store-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** A process that has certainly ended, and whose number may be anybody's now. */
  const dead = () => ({ ...identify(), pid: spawnSync(process.execPath, ['-e', '']).pid });

  function store(
    id: string,
    ticket: number,
    more: Partial<StoredJob> & { done?: number } = {},
  ): JobFolder {
    const { done, ...rest } = more;
    const folder = JobFolder.of(dir, id);
    mkdirSync(folder.dir);
    const job: BackupJob = newJob(id, 'backup', { outputPath: path.join(dir, 'out') } as never);
    if (done !== undefined) {
      job.status = 'completed';
      job.endTime = new Date(done).toISOString();
    }
    const owner = identify();
    folder.write({ version: 1, beat: 1, ticket, owner, runId, tools: [], job, ...rest });
    return folder;
  }

  describe('processes', () => {
    itNeeds('signals', 'are told from later ones with the same number', async () => {
      assert.equal(livenessOf(identify()), 'running');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      const identity = identify(child.pid);
      assert.equal(livenessOf(identity), 'running');
      assert.equal(livenessOf({ ...identity, pid: process.pid }), 'gone');
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.equal(livenessOf(identity), 'gone');
    });

    it('of another machine are not judged', () => {
      assert.equal(livenessOf({ ...identify(), host: 'another' }), 'unknown');
    });

    it('get nothing of the environment that would change or betray them', () => {
      const env = scriptEnvironment({
        PATH: '/bin',
        PGPASSWORD: 'secret',
        NODE_OPTIONS: '--inspect',
        VSCODE_PID: '1',
      });
      assert.deepEqual(env, { ELECTRON_RUN_AS_NODE: '1', PATH: '/bin' });
    });
  });

  describe('reservations', () => {
    it('belong to one at a time, and leave nothing behind', () => {
      const one = new FileReservations(dir);
      const other = new FileReservations(dir);
      const release = one.take('output /a');
      assert.ok(release);
      assert.equal(other.take('output /a'), null);
      assert.equal(one.take('output /a'), null);
      const second = other.take('output /b');
      assert.ok(second);
      release();
      const again = other.take('output /a');
      assert.ok(again);
      // What was given back already is not given back for somebody else.
      release();
      assert.equal(one.take('output /a'), null);
      again();
      second();
      assert.deepEqual(readdirSync(dir), []);
    });

    it('of a dead process are free again', () => {
      const held = new FileReservations(dir);
      assert.ok(held.take('x'));
      const [name] = readdirSync(dir);
      assert.ok(name);
      for (const content of [JSON.stringify({ ...dead(), token: 't' }), '{']) {
        writeFileSync(path.join(dir, name), content);
        const release = held.take('x');
        assert.ok(release, content);
        assert.equal(held.take('x'), null);
        release();
        assert.deepEqual(readdirSync(dir), []);
        writeFileSync(path.join(dir, name), '');
      }
    });
  });

  describe('what processes left in the reservations', () => {
    const name = 'a'.repeat(32);
    const token = 'b'.repeat(24);
    const minute = 60_000;

    /** Writes a file with this content, so many milliseconds ago; is it there after a sweep? */
    async function stays(file: string, content: unknown, age = 0): Promise<boolean> {
      const at = path.join(dir, file);
      writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content));
      const when = new Date(Date.now() - age);
      utimesSync(at, when, when);
      await new FileReservations(dir).sweep();
      const there = existsSync(at);
      rmSync(at, { force: true });
      assert.deepEqual(readdirSync(dir), []);
      return there;
    }

    for (const file of [name, `${name}.${token}`]) {
      it(`goes when it is nobody's: ${file}`, async () => {
        assert.equal(await stays(file, { ...dead(), token: 't' }), false);
        assert.equal(await stays(file, '{', 10 * minute), false);
        const elsewhere = { ...identify(), host: 'another', token: 't' };
        assert.equal(await stays(file, elsewhere, 10 * minute), false);
      });

      it(`stays while it may be somebody's: ${file}`, async () => {
        assert.equal(await stays(file, { ...identify(), token: 't' }, 10 * minute), true);
        assert.equal(await stays(file, '{'), true);
        assert.equal(await stays(file, { ...identify(), host: 'another', token: 't' }), true);
      });
    }

    it('stays when it is none of ours', async () => {
      assert.equal(await stays('notes.txt', { ...dead(), token: 't' }, day), true);
      assert.equal(await stays(`${name}.json`, { ...dead(), token: 't' }, day), true);
    });

    it('goes when a window is opened, while its own stay', async () => {
      const reservations = new FileReservations(path.join(dir, 'reservations'));
      const release = reservations.take('mine');
      writeFileSync(
        path.join(dir, 'reservations', `${name}.${token}`),
        JSON.stringify({ ...dead(), token }),
      );
      await reservations.sweep();
      assert.equal(readdirSync(path.join(dir, 'reservations')).length, 1);
      release?.();
    });
  });

  describe('statuses', () => {
    it('are seen as new whatever the clock says', () => {
      const folder = store('a', 1);
      const before = folder.mark();
      const { mtimeMs } = statSync(folder.status);
      folder.write({
        version: 1,
        beat: 2,
        ticket: 1,
        owner: identify(),
        runId,
        tools: [],
        job: newJob('a', 'backup', {} as never),
      });
      utimesSync(folder.status, new Date(mtimeMs - day), new Date(mtimeMs - day));
      assert.notEqual(folder.mark(), before);
    });

    it('that cannot be understood are none', async () => {
      const folder = store('a', 1);
      assert.equal((await folder.read())?.job.id, 'a');
      for (const content of ['', '{', 'null', '{"version":2}', '{"version":1,"job":{}}']) {
        writeFileSync(folder.status, content);
        assert.equal(await folder.read(), null, content);
      }
    });

    it('beat, are written seldom, and always at the end, without the output', async () => {
      const folder = store('a', 1);
      const writer = new StatusWriter(folder, { owner: identify(), runId, ticket: 1 });
      const job = newJob('a', 'backup', {} as never);
      // What is there before, a writing at once, and two that had to wait for a quarter of a second.
      const marks = new Set<string>();
      const began = performance.now();
      await until(() => {
        writer.update({ ...job, output: ['line'] });
        return marks.add(folder.mark()).size === 4;
      }, 'three writings');
      assert.ok(performance.now() - began > 480, 'each waits for its time');
      await writer.end({ ...job, status: 'completed', output: ['line'] });
      const stored = await folder.read();
      assert.equal(stored?.job.status, 'completed');
      assert.deepEqual(stored.job.output, []);
      assert.ok(stored.beat > marks.size);
    });
  });

  describe('what is kept', () => {
    it('is bounded by number, age and bytes, the newest by order and not by clock', async () => {
      const now = Date.now();
      const folders = [
        store('a', 1, { done: now }),
        // The clock was a year ahead when this one ended.
        store('b', 2, { done: now + 365 * day }),
        store('c', 3, { done: now - 40 * day }),
        store('d', 4, { done: now - day }),
        store('e', 5),
      ];
      const kept = () => folders.map(({ dir: where }) => existsSync(where));
      for (const folder of folders) writeFileSync(folder.log, Buffer.alloc(1000));
      await retire(dir, { count: 10, days: 30, bytes: 1e6 });
      assert.deepEqual(kept(), [true, true, false, true, true]);
      await retire(dir, { count: 10, days: 30, bytes: 2000 });
      assert.deepEqual(kept(), [false, true, false, true, true]);
      await retire(dir, { count: 1, days: 30, bytes: 1e6 });
      assert.deepEqual(kept(), [false, false, false, true, true], 'what runs is kept');
    });

    it('does not touch what is no job', async () => {
      mkdirSync(path.join(dir, 'mine'));
      mkdirSync(path.join(dir, 'new-00ff'));
      await retire(dir, { count: 0, days: 1, bytes: 0 });
      assert.deepEqual(readdirSync(dir).sort(), ['mine', 'new-00ff']);
    });
  });

  describe('a lost job', () => {
    const out = () => path.join(dir, 'out');
    const beside = (ending: string, id = runId) => path.join(dir, `.out.pgbackup-${id}.${ending}`);
    const reservations = () => new FileReservations(path.join(dir, 'held'));

    it('leaves the older backup, and nothing of its own', async () => {
      const manifest = (id: string) => path.join(dir, `.manifest.pgbackup-${id}.partial`);
      const folder = store('a', 1, { owner: dead() });
      mkdirSync(folder.temporary);
      writeFileSync(beside('partial'), 'half');
      writeFileSync(beside('partial', 'ba9876543210'), "another job's");
      writeFileSync(manifest(runId), '{');
      writeFileSync(manifest('ba9876543210'), '{');
      writeFileSync(out(), 'older');
      // Killed while it wrote its record, or made room in its log.
      for (const name of ['status.json.4711.next', 'log.next']) {
        writeFileSync(path.join(folder.dir, name), '{');
      }
      const settled = await settleLost(folder, reservations());
      assert.equal(settled?.job.status, 'lost');
      assert.equal((await folder.read())?.job.status, 'lost');
      assert.ok(existsSync(out()));
      assert.ok(!existsSync(beside('partial')));
      assert.ok(existsSync(beside('partial', 'ba9876543210')));
      assert.ok(!existsSync(manifest(runId)));
      assert.ok(existsSync(manifest('ba9876543210')));
      assert.deepEqual(readdirSync(folder.dir), ['status.json']);
    });

    it('gives back the directory that it was replacing', async () => {
      const folder = store('a', 1, { owner: dead() });
      mkdirSync(beside('old'));
      mkdirSync(beside('partial'));
      await settleLost(folder, reservations());
      assert.ok(existsSync(out()));
      assert.ok(!existsSync(beside('old')) && !existsSync(beside('partial')));
    });

    it('that had moved the new one into place loses the old one only', async () => {
      const folder = store('a', 1, { owner: dead() });
      mkdirSync(beside('old'));
      writeFileSync(out(), 'new');
      await settleLost(folder, reservations());
      assert.ok(statSync(out()).isFile());
      assert.ok(!existsSync(beside('old')));
    });

    it('is none while its owner lives or another window is at it', async () => {
      const alive = store('a', 1);
      assert.equal((await settleLost(alive, reservations()))?.job.status, 'pending');
      const folder = store('b', 2, { owner: dead() });
      const release = reservations().take(`settle ${folder.dir}`);
      assert.equal(await settleLost(folder, reservations()), null);
      release?.();
      assert.equal((await settleLost(folder, reservations()))?.job.status, 'lost');
    });
  });
});
