import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readToc } from '../../src/core/archive/tocReader';
import { manifestPath } from '../../src/core/backups/manifest';
import type { VerifyProblemKind } from '../../src/core/backups/types';
import type { VerifyLevel } from '../../src/core/forms/options';
import type { BackupJob } from '../../src/core/jobs/job';
import { libpqEnv, psql } from '../support/machine/psql';
import { run } from '../support/machine/run';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../support/machine/server';
import { testServer } from '../support/servers';
import { JobHarness, until } from './jobHarness';

const levels: readonly VerifyLevel[] = ['structure', 'fullRead', 'trialRestore'];
const every = [13, 15, 17, 18];
/** pg_dump learned other methods than gzip in 16. */
const withMethods = [17, 18];

interface Case {
  what: string;
  majors: readonly number[];
  /** Arguments of pg_dump. */
  dump: string[];
  damage: (backup: string) => Promise<void> | void;
  /** What of the tool says 0 all the same: a listing, or a read of everything. */
  silent?: { of: 'list' | 'read'; majors: readonly number[] };
  /** The first level that finds it where nothing but the backup itself is there. */
  caught: [VerifyLevel, VerifyProblemKind];
  /** With a manifest it is always the first, by this. */
  byManifest: VerifyProblemKind;
}

/** The row that is damaged: nothing of it compresses, so it is in every file as it is. */
const row = createHash('md5').update('1500').digest('hex');

function cut(file: string, to: (size: number) => number): void {
  truncateSync(file, to(statSync(file).size));
}

/** Changes the byte `shift` behind the start of `text`. */
function change(file: string, text: string, shift: number, to: (byte: number) => number): void {
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf(text);
  assert.ok(at >= 0, `${text} is in ${file}`);
  bytes[at + shift] = to(bytes[at + shift] ?? 0);
  writeFileSync(file, bytes);
}

const flipTop = (byte: number): number => byte ^ 0x80;

/** The file that holds the rows of the table, whatever its ending. */
async function rowsOf(directory: string): Promise<string> {
  const toc = await readToc(directory);
  const index = toc.listed().find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'numbered');
  const name = toc.fileName(index ?? -1) ?? '';
  const found = ['', '.gz', '.lz4', '.zst'].map((end) => path.join(directory, name + end));
  return found.find((file) => existsSync(file)) ?? '';
}

/** Up to the last whole line before `size`. */
function cutAtLine(file: string, to: (size: number) => number): void {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n', to(bytes.length)) + 1;
  writeFileSync(file, bytes.subarray(0, end));
}

/** So that the tar's own checks have nothing to say against it. */
const middle = (size: number): number => Math.floor(size * 0.6);

