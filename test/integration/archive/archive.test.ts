import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { checkStructure } from '../../../src/core/archive/data/checkStructure';
import { closeDependencies } from '../../../src/core/archive/selection/closeDependencies';
import { scanScript } from '../../../src/core/archive/script/plainScan';
import { selectEntries, writeListLines } from '../../../src/core/archive/selection/restoreList';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import type { Toc } from '../../../src/core/archive/toc/toc';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { TableRef } from '../../../src/core/model/options';
import { libpqEnv, psql, psqlJson, quoteIdent, quoteLiteral } from '../../support/machine/psql';
import { run } from '../../support/machine/run';
import {
  createDatabase,
  createSampleDatabase,
  dropDatabase,
} from '../../support/machine/sampleDatabase';
import type { ServerCoordinates } from '../../support/machine/server';
import { seededRandom } from '../../support/seededRandom';
import { isBetween, testServers } from '../../support/servers';
import { moreObjects, namesOf, partsOf } from './archiveObjects';

/** As `pg_restore -l` prints an entry. */
function listLine(toc: Toc, i: number): string {
  const { dumpId, tableOid, oid, desc, schema, tag, owner } = toc.entry(i);
  const clean = (text: string): string => text.replaceAll(/[\r\n]/g, ' ');
  return `${dumpId}; ${tableOid} ${oid} ${desc} ${clean(schema ?? '-')} ${clean(tag)} ${clean(owner)}`;
}

