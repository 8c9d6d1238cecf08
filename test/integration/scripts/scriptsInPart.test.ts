import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { readFile, writeFile } from 'node:fs/promises';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions, TableRef } from '../../../src/core/model/options';
import { compareDatabases, tableChecksums } from '../../support/machine/compareDatabases';
import { psql, psqlJson } from '../../support/machine/psql';
import { createSampleDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { newestServer, testServer } from '../../support/servers';
import { JobHarness, seedOfRun } from '../harness/jobHarness';

/** How many selections are tried on each server; a long run tries more. */
const SELECTIONS = Number(process.env['SCRIPT_SELECTIONS'] ?? 12) / 2;

type Part = Partial<RestoreOptions>;

for (const major of ['13', 'newest'] as const) {
  describe(`a part of a script, as of an archive, into ${major}`, function () {
    const seed = seedOfRun();
    let server: ServerCoordinates;
    let jobs: JobHarness;
    let schemas: string[] = [];
    let relations: TableRef[] = [];

    before(async () => {
      server = major === '13' ? testServer(13) : newestServer();
      jobs = await JobHarness.create([server.binDir]);
      jobs.connect('main', server, 'postgres');
      await createSampleDatabase(server, 'part source', 'tiny');
      jobs.connect('source', server, 'part source');
      for (const format of ['custom', 'plain'] as const) {
        const outputPath = jobs.path(format);
        const job = await jobs.backup({ connectionId: 'source', outputPath, format });
        assert.equal(job.status, 'completed', problemOf(job));
      }
      await writeFile(jobs.path('packed'), gzipSync(await readFile(jobs.path('plain'))));
      const names = (sql: string): Promise<TableRef[]> => psqlJson(server, 'part source', sql);
      relations = await names(
        `SELECT json_agg(json_build_object('schema', nspname, 'name', relname) ORDER BY 1::text)
         FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
         WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname !~ '^(pg_|information)' AND relname !~ E'\\n'
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND deptype = 'e')`,
      );
      schemas = [...new Set(relations.map(({ schema }) => schema))].sort();
    });

    after(async () => {
      for (const name of ['part source', 'part archive', 'part script']) {
        await dropDatabase(server, name);
      }
      await jobs.dispose();
    });

    const problemOf = (job: BackupJob): string =>
      [jobs.manager.failure(job.id)?.message ?? job.status, ...job.output].join('\n');

    const restore = async (file: string, database: string, part: Part): Promise<BackupJob> => {
      await dropDatabase(server, database);
      return jobs.restore({
        ...{ connectionId: 'main', inputPath: jobs.path(file), exitOnError: false },
        ...{ targetDatabase: database, createDatabase: true },
        ...part,
      });
    };

    function randomPart(random: () => number): Part {
      const some = <T>(of: readonly T[], most: number): T[] => {
        const count = 1 + Math.floor(random() * most);
        return Array.from({ length: count }, () => of[Math.floor(random() * of.length)]!);
      };
      const part: Part = { noOwner: random() < 0.3, noPrivileges: random() < 0.3 };
      if (random() < 0.3) part.schemaOnly = true;
      const kind = random();
      if (kind < 0.35) part.schemas = [...new Set(some(schemas, 2))];
      else if (kind < 0.9) part.tables = [...new Set(some(relations, 4))];
      return part;
    }

    for (let i = 0; i < SELECTIONS; i++) {
      it(`is the same: selection ${i}`, async () => {
        const part = randomPart(seededRandom(seed + i * 7919 + (major === '13' ? 1 : 2)));
        const what = `${JSON.stringify(part)}`;
        const archive = await restore('custom', 'part archive', part);
        const script = await restore(i % 2 === 0 ? 'plain' : 'packed', 'part script', part);
        const [of, as] = [script, archive].map(
          ({ status, errors }) => `${status} ${errors.length}`,
        );
        const told = `${what}\n${problemOf(archive)}\n---\n${problemOf(script)}`;
        assert.equal(of, as, told);
        const differences = await compareDatabases(server, 'part archive', server, 'part script');
        assert.deepEqual(differences, [], told);
      });
    }

    it('of rows alone is added to definitions that are there', async () => {
      const definitions = await restore('plain', 'part script', { schemaOnly: true });
      assert.notEqual(definitions.status, 'failed', problemOf(definitions));
      const before = await tableChecksums(server, 'part script');
      assert.equal(before.get('"app"."customer"')?.rows, 0);
      const tables = [{ schema: 'app', name: 'customer' }];
      const rows = await jobs.restore({
        ...{ connectionId: 'main', inputPath: jobs.path('plain'), targetDatabase: 'part script' },
        ...{ dataOnly: true, tables },
      });
      assert.equal(rows.status, 'completed', problemOf(rows));
      const [is, was] = [
        await tableChecksums(server, 'part script'),
        await tableChecksums(server, 'part source'),
      ];
      for (const name of ['"app"."customer"', '"app"."customer_id_seq"']) {
        assert.deepEqual(is.get(name), was.get(name), name);
      }
      assert.equal(is.get('"app"."orders"')?.rows, 0);
    });

    it('what is whole of an archive that is cut is saved, and what is not is named', async () => {
      const whole = await readFile(jobs.path('custom'));
      const { endOffset } = await readToc(jobs.path('custom'), {});
      const kept = endOffset + Math.floor((whole.length - endOffset) * 0.6);
      await writeFile(jobs.path('cut'), whole.subarray(0, kept));
      const asked = { ...{ connectionId: 'main', inputPath: jobs.path('cut') } };
      const target = { targetDatabase: 'part script', createDatabase: true };
      await dropDatabase(server, 'part script');
      const refused = await jobs.restore({ ...asked, ...target });
      assert.equal(refused.status, 'failed');
      const saved = await jobs.restore({
        ...{ ...asked, ...target },
        ...{ salvage: true, exitOnError: false },
      });
      assert.notEqual(saved.status, 'failed', problemOf(saved));
      const note = saved.notes?.find(
        (each) => each.code === 'leftOut' && each.reason === 'damaged',
      );
      const names = note?.code === 'leftOut' ? note.names : [];
      assert.ok(names.length > 0, JSON.stringify(saved.notes));
      const [is, was] = [
        await tableChecksums(server, 'part script'),
        await tableChecksums(server, 'part source'),
      ];
      const saves = [...was].filter(([name, { rows }]) => rows > 0 && is.get(name)?.rows === rows);
      assert.ok(saves.length > 0);
      const named = new Set(
        names.map((each) =>
          each === 'BLOBS'
            ? 'large objects'
            : each
                .split('.')
                .map((part) => `"${part}"`)
                .join('.'),
        ),
      );
      for (const [name, { rows }] of was) {
        if (!named.has(name)) assert.deepEqual(is.get(name), was.get(name), name);
        else if (rows > 0 && name !== 'large objects') assert.equal(is.get(name)?.rows, 0, name);
      }
    });

    it('drops first what is there, though the script holds no drops', async () => {
      const fresh = await restore('plain', 'part script', {});
      const lines = fresh.errors.length;
      await psql(server, 'part script', 'TRUNCATE app.orders CASCADE;');
      const again = await jobs.restore({
        ...{ connectionId: 'main', inputPath: jobs.path('packed'), targetDatabase: 'part script' },
        ...{ clean: true, ifExists: true, exitOnError: lines === 0 },
      });
      assert.equal(again.errors.length, lines, problemOf(again));
      assert.equal(again.status, fresh.status, problemOf(again));
      await restore('plain', 'part archive', {});
      const found = await compareDatabases(server, 'part archive', server, 'part script');
      assert.deepEqual(found, [], problemOf(again));
    });

    it('is without comments, publications, labels and rows, and finds what is in public', async () => {
      const job = await restore('plain', 'part script', {
        ...{ withoutComments: true, withoutPublications: true, withoutSecurityLabels: true },
        ...{ searchPath: 'public', withoutRowsOf: [{ schema: 'app', name: 'orders' }] },
      });
      assert.notEqual(job.status, 'failed', problemOf(job));
      const count = async (of: string): Promise<string> =>
        (await psql(server, 'part script', `SELECT count(*) FROM ${of};`)).trim();
      assert.equal(await count('pg_publication'), '0');
      const commented = `pg_description WHERE classoid = 'pg_class'::regclass AND objoid IN
        (SELECT oid FROM pg_class WHERE relnamespace = 'app'::regnamespace)`;
      assert.equal(await count(commented), '0');
      assert.equal(await count('app.orders'), '0');
      assert.notEqual(await count('app.customer'), '0');
      assert.ok(
        job.output.some((line) => line.trim() === 'public'),
        problemOf(job),
      );
    });
  });
}