const cases: Case[] = [
  ...[['-Z0'], ['-Z6']].map((compress): Case => ({
    what: `a custom archive (${compress.join()}) that ends early, as a killed dump leaves it`,
    majors: every,
    dump: ['-Fc', ...compress],
    damage: (backup) => cut(backup, middle),
    silent: { of: 'list', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  })),
  ...['lz4', 'zstd'].map((method): Case => ({
    what: `a custom archive (${method}) that ends early`,
    majors: withMethods,
    dump: ['-Fc', '-Z', method],
    damage: (backup) => cut(backup, middle),
    silent: { of: 'list', majors: withMethods },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  })),
  {
    what: 'a flipped bit in uncompressed data',
    majors: every,
    dump: ['-Fc', '-Z0'],
    damage: (backup) => change(backup, row, 3, flipTop),
    silent: { of: 'read', majors: every },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a flipped bit in lz4 data',
    majors: withMethods,
    dump: ['-Fc', '-Z', 'lz4'],
    damage: (backup) => change(backup, row.slice(0, 12), 3, flipTop),
    silent: { of: 'read', majors: withMethods },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a tab that became another character',
    majors: [17],
    dump: ['-Fc', '-Z0'],
    damage: (backup) => change(backup, `\t${row}`, 0, () => 0x49),
    silent: { of: 'read', majors: [17] },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a digit that became a letter',
    majors: [13, 17],
    dump: ['-Fc', '-Z0'],
    damage: (backup) => change(backup, `1500\t${row}`, 1, () => 0x6f),
    silent: { of: 'read', majors: [13, 17] },
    caught: ['trialRestore', 'rowsDiffer'],
    byManifest: 'checksumMismatch',
  },
  ...(
    [
      ['-Z6', every],
      ['-Zzstd', withMethods],
    ] as const
  ).map(([compress, majors]): Case => ({
    what: `flipped bits in compressed data (${compress})`,
    majors,
    dump: ['-Fc', compress],
    damage: (backup) => {
      const bytes = readFileSync(backup);
      for (let at = middle(bytes.length); at < middle(bytes.length) + 40; at++) bytes[at]! ^= 0xff;
      writeFileSync(backup, bytes);
    },
    caught: ['fullRead', 'damaged'],
    byManifest: 'checksumMismatch',
  })),
  {
    what: 'a tar that ends within its data, at which pg_restore spins',
    majors: every,
    dump: ['-Ft'],
    damage: (backup) => cut(backup, (size) => Math.floor(size * 0.3)),
    silent: { of: 'list', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a tar that ends behind its data',
    majors: every,
    dump: ['-Ft'],
    damage: (backup) => {
      const at = readFileSync(backup).indexOf('restore.sql\0');
      cut(backup, () => at);
    },
    silent: { of: 'read', majors: every },
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a flipped bit in a tar',
    majors: [15, 18],
    dump: ['-Ft'],
    damage: (backup) => {
      // The last one is in restore.sql, which nobody reads.
      const bytes = readFileSync(backup);
      const at = bytes.indexOf(row);
      bytes[at + 3]! ^= 0x80;
      writeFileSync(backup, bytes);
    },
    silent: { of: 'read', majors: [15, 18] },
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a directory without one of its files',
    majors: every,
    dump: ['-Fd'],
    damage: async (backup) => rmSync(await rowsOf(backup)),
    silent: { of: 'list', majors: every },
    caught: ['structure', 'missing'],
    byManifest: 'missing',
  },
  ...['lz4', 'zstd'].flatMap((method): Case[] => [
    {
      what: `a directory with a ${method} file that ends early`,
      majors: withMethods,
      dump: ['-Fd', '-Z', method],
      damage: async (backup) => cut(await rowsOf(backup), (size) => Math.floor(size / 2)),
      silent: { of: 'read', majors: withMethods },
      caught: ['structure', 'truncated'],
      byManifest: 'sizeChanged',
    },
    {
      what: `a directory with an empty ${method} file`,
      majors: withMethods,
      dump: ['-Fd', '-Z', method],
      damage: async (backup) => cut(await rowsOf(backup), () => 0),
      silent: { of: 'read', majors: withMethods },
      caught: ['structure', 'truncated'],
      byManifest: 'sizeChanged',
    },
  ]),
  {
    what: 'a directory with a gzip file that lacks its last byte',
    majors: every,
    dump: ['-Fd', '-Z6'],
    damage: async (backup) => cut(await rowsOf(backup), (size) => size - 1),
    caught: ['fullRead', 'damaged'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a directory with half a gzip file',
    majors: every,
    dump: ['-Fd', '-Z6'],
    damage: async (backup) => cut(await rowsOf(backup), (size) => Math.floor(size / 2)),
    caught: ['fullRead', 'damaged'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a directory with an empty gzip file',
    majors: every,
    dump: ['-Fd', '-Z6'],
    damage: async (backup) => cut(await rowsOf(backup), () => 0),
    silent: { of: 'read', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a directory with an uncompressed file that ends behind a row',
    majors: every,
    dump: ['-Fd', '-Z0'],
    damage: async (backup) => cutAtLine(await rowsOf(backup), middle),
    silent: { of: 'read', majors: every },
    caught: ['structure', 'truncated'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a script that ends behind a row, which psql takes for whole',
    majors: every,
    dump: ['-Fp'],
    damage: (backup) => cutAtLine(backup, middle),
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a script that ends between two statements',
    majors: [17],
    dump: ['-Fp'],
    damage: (backup) => {
      const text = readFileSync(backup, 'utf8');
      writeFileSync(backup, text.slice(0, text.indexOf(';\n') + 2));
    },
    caught: ['structure', 'noEnd'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a flipped bit in a script',
    majors: [17],
    dump: ['-Fp'],
    damage: (backup) => change(backup, row, 3, flipTop),
    caught: ['fullRead', 'badRow'],
    byManifest: 'checksumMismatch',
  },
  {
    what: 'a compressed script that ends early',
    majors: [13, 17],
    dump: ['-Fp', '-Z6'],
    damage: (backup) => cut(backup, middle),
    caught: ['fullRead', 'damaged'],
    byManifest: 'sizeChanged',
  },
  {
    what: 'a script that ended behind a row before it was compressed',
    majors: [17],
    dump: ['-Fp', '-Z6'],
    damage: (backup) => {
      const text = gunzipSync(readFileSync(backup));
      writeFileSync(
        backup,
        gzipSync(text.subarray(0, text.lastIndexOf('\n', middle(text.length)) + 1)),
      );
    },
    caught: ['fullRead', 'noEnd'],
    byManifest: 'sizeChanged',
  },
];

for (const major of every) {
  describe(`damage that the tools of ${major} pass over`, function () {
    this.timeout(120_000);
    const database = 'verify_damage';
    const dir = mkdtempSync(path.join(tmpdir(), 'pgbackup-damage-'));
    const dumps = new Map<string, string>();
    let server: ServerCoordinates;
    let jobs: JobHarness;

    before(async () => {
      server = testServer(major);
      await dropDatabase(server, database);
      await createDatabase(server, database);
      await psql(
        server,
        database,
        `CREATE TABLE numbered (id int PRIMARY KEY, body text NOT NULL);
         INSERT INTO numbered SELECT g, md5(g::text) FROM generate_series(1, 2000) g;
         SELECT lo_from_bytea(4242, convert_to('large', 'UTF8'));`,
      );
      jobs = await JobHarness.create([server.binDir]);
      jobs.connect('main', server, database);
    });
    after(async () => {
      await jobs?.dispose();
      if (server) await dropDatabase(server, database);
      rmSync(dir, { recursive: true, force: true });
    });

    /** A dump of its own for a case; pg_dump runs once for the same arguments. */
    async function dumped(args: readonly string[], name: string): Promise<string> {
      const key = args.join(' ');
      let made = dumps.get(key);
      if (made === undefined) {
        made = path.join(dir, `made-${dumps.size}`);
        const env = libpqEnv(server, database);
        await run(path.join(server.binDir, 'pg_dump'), [...args, '-f', made], { env });
        dumps.set(key, made);
      }
      const copy = path.join(dir, name);
      cpSync(made, copy, { recursive: true });
      return copy;
    }

    const verify = (inputPath: string, level: VerifyLevel): Promise<BackupJob> =>
      jobs.manager.startVerify({
        options: { inputPath, level, connectionId: 'main' },
        manifest: level === 'structure',
      }).finished;

    function assertCaught(job: BackupJob, kind: VerifyProblemKind): void {
      const found = job.verification?.problems.map((problem) => problem.kind);
      assert.ok(found?.includes(kind), `${kind} is among ${JSON.stringify(job.verification)}`);
      assert.equal(job.verification?.outcome, 'failed');
      assert.equal(job.status, 'failed');
      assert.equal(job.failure?.code, 'backupDamaged');
    }

    for (const [index, each] of cases.entries()) {
      if (!each.majors.includes(major)) continue;
      const [caughtBy, kind] = each.caught;

      it(`${each.what}: ${caughtBy}, and structure with a manifest`, async () => {
        const backup = await dumped(each.dump, `case-${index}`);
        // A structural check that finds nothing begins the manifest.
        const whole = await verify(backup, 'structure');
        assert.equal(whole.status, 'completed', JSON.stringify(whole.verification));
        assert.ok(existsSync(manifestPath(backup)));
        await each.damage(backup);

        const tool = path.join(server.binDir, 'pg_restore');
        if (each.silent?.majors.includes(major)) {
          const args = each.silent.of === 'list' ? ['-l', backup] : ['-f', '/dev/null', backup];
          assert.equal(spawnSync(tool, args, { stdio: 'ignore' }).status, 0, 'the tool is silent');
        }
        const withManifest = await verify(backup, 'structure');
        assertCaught(withManifest, each.byManifest);
        assert.equal(withManifest.verification?.checksums, 'mismatch');

        rmSync(manifestPath(backup));
        for (const level of levels) {
          const job = await verify(backup, level);
          rmSync(manifestPath(backup), { force: true });
          if (level === caughtBy) {
            assertCaught(job, kind);
            assert.equal(job.verification?.checksums, 'none');
            break;
          }
          assert.equal(job.status, 'completed', `${level} ${JSON.stringify(job.verification)}`);
          assert.equal(
            job.verification?.blind,
            level === 'structure' || !each.dump.includes('-Z6'),
          );
        }
        assert.deepEqual(await jobs.leftovers(), []);
      });
    }

    if (major === every.at(-1)) {
      it('a dump that was killed, which lists without an error', async () => {
        await psql(
          server,
          database,
          `CREATE TABLE filling AS
             SELECT g, repeat(md5(g::text), 30) AS body FROM generate_series(1, 40000) g;`,
        );
        const file = path.join(dir, 'killed.dump');
        const dump = spawn(path.join(server.binDir, 'pg_dump'), ['-Fc', '-Z0', '-f', file], {
          env: { ...process.env, ...libpqEnv(server, database) },
          stdio: 'ignore',
        });
        const ended = new Promise((resolve) => dump.once('exit', (_, signal) => resolve(signal)));
        // 1 MB of some 40 that it would write.
        const written = (): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1e6;
        assert.ok(await until(written));
        dump.kill('SIGKILL');
        assert.equal(await ended, 'SIGKILL');
        await psql(server, database, 'DROP TABLE filling;');
        const tool = path.join(server.binDir, 'pg_restore');
        assert.equal(spawnSync(tool, ['-l', file], { stdio: 'ignore' }).status, 0);
        const job = await verify(file, 'structure');
        assert.equal(job.verification?.outcome, 'failed', JSON.stringify(job.verification));
        assert.equal(job.failure?.code, 'backupDamaged');
      });
    }

    it('a letter that became another one: by a manifest alone, and others say so', async () => {
      const backup = await dumped(['-Fc', '-Z0'], 'blind');
      await verify(backup, 'structure');
      change(backup, row, 0, (byte) => (byte === 0x61 ? 0x62 : 0x61));
      assertCaught(await verify(backup, 'structure'), 'checksumMismatch');
      rmSync(manifestPath(backup));
      const job = await verify(backup, 'trialRestore');
      assert.equal(job.verification?.outcome, 'passed');
      assert.equal(job.verification.blind, true);
    });
  });
}