for (const server of testServers()) {
  const { major } = server;
  const tool = (name: string, args: readonly string[], database = 'postgres'): Promise<string> =>
    run(path.join(server.binDir, name), args, { env: libpqEnv(server, database) });

  describe(`archives of pg_dump ${major}`, function () {
    this.timeout(300_000);
    const source = 'archive source';
    let dir: string;
    before(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-archive-'));
      await createSampleDatabase(server, source, 'tiny');
      await psql(server, source, moreObjects(major));
    });
    after(async () => {
      await psql(server, source, 'DROP SUBSCRIPTION IF EXISTS sub;');
      await dropDatabase(server, source);
      await rm(dir, { recursive: true, force: true });
    });

    /** Dumps the source once for each set of options. */
    const dumps = new Map<string, Promise<string>>();
    const dump = (name: string, ...args: string[]): Promise<string> => {
      const file = path.join(dir, name);
      const made =
        dumps.get(name) ?? tool('pg_dump', [...args, '-f', file], source).then(() => file);
      dumps.set(name, made);
      return made;
    };

    const archives: [name: string, args: string[]][] = [
      ['custom.dump', ['-Fc']],
      ['directory', ['-Fd']],
      ['archive.tar', ['-Ft']],
    ];
    if (!isBetween(major)) {
      archives.push(
        ['none.dump', ['-Fc', '-Z0']],
        ['none.directory', ['-Fd', '-Z0']],
        ['schema.dump', ['-Fc', '-s']],
        ['data.dump', ['-Fc', '-a']],
      );
    }
    for (const method of isBetween(major) || major < 16 ? [] : ['lz4', 'zstd']) {
      archives.push([`${method}.dump`, ['-Fc', `-Z${method}`]]);
      archives.push([`${method}.directory`, ['-Fd', `-Z${method}`]]);
    }
    for (const [name, args] of archives) {
      it(`${args.join(' ')}: entries are what pg_restore lists, and it is whole`, async () => {
        const file = await dump(name, ...args);
        const toc = await readToc(file);
        const listed = (await tool('pg_restore', ['-l', file])).split('\n');
        const expected = listed.filter((line) => line !== '' && !line.startsWith(';'));
        assert.deepEqual(
          toc.listed().map((i) => listLine(toc, i)),
          expected,
        );
        assert.equal(toc.damage, null);
        const header = listed.filter((line) => line.startsWith(';')).join('\n');
        assert.match(header, new RegExp(`TOC Entries: ${toc.header.tocCount}\n`));
        assert.match(header, new RegExp(`Dump Version: ${toc.header.archiveVersion}-`));
        assert.ok(header.includes(`dbname: ${toc.header.database}\n`));
        assert.ok(header.includes(`Dumped from database version: ${toc.header.serverVersion}\n`));
        assert.ok(header.includes(toc.header.created.replace('T', ' ')));
        const report = await checkStructure(file, { full: true, gzip: true });
        assert.deepEqual(report.problems, []);
        const isDirectory = toc.header.format === 'directory';
        // The end of an uncompressed large object in a directory cannot be recognised.
        assert.equal(report.complete, isDirectory && args.includes('-Z0') ? null : true);
        // Only a full read looks at the ends of a directory's members.
        assert.equal((await getBackupInfo(file)).complete, isDirectory ? null : true);
      });
    }

    it('each definition is what pg_restore prints for the entry', async () => {
      const file = await dump('custom.dump', '-Fc');
      const toc = await readToc(file);
      const list = path.join(dir, 'one.list');
      // One entry of every type, or three.
      const ofType = isBetween(major) ? 1 : 3;
      const perType = new Map<string, number>();
      let compared = 0;
      for (const i of toc.listed()) {
        const seen = perType.get(toc.desc(i)) ?? 0;
        perType.set(toc.desc(i), seen + 1);
        if (seen >= ofType || toc.hadDumper(i) || toc.desc(i).startsWith('BLOB')) continue;
        await writeFile(list, writeListLines(toc, [i]));
        const printed = await tool('pg_restore', ['--no-owner', '-L', list, '-f', '-', file]);
        const body =
          /\n-- Name: [^]*?\n--\n\n([^]*)\n--\n-- PostgreSQL database dump complete/.exec(printed);
        const span = toc.definition(i);
        assert.ok(body?.[1] !== undefined && span !== null, printed);
        assert.equal((await toc.readText(span)).trim(), body[1].trim(), listLine(toc, i));
        compared++;
      }
      assert.ok(compared > (isBetween(major) ? 25 : 60), `${compared} definitions`);
    });

    it('a dump to a pipe has no offsets, and is whole until it is cut', async () => {
      const file = path.join(dir, 'piped.dump');
      const shell = `"$1" -Fc | cat > "$2"`;
      await run('sh', ['-c', shell, 'sh', path.join(server.binDir, 'pg_dump'), file], {
        env: libpqEnv(server, source),
      });
      const info = await getBackupInfo(file);
      assert.ok(info.warnings.includes('noDataOffsets'));
      assert.equal(info.complete, true);
      await truncate(file, (await stat(file)).size - 1);
      assert.equal((await getBackupInfo(file)).complete, false);
    });

    it('scripts have the objects of the archive', async () => {
      const file = await dump('custom.dump', '-Fc');
      const toc = await readToc(file);
      const expected = (await restorePlan(toc, null)).order.map((i) => {
        const clean = (text: string): string => text.replaceAll(/[\r\n]/g, ' ');
        return `${toc.desc(i)} ${clean(toc.schema(i) ?? '-')} ${clean(toc.tag(i))}`;
      });
      for (const [name, args] of [
        ['plain.sql', []],
        ['inserts.sql', ['--inserts']],
        ['packed.sql', ['-Z6']],
        ['create.sql', ['-C']],
      ] as const) {
        const script = await dump(name, '-Fp', ...args);
        const compression = name === 'packed.sql' ? 'gzip' : 'none';
        const scan = await scanScript(script, { compression });
        const create = name === 'create.sql';
        const found = scan.entries
          .filter(
            (e) => !create || !(e.desc.startsWith('DATABASE') || e.tag.startsWith('DATABASE ')),
          )
          .map((e) => `${e.desc} ${e.schema ?? '-'} ${e.tag}`);
        assert.deepEqual(found, expected, name);
        assert.equal(scan.complete, true, name);
        assert.deepEqual(scan.metaCommands, [], name);
        assert.deepEqual(scan.databases, create ? [source] : [], name);
      }
      const info = await getBackupInfo(await dump('create.sql', '-Fp', '-C'));
      const archive = await getBackupInfo(file);
      // Of a script, views and sequences are counted, not listed.
      const { otherRelations } = archive.contents;
      const listed = otherRelations === undefined ? {} : { otherRelations };
      assert.deepEqual({ ...info.contents, ...listed }, archive.contents);
      assert.deepEqual(
        [info.database, info.databaseEncoding, info.locale],
        [source, archive.databaseEncoding, archive.locale],
      );
    });

    it('a script of the cluster has a node for each database', async () => {
      const file = path.join(dir, 'cluster.sql');
      await tool('pg_dumpall', ['-f', file]);
      const scan = await scanScript(file);
      assert.equal(scan.cluster, true);
      assert.equal(scan.complete, true);
      assert.ok(scan.databases.includes(source));
      const node = scan.databases.lastIndexOf(source);
      assert.ok(scan.entries.some((e) => e.database === node && e.tag === 'orders'));
      assert.ok((scan.statements.get('CREATE ROLE') ?? 0) >= 3);
      const bytes = readFileSync(file);
      const cut = path.join(dir, 'cluster cut.sql');
      await writeFile(cut, bytes.subarray(0, bytes.lastIndexOf('-- PostgreSQL database cluster')));
      assert.equal((await scanScript(cut)).complete, false);
    });

    it('names are decoded in the encoding of the dump', async () => {
      const database = 'latin archive';
      await psql(
        server,
        'postgres',
        `CREATE DATABASE ${quoteIdent(database)} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;`,
      );
      try {
        await psql(
          server,
          database,
          'CREATE TABLE "café" (é int); COMMENT ON TABLE "café" IS \'ß\';',
        );
        for (const [name, args] of [
          ['latin.dump', ['-Fc']],
          ['latin.sql', ['-Fp']],
        ] as const) {
          const file = path.join(dir, name);
          await run(path.join(server.binDir, 'pg_dump'), [...args, '-f', file], {
            env: { ...libpqEnv(server, database), PGCLIENTENCODING: undefined },
          });
          const info = await getBackupInfo(file);
          assert.equal(info.encoding, 'LATIN1');
          assert.deepEqual(info.contents.tables, [{ schema: 'public', name: 'café' }]);
        }
      } finally {
        await dropDatabase(server, database);
      }
    });

    it('what is selected is restored, without errors, in the order that was foretold', async () => {
      const seed = 20261100 + major;
      const random = seededRandom(seed);
      const file = await dump('custom.dump', '-Fc');
      const toc = await readToc(file);
      const relations = toc
        .listed()
        .filter((i) => /^(TABLE|VIEW|MATERIALIZED VIEW)$/.test(toc.desc(i)));
      const shares = isBetween(major) ? [0.1, 1] : [0.04, 0.1, 0.2, 0.5, 1];
      for (const share of shares) {
        const tables = relations
          .filter(() => random() < share)
          .map((i): TableRef => ({ schema: toc.schema(i) ?? '', name: toc.tag(i) }));
        if (tables.length === 0) tables.push({ schema: 'app', name: 'orders' });
        await restoreSelection(server, file, toc, tables, `seed ${seed}, ${share} of all`);
      }
    });

    it('a whole schema is restored, without errors', async () => {
      const file = await dump('directory', '-Fd');
      const toc = await readToc(file);
      const { indexes } = await selectEntries(toc, {
        schemas: ['audit', 'Sales Dept'],
        tables: null,
      });
      const closed = await closeDependencies(toc, indexes);
      await restoreInto(server, file, toc, closed.indexes, async (database) => {
        assert.deepEqual(
          await psqlJson(
            server,
            database,
            namesOf(`nspname IN ('audit', 'Sales Dept') AND relkind IN ('r','p','S','i','I')`),
          ),
          await psqlJson(
            server,
            source,
            namesOf(`nspname IN ('audit', 'Sales Dept') AND relkind IN ('r','p','S','i','I')`),
          ),
        );
      });
    });

    async function restoreSelection(
      on: ServerCoordinates,
      file: string,
      toc: Toc,
      tables: readonly TableRef[],
      what: string,
    ): Promise<void> {
      const { indexes } = await selectEntries(toc, { schemas: null, tables });
      const closed = await closeDependencies(toc, indexes);
      await restoreInto(on, file, toc, closed.indexes, async (database) => {
        const relkinds = `relkind IN ('r','p','v','m','S')`;
        const restored = await psqlJson<string[]>(on, database, namesOf(relkinds));
        const expected = closed.indexes
          .filter((i) =>
            /^(TABLE|VIEW|MATERIALIZED VIEW|SEQUENCE|FOREIGN TABLE)$/.test(toc.desc(i)),
          )
          .filter((i) => toc.desc(i) !== 'FOREIGN TABLE')
          .map((i) => `${toc.schema(i)}|${toc.tag(i)}`);
        assert.deepEqual([...restored].sort(), [...new Set(expected)].sort(), what);
        // A materialized view is filled from its tables, which come without rows here.
        const counts = tables
          .filter(({ schema, name }) => relationHasRows(toc, schema, name))
          .map(({ schema, name }) => {
            const table = `${quoteIdent(schema)}.${quoteIdent(name)}`;
            return `json_build_array(${quoteLiteral(table)}, (SELECT count(*) FROM ONLY ${table}))`;
          });
        // Everything that belongs to the chosen tables, each object once.
        const parts = tables.slice(0, 12).map(({ schema, name }) => {
          const table = `${quoteIdent(schema)}.${quoteIdent(name)}`;
          return `json_build_array(${quoteLiteral(table)}, (${partsOf(schema, name)}))`;
        });
        const all = `SELECT json_build_array(${[...counts, ...parts].join(', ')})`;
        assert.deepEqual(await psqlJson(on, database, all), await psqlJson(on, source, all), what);
      });
    }

    async function restoreInto(
      on: ServerCoordinates,
      file: string,
      toc: Toc,
      indexes: readonly number[],
      check: (database: string) => Promise<void>,
    ): Promise<void> {
      const database = 'archive target';
      const list = path.join(dir, 'selection.list');
      await writeFile(list, writeListLines(toc, indexes));
      await createDatabase(on, database);
      try {
        const script = `"$1" -v -L "$2" -d "dbname='$3'" "$4" 2>&1`;
        const printed = await run(
          'sh',
          ['-c', script, 'sh', path.join(on.binDir, 'pg_restore'), list, database, file],
          { env: { ...libpqEnv(on, database), LC_ALL: 'C' } },
        );
        const order = (await restorePlan(toc, indexes)).order;
        const started = printed
          .split('\n')
          .filter((line) =>
            /^pg_restore: (creating [A-Z]|processing data for table|processing BLOBS|executing (?!SELECT))/.test(
              line,
            ),
          );
        assert.equal(started.length, order.length);
        started.forEach((line, k) => {
          const i = order[k] ?? -1;
          const [first = ''] = toc.tag(i).split('\n');
          assert.ok(
            line.includes(first) || line.includes('"'),
            `${line} is not ${listLine(toc, i)}`,
          );
          if (!toc.desc(i).endsWith('DATA'))
            assert.ok(line.includes(toc.desc(i)), `${line}: ${toc.desc(i)}`);
        });
        await check(database);
      } finally {
        await dropDatabase(on, database);
      }
    }
  });
}

function relationHasRows(toc: Toc, schema: string, name: string): boolean {
  return toc
    .listed()
    .some((i) => toc.desc(i) === 'TABLE DATA' && toc.schema(i) === schema && toc.tag(i) === name);
}
