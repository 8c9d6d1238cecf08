import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { openArchiveDocument } from '../../../src/core/archive/document/archiveDocument';
import { compareDocuments } from '../../../src/core/archive/ddl/compare';
import { previewRows } from '../../../src/core/archive/rows/dataPreview';
import type { ArchiveDocument } from '../../../src/core/archive/document/documentTypes';
import { ddlText } from '../../../src/core/archive/ddl/entryDdl';
import { exportTableCsv } from '../../../src/core/archive/rows/exportCsv';
import { wholeSchema } from '../../../src/core/archive/ddl/normalise';
import {
  allIds,
  closeSelection,
  dependentsOf,
  listLines,
} from '../../../src/core/archive/document/selection';
import { libpqEnv, psql, psqlJson, quoteIdent } from '../../support/machine/psql';
import { run } from '../../support/machine/run';
import { createDatabase, dropDatabase } from '../../support/machine/sampleDatabase';
import { seededRandom } from '../../support/seededRandom';
import { isBetween, testServers } from '../../support/servers';
import { DumpedDatabase, idOf, label, printed, tool } from './archiveDocumentsHarness';

/** Number of groups of entries that pg_restore prints together. */
const GROUPS = 24;

for (const server of testServers()) {
  const { major } = server;

  describe(`dumps of PostgreSQL ${major} as documents`, function () {
    this.timeout(240_000);
    const database = `documents "${major}"`;
    const env = libpqEnv(server, database);
    let source: DumpedDatabase;

    before(async () => {
      source = await DumpedDatabase.create(server, database, isBetween(major) ? 'some' : 'all');
    });
    after(async () => {
      // The restored database may use the tablespace that is dropped with the source.
      await dropDatabase(server, `${database} restored`);
      await source?.dispose();
    });

    it('have the entries that pg_restore -l prints', async () => {
      for (const { file, archive, label: name } of source.dumps) {
        if (!archive) continue;
        const document = await openArchiveDocument(file);
        const listing = await run(tool(server, 'pg_restore'), ['-l', file]);
        const { toc } = document;
        assert.ok(toc);
        const mine = allIds(document).map((id) => {
          const { dumpId, tableOid, oid, desc, schema, tag, owner } = toc.entry(
            document.tocIndex(id),
          );
          const where = schema ?? '-';
          return `${dumpId}; ${tableOid} ${oid} ${desc} ${where} ${tag} ${owner}`
            .replace(/[\r\n]/g, ' ')
            .trimEnd();
        });
        const theirs = listing.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
        assert.deepEqual(
          mine,
          theirs.map((line) => line.trimEnd()),
          name,
        );
        // Only a full read looks at the ends of a directory's members.
        const known = toc.header.format === 'directory' ? null : true;
        assert.equal((await document.measure()).complete, known, name);
      }
    });

    it('have the SQL of each entry that pg_restore -L prints', async () => {
      const document = await source.find('a.dump');
      const file = source.dumps[0]!.file;
      const list = source.path('some.list');
      // One process prints entries far from each other; of entries of data, it prints what precedes
      // the rows.
      const isData = (id: number): boolean => /^(TABLE DATA|BLOBS)$/.test(document.desc(id));
      const all = allIds(document);
      const definitions = all.filter((id) => !isData(id));
      const groups = Array.from({ length: isBetween(major) ? 4 : GROUPS }, (_, group) =>
        definitions.filter((_id, at) => at % GROUPS === group),
      );
      const data = all.filter(isData).filter((_id, at) => at % 8 === 0);
      assert.ok(data.length > 4 && groups.every((ids) => ids.length > 6));
      for (const ids of [...groups, ...data.map((id) => [id])]) {
        await writeFile(list, listLines(document, ids));
        const theirs = await printed(server, file, ['-L', list]);
        const mine = await ddlText(document, ids);
        const name = ids.map((id) => label(document, id)).join(', ');
        assert.ok(mine.length > 50, name);
        const wanted = data.includes(ids[0] ?? -1) ? theirs.slice(0, mine.length) : theirs;
        assert.equal(mine, wanted, name);
      }
    });

    it('have the SQL of everything that pg_restore --schema-only prints', async () => {
      for (const { file, archive, label: name } of source.dumps) {
        if (!archive) continue;
        const document = await openArchiveDocument(file);
        assert.equal(await ddlText(document, 'all'), await printed(server, file, ['-s']), name);
      }
    });

    it('are equal in every format, and to what another pg_dump of it would write', async () => {
      const first = await source.find('a.dump');
      const schema = await wholeSchema(first);
      for (const { file, label: name } of source.dumps) {
        const document = await openArchiveDocument(file);
        const found = await compareDocuments(first, document);
        const differences = [
          ...found.added.map((id) => `+ ${label(document, id)}`),
          ...found.removed.map((id) => `- ${label(first, id)}`),
          ...found.changed.map(({ a }) => `! ${label(first, a)}`),
        ];
        assert.deepEqual(differences, [], name);
        assert.equal(await wholeSchema(document), schema, name);
      }
    });

    /** The rows as COPY would write them, before it escapes them. */
    function rowsOf(schema: string, table: string, columns: string[]): string {
      const cells = columns.map((column) => {
        const name = `t.${quoteIdent(column)}`;
        return `CASE num_nulls(${name}) WHEN 1 THEN NULL ELSE format('%s', ${name}) END`;
      });
      return `SELECT coalesce(json_agg(json_build_array(${cells.join(', ')})), '[]')
        FROM (SELECT * FROM ONLY ${quoteIdent(schema)}.${quoteIdent(table)} LIMIT 200) t`;
    }

    /** The rows of all dumped tables by one query, because a query for each table takes longer. */
    async function rowsOfTables(
      document: ArchiveDocument,
    ): Promise<Map<string, { columns: string[]; rows: unknown[] }>> {
      const tables: { key: string; columns: string[]; sql: string }[] = [];
      for (const id of allIds(document)) {
        if (document.desc(id) !== 'TABLE DATA') continue;
        const { schema, tag } = document.names(id);
        const { columns } = await previewRows(document, id);
        tables.push({ key: label(document, id), columns, sql: rowsOf(schema ?? '', tag, columns) });
      }
      const rows = await psqlJson<unknown[][]>(
        server,
        database,
        `SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET extra_float_digits = 3;
         SET search_path = ''; SET row_security = off;
         SELECT json_build_array(${tables.map(({ sql }) => `(${sql})`).join(',\n')});`,
      );
      return new Map(
        tables.map(({ key, columns }, at) => [key, { columns, rows: rows[at] ?? [] }]),
      );
    }

    it('show the rows that the tables have', async () => {
      const wanted = await rowsOfTables(await source.find('a.dump'));
      for (const { file, label: name, copy } of source.dumps) {
        const document = await openArchiveDocument(file);
        let tables = 0;
        for (const id of allIds(document)) {
          if (document.desc(id) !== 'TABLE DATA') continue;
          tables++;
          const key = label(document, id);
          const known = wanted.get(key);
          assert.ok(known !== undefined, `${name} ${key}`);
          const shown = await previewRows(document, id);
          assert.equal(shown.damage, null);
          assert.equal(shown.style, copy ? 'copy' : 'inserts');
          if (copy) {
            assert.deepEqual(shown.columns, known.columns, `${name} ${key}`);
            assert.deepEqual(shown.rows, known.rows, `${name} ${key}`);
          } else {
            // INSERT writes booleans as words, and generated columns, which COPY leaves out.
            const asCopy = shown.rows.map((row, r) =>
              row
                .filter((cell) => cell !== 'DEFAULT')
                .map((cell, c) => {
                  const other = (known.rows[r] as (string | null)[])[c];
                  return (other === 't' || other === 'f') && cell !== null ? cell.charAt(0) : cell;
                }),
            );
            assert.deepEqual(asCopy, known.rows, `${name} ${key}`);
          }
        }
        assert.ok(tables > 40, name);
      }
    });

    it('show rows in an encoding whose characters have backslashes in them', async () => {
      const other = `${database} sjis`;
      await createDatabase(server, other);
      try {
        await psql(
          server,
          other,
          `CREATE TABLE words (word text);
           INSERT INTO words VALUES ('表'), (E'ソ\\t能\\\\'), (NULL);`,
        );
        for (const format of ['-Fc', '-Fp']) {
          const file = source.path(`sjis${format}`);
          await run(tool(server, 'pg_dump'), ['-w', '-E', 'SJIS', format, '-f', file], {
            env: { ...libpqEnv(server, other), PGCLIENTENCODING: undefined },
          });
          const document = await openArchiveDocument(file);
          const id = idOf(document, 'TABLE DATA public.words');
          const shown = await previewRows(document, id);
          assert.deepEqual(shown.rows, [['表'], ['ソ\t能\\'], [null]]);
          await exportTableCsv(document, id, `${file}.csv`);
          assert.equal(await readFile(`${file}.csv`, 'utf8'), 'word\r\n表\r\nソ\t能\\\r\n\r\n');
        }
      } finally {
        await dropDatabase(server, other);
      }
    });

    it('write CSV that COPY takes back', async () => {
      const document = await source.find('a.dump');
      const csv = source.path('table.csv');
      // Not `more.escapes`: psql before 18 takes an end mark within quotes for the end of the rows.
      for (const table of [
        'more.no_end_mark',
        'app.orders',
        'inventory.product',
        'more.list_deep',
      ]) {
        const id = idOf(document, `TABLE DATA ${table}`);
        const { columns } = await previewRows(document, id);
        await exportTableCsv(document, id, csv);
        const names = columns.map(quoteIdent).join(', ');
        const back = await psql(
          server,
          database,
          `BEGIN;
           CREATE TEMP TABLE back ON COMMIT DROP AS SELECT ${names} FROM ${table} WITH NO DATA;
           \\copy back from '${csv}' with (format csv, header)
             SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) =
               (SELECT md5(string_agg(o::text, '|' ORDER BY o::text))
                FROM (SELECT ${names} FROM ${table}) o)
             FROM back t;
             COMMIT;`,
        );
        const count = await psql(server, database, `SELECT count(*) FROM ${table};`);
        assert.equal(back, `${count}|t`, table);
      }
    });

    const seed = Number(process.env['PGBR_SEED'] ?? 20_261_122 + major);

    it(`are restored in part: random selections, closed (seed ${seed})`, async () => {
      const random = seededRandom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      const target = `${database} restored`;
      for (let round = 0; round < (isBetween(major) ? 2 : 5); round++) {
        const archives = source.dumps.filter(({ archive, copy }) => archive && copy);
        const from = archives[below(archives.length)]!;
        const document = await openArchiveDocument(from.file);
        const ticked = new Set(Array.from({ length: 1 + below(12) }, () => below(document.count)));
        if (round % 2 === 1) {
          for (const id of (await dependentsOf(document, [...ticked])).ids) ticked.add(id);
        }
        const closed = await closeSelection(document, [...ticked]);
        const what = `round ${round} of ${from.label}: ${[...ticked].map((id) => label(document, id)).join(', ')}`;
        const list = source.path('selection.list');
        await writeFile(list, listLines(document, closed.ids));
        await dropDatabase(server, target);
        await createDatabase(server, target);
        const result = await execa(
          tool(server, 'pg_restore'),
          ['-w', '--exit-on-error', '-L', list, '-d', `dbname='${target}'`, from.file],
          { env, reject: false, stdin: 'ignore' },
        );
        assert.equal(result.exitCode, 0, `${what}\n${result.stderr}`);
        await contains(target, document, closed.ids, what);
      }
    });

    /** Holds that the database contains what was restored, and only what follows from it. */
    async function contains(
      target: string,
      document: ArchiveDocument,
      ids: readonly number[],
      what: string,
    ): Promise<void> {
      const file = source.path('restored.dump');
      await run(tool(server, 'pg_dump'), ['-w', '-Fc', '-f', file], {
        env: libpqEnv(server, target),
      });
      const restored = await openArchiveDocument(file);
      const there = new Map(allIds(restored).map((id) => [label(restored, id), id]));
      const wanted = new Set(ids.map((id) => label(document, id)));
      for (const id of ids) {
        const name = label(document, id);
        const desc = document.desc(id);
        // Groups of large objects are made anew; a view that could not be filled has no data.
        if (/^BLOB|LARGE OBJECT/.test(name) || desc === 'MATERIALIZED VIEW DATA') continue;
        const found = there.get(name);
        // The default of a column from a sequence that is no longer owned is within the table.
        if (desc === 'DEFAULT' && found === undefined) {
          const table = idOf(restored, label(document, document.entryAt(id).parentId ?? -1));
          assert.match(await ddlText(restored, [table]), / DEFAULT nextval\(/, `${what}: ${name}`);
          continue;
        }
        assert.ok(found !== undefined, `${what}: ${name} is not there`);
        if (desc !== 'TABLE DATA') continue;
        const rows = await previewRows(restored, found);
        assert.deepEqual(rows.rows, (await previewRows(document, id)).rows, `${what}: ${name}`);
      }
      // These entries exist for every table, sequence and extension anyway, and attaching a
      // partition creates the indexes and keys of its parent.
      const implied =
        /^(TABLE DATA|SEQUENCE SET|MATERIALIZED VIEW DATA|INDEX|INDEX ATTACH|CONSTRAINT|FK CONSTRAINT|TRIGGER|COMMENT -\.EXTENSION|BLOB|COMMENT -\.LARGE|ACL -\.LARGE)/;
      const more = [...there.keys()].filter((name) => !wanted.has(name) && !implied.test(name));
      assert.deepEqual(more, [], what);
    }

    it('of the whole cluster have its databases, roles and tablespaces', async () => {
      const file = source.path('all.sql');
      await run(tool(server, 'pg_dumpall'), ['-w', '-s', '--no-sync', '-f', file], { env });
      const document = await openArchiveDocument(file);
      assert.equal(document.header.cluster, true);
      const tags = (desc: string): string[] =>
        allIds(document)
          .filter((id) => document.desc(id) === desc)
          .map((id) => document.names(id).tag)
          .sort();
      const rows = async (sql: string): Promise<string[]> =>
        (
          await psqlJson<string[]>(
            server,
            'postgres',
            `SELECT coalesce(json_agg(x), '[]') FROM (${sql}) t (x);`,
          )
        ).sort();
      assert.deepEqual(
        tags('ROLE'),
        await rows("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'"),
      );
      assert.deepEqual(
        tags('TABLESPACE'),
        await rows("SELECT spcname FROM pg_tablespace WHERE spcname !~ '^pg_'"),
      );
      assert.deepEqual(
        [...document.databases].sort(),
        await rows('SELECT datname FROM pg_database WHERE datallowconn'),
      );
      const own = document.databases.indexOf(database);
      const single = await source.find('a.sql');
      const inDatabase = allIds(document)
        .filter((id) => document.names(id).database === own)
        .map((id) => label(document, id))
        .filter((name) => !/DATABASE/.test(name));
      const expected = allIds(single)
        .map((id) => label(single, id))
        .filter(
          (name) => !/^(TABLE DATA|SEQUENCE SET|BLOB|MATERIALIZED VIEW DATA)|LARGE OBJ/.test(name),
        );
      assert.deepEqual(
        inDatabase.filter((name) => !/^MATERIALIZED VIEW DATA/.test(name)),
        expected,
      );
      assert.match(
        await ddlText(document, [idOf(document, `DATABASE -.${database}`)]),
        /CREATE DATABASE "documents ""\d+"""/,
      );
    });
  });
}
