import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { mayBeCommand } from '../../../src/core/archive/script/commandGuard';
import { ensureOldClients } from '../../support/install/oldClient';
import { ensurePostgres, testedMajors, type PostgresInstall } from '../../support/install/postgres';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { buildArchive, encodingEntry } from '../../unit/archive/buildArchive';
import { hiddenCommand, type Random } from './hiddenCommands';
import { JobHarness, seedOfRun } from '../harness/jobHarness';

/** Bytes of a script; `PWN` stands for a psql command that leaves a file. */
type Attack = readonly [name: string, script: (pwn: string) => string | Buffer];

/** Ways to make a reader of SQL see a string, a comment or rows where psql sees a command. */
const attacks: readonly Attack[] = [
  ['rest of the line after COPY', (pwn) => `COPY t FROM stdin; ${pwn}\n1\n\\.\n`],
  ['rows of a COPY that fails', (pwn) => `COPY nosuch FROM stdin;\n${pwn}\n\\.\n`],
  ['a carriage return ends a comment', (pwn) => `-- harmless\r${pwn}\nSELECT 1;\n`],
  ['a NUL hides a quote', (pwn) => `SELECT 1;\0 '\n${pwn}\n--';\n`],
  [
    'set_config turns escapes on',
    (pwn) =>
      `SELECT set_config('standard_conforming_strings','off',false);\nSELECT '\\' , '\n${pwn}\n--';\n`,
  ],
  [
    'SET SESSION turns escapes on',
    (pwn) => `SET SESSION standard_conforming_strings = off;\nSELECT '\\' , '\n${pwn}\n--';\n`,
  ],
  [
    'escapes go back with a rollback',
    (pwn) =>
      `BEGIN; SET standard_conforming_strings = off; ROLLBACK;\nSELECT 'a\\';\n${pwn}\nSELECT '';\n`,
  ],
  ['a string goes on after a line break', (pwn) => `SELECT E'a'\n'\\' , '\n${pwn}\n--';\n`],
  ['a long line of blanks', (pwn) => `\\encoding UTF8${' '.repeat(5000)}${pwn}\nSELECT 1;\n`],
  ['a number before a dollar quote', (pwn) => `SELECT 1a$$ '$$\n${pwn}\n--';\n`],
  [
    'SJIS has backslashes in letters',
    (pwn) => bytes(`SET client_encoding = 'SJIS';\nSELECT E'`, escape, `' ' '\n${pwn}\n--';\n`),
  ],
];

/** A letter of SJIS whose second byte is a backslash to everybody else. */
const escape = Buffer.from([0x95, 0x5c]);

/** Attacks that only deceive other readers of SQL: by itself, a current psql runs no command there. */
const misreadings = new Set([
  'a string goes on after a line break',
  'a number before a dollar quote',
]);

