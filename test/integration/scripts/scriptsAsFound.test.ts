import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError, type ErrorCode, type ErrorDetails } from '../../../src/core/errors';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions } from '../../../src/core/model/options';
import { compareDatabases } from '../../support/machine/compareDatabases';
import { psql } from '../../support/machine/psql';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { repoPaths } from '../../support/repoPaths';
import { newestServer, testServer } from '../../support/servers';
import { JobHarness } from '../harness/jobHarness';

const source = 'found source';
const target = 'found target';

/**
 * Complete scripts that were changed after pg_dump wrote them, each on the oldest and the newest
 * server.
 */
for (const major of ['13', 'newest'] as const) {
  describe(`a script as it is found, into ${major}`, function () {
    let server: ServerCoordinates;
    let jobs: JobHarness;
    /** What the newest pg_dump writes, plain, with --clean and with --create. */
    const dumps = new Map<string, string>();

    before(async () => {
      server = major === '13' ? testServer(13) : newestServer();
      jobs = await JobHarness.create([newestServer().binDir]);
      jobs.connect('main', server, 'postgres');
      jobs.connect('source', server, source);
      await createDatabase(server, source);
      await psql(
        server,
        source,
        `CREATE SCHEMA app;
         CREATE TABLE app.t (n int PRIMARY KEY, c text DEFAULT 'x');
         CREATE TABLE app.u (n int REFERENCES app.t, CONSTRAINT "odd DROP" CHECK (n > 0));
         CREATE VIEW app.v AS SELECT * FROM app.t;
         CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER tr BEFORE INSERT ON app.u FOR EACH ROW EXECUTE FUNCTION app.f();
         INSERT INTO app.t VALUES (1, 'a'), (2, 'pg_dump: error: no'), (3, NULL);
         INSERT INTO app.u VALUES (1), (3);
         SELECT lo_from_bytea(4711, 'abc');`,
      );
      for (const [name, more] of [
        ['plain', {}],
        ['clean', { toolOptions: { clean: true } }],
        ['create', { toolOptions: { create: true, clean: true } }],
      ] as const) {
        const outputPath = jobs.path(`${name}.sql`);
        const job = await jobs.backup({
          connectionId: 'source',
          outputPath,
          format: 'plain',
          ...more,
        });
        assert.equal(job.status, 'completed', problemOf(job));
        dumps.set(name, await readFile(outputPath, 'utf8'));
      }
    });

    beforeEach(async () => {
      await dropDatabase(server, target);
      await createDatabase(server, target);
    });

    after(async () => {
      for (const name of [source, target]) await dropDatabase(server, name);
      await jobs.dispose();
    });

    const problemOf = (job: BackupJob): string =>
      [jobs.manager.failure(job.id)?.message ?? job.status, ...job.output].join('\n');

    const restore = async (
      script: string | Buffer,
      more: Partial<RestoreOptions> = {},
    ): Promise<BackupJob> => {
      const inputPath = jobs.path('found.sql');
      await writeFile(inputPath, script);
      const options = { connectionId: 'main', targetDatabase: target, exitOnError: true };
      return jobs.restore({ ...options, inputPath, ...more });
    };

    /** All that is in the target is what is in the source. */
    const assertSame = async (job: BackupJob): Promise<void> => {
      assert.equal(job.status, 'completed', problemOf(job));
      assert.deepEqual(job.errors, []);
      assert.deepEqual(await compareDatabases(server, source, server, target), []);
    };

    const whole: readonly (readonly [what: string, script: (dump: string) => string])[] = [
      ['as pg_dump left it', (dump) => dump],
      [
        'with statements around it',
        (dump) => `SET session_replication_role = replica;\n${dump}RESET ALL;\nANALYZE;\n`,
      ],
      ['with \\restrict commented out', (dump) => dump.replace(/^\\(un)?restrict/gm, '-- $&')],
      [
        'with messages around it',
        (dump) =>
          `pg_dump: last built-in OID is 16383\n${dump.replace('\n--\n-- Name: t;', '\npg_dump: creating TABLE "app.t"$&')}pg_dump: warning: odd; or not\n`,
      ],
      ['with a line of kubectl', (dump) => `Defaulted container "pg" out of: pg, metrics\n${dump}`],
      [
        'with settings of forks',
        (dump) =>
          `SET default_with_oids = false;\nSET gp_default_storage_options = '';\nSELECT pg_catalog.set_config('yb_x', '1', false);\n${dump}`,
      ],
    ];
    for (const [what, script] of whole) {
      it(`is restored: ${what}`, async () => {
        const text = script(dumps.get('plain') ?? '');
        await assertSame(await restore(text));
        await dropDatabase(server, target);
        await assertSame(await restore(gzipSync(text), { createDatabase: true }));
      });
    }

    it('is restored over what is there, and where nothing is: --clean without --if-exists', async () => {
      const clean = dumps.get('clean') ?? '';
      assert.ok(!clean.includes('IF EXISTS'));
      await assertSame(await restore(clean));
      await assertSame(await restore(clean));
    });

    it('is restored into another database than the one that it makes', async () => {
      const script = dumps.get('create') ?? '';
      assert.match(script, /^DROP DATABASE /m);
      await assertSame(await restore(script, { singleTransaction: false }));
      const file = path.join(repoPaths.fixtures, 'cases/create-database-script.sql');
      await dropDatabase(server, target);
      const job = await restore(await readFile(file), { createDatabase: true });
      assert.equal(job.status, 'completed', problemOf(job));
      assert.equal((await psql(server, target, 'SELECT x FROM public.table1;')).trim(), '1');
      const made = "SELECT count(*) FROM pg_database WHERE datname = 'app_opt';";
      assert.equal((await psql(server, 'postgres', made)).trim(), '0');
    });

    it('is restored into the database that it names, which is made as it says', async () => {
      const script = (dumps.get('create') ?? '').replaceAll(source, 'found own');
      try {
        const own = { targetDatabase: 'found own', createDatabase: true };
        const job = await restore(script, own);
        assert.equal(job.status, 'completed', problemOf(job));
        assert.deepEqual(await compareDatabases(server, source, server, 'found own'), []);
      } finally {
        await dropDatabase(server, 'found own');
      }
    });

    const torn = (dump: string): string =>
      dump.replace('\n2\tpg_dump', '\npg_dump: warning: odd\n2\tpg_dump');
    const refusals: readonly (readonly [
      what: string,
      script: (dump: string) => string,
      code: ErrorCode,
      details: object,
    ])[] = [
      ['between rows', torn, 'scriptTorn', { text: 'pg_dump: warning: odd', table: 'app.t' }],
      [
        'within a row',
        (dump) => dump.replace('\n1\ta\n', '\n1\tpg_dump: warning: odd\na\n'),
        'scriptTorn',
        { text: 'pg_dump: warning: odd', table: 'app.t' },
      ],
      [
        'within a statement',
        (dump) => dump.replace('    n integer', 'pg_dump: warning: odd\n$&'),
        'scriptTorn',
        { text: 'pg_dump: warning: odd', table: null },
      ],
      [
        'instead of the end',
        (dump) => `${dump.slice(0, dump.indexOf('-- Name: v;'))}\npg_dump: error: query failed\n`,
        'dumpFailed',
        { text: 'query failed' },
      ],
      [
        'instead of the end of rows',
        (dump) => `${dump.slice(0, dump.indexOf('\n3\t'))}\npg_dump: error: server closed\n`,
        'scriptTorn',
        { text: 'pg_dump: error: server closed', table: 'app.t' },
      ],
    ];
    for (const [what, script, code, details] of refusals) {
      it(`is refused with a message ${what}, before anything runs`, async () => {
        const text = script(dumps.get('plain') ?? '');
        for (const bytes of [text, gzipSync(text)]) {
          const job = await restore(bytes);
          const failure = jobs.manager.failure(job.id);
          assert.ok(AppError.is(failure, code), problemOf(job));
          const {
            line,
            text: said,
            table,
          } = failure.details as Partial<ErrorDetails['scriptTorn']>;
          assert.deepEqual({ text: said, ...(table === undefined ? {} : { table }) }, details);
          if (line) assert.match(text.split('\n')[line - 1] ?? '', /pg_dump: /);
          assert.equal(job.targetState, 'untouched');
        }
      });
    }
  });
}
