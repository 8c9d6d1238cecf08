import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { ensurePostgres } from '../support/machine/postgres';
import { createDatabase, dropDatabase } from '../support/machine/sampleDatabase';
import { startServer, type PgServer } from '../support/machine/server';
import { JobHarness } from './jobHarness';

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
    (pwn) =>
      Buffer.concat([
        Buffer.from(`SET client_encoding = 'SJIS';\nSELECT E'`),
        Buffer.from([0x95, 0x5c]),
        Buffer.from(`' ' '\n${pwn}\n--';\n`),
      ]),
  ],
];

/** A script may come with lines of pg_dump's own, which psql's restriction has to live with. */
const wrappings: readonly (readonly [name: string, (script: Buffer) => Buffer])[] = [
  ['alone', (script) => script],
  [
    'behind a restriction that was lifted',
    (script) => Buffer.concat([Buffer.from('\\restrict abc\n\\unrestrict abc\n'), script]),
  ],
  [
    'behind a connect to the target',
    (script) => Buffer.concat([Buffer.from('\\connect hostile\n'), script]),
  ],
];

describe('a script that hides psql commands', function () {
  let server: PgServer;
  const harnesses = new Map<number, JobHarness>();
  before(async () => {
    const [install15, install17] = await ensurePostgres([15, 17]);
    assert.ok(install15 && install17);
    server = await startServer(install17);
    for (const install of [install15, install17]) {
      const jobs = await JobHarness.create([install.binDir]);
      jobs.connect('main', server, 'hostile');
      harnesses.set(install.major, jobs);
    }
    await createDatabase(server, 'hostile');
  });
  after(async () => {
    for (const jobs of harnesses.values()) await jobs.dispose();
    if (server) await dropDatabase(server, 'hostile');
    await server?.stop();
  });

  for (const [name, script] of attacks) {
    for (const [wrapping, wrap] of wrappings) {
      for (const major of [15, 17]) {
        it(`${name}, ${wrapping}, psql ${major}`, async () => {
          const jobs = harnesses.get(major);
          assert.ok(jobs);
          const mark = jobs.path(`mark`);
          const inputPath = jobs.path('hostile.sql');
          const table = Buffer.from('CREATE TABLE IF NOT EXISTS t (i int);\n');
          const body = Buffer.from(script(`\\! touch ${mark}`));
          await writeFile(inputPath, wrap(Buffer.concat([table, body])));
          const job = await jobs.restore({
            connectionId: 'main',
            inputPath,
            exitOnError: false,
          });
          const ran = existsSync(mark);
          await rm(mark, { force: true });
          const why = `${jobs.manager.failure(job.id)?.message ?? job.status} ${job.output.join('\n')}`;
          assert.equal(ran, false, why);
        });
      }
    }
  }
});