function bytes(...parts: (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** A script may come with lines of pg_dump's own, which psql's restriction has to live with. */
const wrappings: readonly (readonly [name: string, before: string])[] = [
  ['alone', ''],
  ['behind a restriction that was lifted', '\\restrict abc\n\\unrestrict abc\n'],
  ['behind a connect to the target', '\\connect hostile\n'],
];
const cluster = [
  '-- PostgreSQL database cluster dump',
  '-- PostgreSQL database cluster dump complete',
];

const isOld = (psql: string): boolean => psql.startsWith('old');

describe('a script that hides psql commands', function () {
  let server: PgServer;
  let mark: string;
  /** By the name of the psql. */
  const harnesses = new Map<string, JobHarness>();
  const psqls = new Map<string, string>();
  before(async () => {
    const installs = await ensurePostgres(testedMajors);
    server = await startServer(installs.find(({ major }) => major === 17) as PostgresInstall);
    const old = await ensureOldClients();
    const dirs = installs.map(({ major, binDir }) => ({ name: String(major), binDir }));
    for (const { name, binDir: dir } of [...dirs, ...old]) {
      const jobs = await JobHarness.create([dir]);
      jobs.connect('main', server, 'hostile');
      harnesses.set(name, jobs);
      psqls.set(name, path.join(dir, 'psql'));
    }
    await createDatabase(server, 'hostile');
  });
  beforeEach(async () => {
    mark = path.join([...harnesses.values()][0]?.dir ?? '', 'mark');
    await rm(mark, { force: true });
  });
  after(async () => {
    for (const jobs of harnesses.values()) await jobs.dispose();
    if (server) await dropDatabase(server, 'hostile');
    await server?.stop();
  });

  /** Restores a script without stopping at errors, and tells what came of it. */
  const restore = async (name: string, script: Buffer, wholeServer = false): Promise<string> => {
    const jobs = harnesses.get(name);
    assert.ok(jobs);
    const inputPath = jobs.path('hostile.sql');
    await writeFile(inputPath, script);
    const options = { connectionId: 'main', inputPath, exitOnError: false, wholeServer };
    const job = await jobs.restore(options);
    return `${jobs.manager.failure(job.id)?.message ?? job.status}\n${job.output.join('\n')}`;
  };
  const bare = async (name: string, script: Buffer): Promise<{ stderr: string }> => {
    const file = path.join(path.dirname(mark), 'bare.sql');
    await writeFile(file, script);
    const { host, port, user, password } = server;
    const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password };
    const args = ['-X', '-w', '-d', 'hostile', '-f', file];
    const options = { env, maxBuffer: 64 << 20 };
    return promisify(execFile)(psqls.get(name) ?? '', args, options).catch(
      ({ stderr }: { stderr: string }) => ({ stderr }),
    );
  };
  const table = 'CREATE TABLE IF NOT EXISTS t (i int);\n';

  for (const [name, script] of attacks) {
    it(name, async () => {
      const ran: string[] = [];
      const attack = bytes(table, script(`\\! touch ${mark}`));
      for (const psql of psqls.keys()) {
        await bare(psql, attack);
        if (existsSync(mark)) ran.push(psql);
        await rm(mark, { force: true });
        for (const [wrapping, before] of wrappings) {
          if (!isOld(psql) && psql !== '18' && wrapping !== 'alone') continue;
          const said = await restore(psql, bytes(before, attack));
          assert.ok(!existsSync(mark), `psql ${psql}, ${wrapping}: ${said}`);
        }
      }
      // An attack on psql, or on what reads a script before psql does (and on psql 16.2, whose lexer
      // takes the number for a name).
      const current = ran.filter((psql) => !isOld(psql));
      assert.equal(current.length > 0, !misreadings.has(name), ran.join());
    });
  }

  it('a letter that is a backtick to psql, in the name of a database of a whole server', async () => {
    const letter = Buffer.from([0x95, 0x60]);
    const begin = `${cluster[0]}\nBEGIN; SET client_encoding='SJIS'; ROLLBACK;\n`;
    for (const psql of psqls.keys()) {
      const attack = bytes(
        begin,
        '\\connect a',
        letter,
        `touch ${mark} #`,
        letter,
        `\n${cluster[1]}\n`,
      );
      await bare(psql, attack);
      assert.ok(existsSync(mark), `${psql} runs it`);
      await rm(mark);
      assert.match(await restore(psql, attack, true), /scriptRunsCommands|optionInvalid/);
      assert.ok(!existsSync(mark), psql);
    }
  });

  it('a psql that cannot be told to refuse commands gets a script without any', async function () {
    const rows = 'COPY t FROM stdin;\n1\n\\N\n\\.\n';
    const olds = [...psqls.keys()].filter(isOld);
    for (const psql of olds.length > 0 ? olds : ['13']) {
      const said = await restore(psql, bytes('\\connect hostile\n', table, rows));
      assert.match(said, /^completed\n/, psql);
      if (!isOld(psql)) continue;
      assert.match(await restore(psql, bytes(table, '-- \\! id\n')), /scriptNeedsRestrict/, psql);
    }
  });

  it('in the definitions of an archive that psql restores', async () => {
    const definition = `CREATE TABLE rewritten (i int);\n\\! touch ${mark}\n`;
    const entry = { schema: 'public', owner: '', section: 2 as const };
    const archive = buildArchive(
      [
        encodingEntry('UTF8'),
        { ...entry, dumpId: 3, desc: 'TABLE', tag: 'rewritten', definition },
        {
          ...{ ...entry, dumpId: 4, desc: 'TABLE', tag: 'kept' },
          definition:
            'CREATE TABLE public.kept (i int);\nALTER TABLE ONLY public.kept ALTER COLUMN i SET (pg_attver=1);\n',
        },
      ],
      { minor: 14 },
    );
    for (const [psql, jobs] of harnesses) {
      const inputPath = jobs.path('hostile.dump');
      await writeFile(inputPath, archive);
      const job = await jobs.restore({ connectionId: 'main', inputPath, exitOnError: false });
      const notes = job.notes?.map(({ code }) => code) ?? [];
      assert.ok(!existsSync(mark), `psql ${psql}`);
      assert.ok(notes.includes('rewritten'), `${psql}: ${job.output.join('\n')}`);
      if (isOld(psql)) assert.equal(jobs.manager.failure(job.id)?.code, 'scriptNeedsRestrict');
    }
  });

  it('takes every command of psql for one, and psql all others for none', async () => {
    const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
    const names = [...printable, ...printable.flatMap((a) => printable.map((b) => a + b))];
    // `\\;` and `\\:` are a semicolon and a colon for the server.
    const unknown = names.filter((name) => !/\\|^[;:]/.test(name) && !mayBeCommand(name));
    const script = bytes(...unknown.map((name) => `\\${name} \`touch ${mark}\`\n`));
    for (const [name, file] of psqls) {
      const help = await promisify(execFile)(file, ['--help=commands']);
      const listed = [...help.stdout.matchAll(/^ {2}\\([^\s\[\\]+)/gm)].map(
        ([, found]) => found ?? '',
      );
      assert.ok(listed.length > 60, help.stdout);
      assert.deepEqual(
        listed.filter((each) => !mayBeCommand(each)),
        [],
        name,
      );
      const { stderr } = await bare(name, script);
      assert.ok(!existsSync(mark), name);
      assert.equal([...stderr.matchAll(/invalid command /g)].length, unknown.length, name);
    }
  });

  it('encodings, places and psql versions, by chance', async () => {
    const seed = seedOfRun();
    const random: Random = seededRandom(seed);
    const names = [...psqls.keys()];
    for (let i = 0; i < 60; i++) {
      const psql = names[i % names.length] ?? '';
      const hidden = hiddenCommand(random, `touch ${mark} #`);
      const wholeServer = random() < 0.4;
      const script = wholeServer
        ? bytes(`${cluster[0]}\n\\connect hostile\n`, hidden, `\n${cluster[1]}\n`)
        : bytes(wrappings[Math.floor(random() * wrappings.length)]?.[1] ?? '', table, hidden);
      const said = await restore(psql, script, wholeServer);
      assert.ok(
        !existsSync(mark),
        `SEED=${seed} #${i} psql ${psql}: ${script.toString('latin1')}\n${said}`,
      );
    }
  });
});
