import assert from 'node:assert/strict';
import { readToc } from '../../../src/core/archive/file/tocReader';
import type { TableRef } from '../../../src/core/model/options';
import { hasNonAscii } from '../../../src/core/pgtools/args/patterns';
import { findTools } from '../../../src/core/pgtools/locate/locate';
import type { DumpSelection } from '../../../src/core/model/tools';
import { psql, psqlJson, quoteIdent } from '../../support/machine/psql';
import type { ServerCoordinates } from '../../support/machine/server';
import { testServers } from '../../support/servers';
import { dump, dumpInAscii, restore, Scratch } from './pgtoolsHarness';

/** Names that mean something else as patterns, each next to one that such a pattern would match. */
const oddNames = [
  ...['star*tab', 'starXtab', 'q?tab', 'qXtab', 'dot.tab', 'dotXtab', 'dollar$tab', 'paren(tab)'],
  ...['pipe|tab', 'pipe', 'back\\slash', 'backslash', 'plus+tab', 'pluss', 'br[ack]et', 'bra'],
  ...['"quoted"', 'quoted', "it's", 'MixedCase', 'mixedcase', 'new\nline', ' lead', 'lead'],
  ...['trail ', 'trail', 'tab\ttab', '-dash', 'semi;colon', 'select', 'таблица', 'табXица', 'é😀'],
  ...['under_score', 'underXscore', '^caret', '{brace}', '*', '%', '=', 'a,b'],
];

function tablesOf(server: ServerCoordinates, database: string): Promise<TableRef[]> {
  return psqlJson<TableRef[]>(
    server,
    database,
    `SELECT coalesce(json_agg(json_build_object('schema', schemaname, 'name', tablename)
       ORDER BY schemaname COLLATE "C", tablename COLLATE "C"), '[]')
     FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
}

/** The tables that an archive defines, ordered as by `tablesOf`. */
async function tablesIn(archive: string): Promise<TableRef[]> {
  const toc = await readToc(archive);
  const found: TableRef[] = [];
  for (const entry of toc.entries()) {
    if (entry.desc === 'TABLE') found.push({ schema: entry.schema ?? '', name: entry.tag });
  }
  return sorted(found);
}

function sorted(tables: TableRef[]): TableRef[] {
  const bytes = (t: TableRef): Buffer => Buffer.from(`${t.schema}\0${t.name}`);
  return tables.sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
}

describe('the tools, run as built', function () {
  let scratch: Scratch;
  before(async () => {
    scratch = await Scratch.create();
  });
  after(async () => {
    await scratch?.dispose();
  });

  async function oddDatabase(server: ServerCoordinates): Promise<string> {
    const name = await scratch.createDatabase(server, 'pgtools odd');
    const statements = oddNames.flatMap((table) => [
      `CREATE TABLE ${quoteIdent(table)} (a int);`,
      `CREATE SCHEMA ${quoteIdent(`s ${table}`)};`,
      `CREATE TABLE ${quoteIdent(`s ${table}`)}."T" (a int);`,
    ]);
    await psql(server, name, statements.join('\n'));
    return name;
  }

  it('finds these tools', async () => {
    const dirs = testServers().map((s) => s.binDir);
    const { installs, rejected } = await findTools({
      env: { PATH: dirs.join(':') },
      platform: process.platform,
      homeDir: '/nonexistent',
      excludeDirs: [],
      places: dirs,
    });
    assert.deepEqual(rejected, []);
    assert.deepEqual(
      installs.map((i) => [i.dir, i.version.text, Object.keys(i.tools).length]),
      testServers().map((s) => [s.binDir, s.version, 4]),
    );
  });

  it('dumps exactly the tables and schemas that are named, whatever the names', async () => {
    for (const server of testServers()) {
      const database = await oddDatabase(server);
      // Each name is once among the chosen and once among the others.
      for (const half of [0, 1]) {
        const chosen = oddNames.filter((_, i) => i % 2 === half);
        const tables = chosen.map((name) => ({ schema: 'public', name }));
        const schemas = chosen.map((name) => `s ${name}`);
        const runs: [string, Partial<DumpSelection>, TableRef[]][] = [
          ['tables', { tables }, tables],
          ['schemas', { schemas }, schemas.map((schema) => ({ schema, name: 'T' }))],
          [
            'exclusions',
            { schemas: ['public'], excludeTables: tables },
            oddNames.filter((n) => !chosen.includes(n)).map((name) => ({ schema: 'public', name })),
          ],
        ];
        for (const [what, selection, expected] of runs) {
          const file = scratch.path(`${String(server.major)}.${what}.${String(half)}`);
          const dumped = await dump(server, database, file, selection);
          assert.equal(dumped.exitCode, 0, dumped.stderr);
          assert.deepEqual(await tablesIn(file), sorted(expected), `${server.version} ${what}`);
        }
      }
      const beyond = oddNames.filter((name) => hasNonAscii([name]));
      const tables = beyond.map((name) => ({ schema: 'public', name }));
      const file = scratch.path(`${String(server.major)}.ascii`);
      const dumped = await dumpInAscii(server, database, file, tables);
      assert.equal(dumped.exitCode, 0, dumped.stderr);
      assert.deepEqual(await tablesIn(file), sorted(tables), `${server.version} in ASCII`);
      await psql(server, 'postgres', 'DROP DATABASE "pgtools odd"');
    }
  });

  it('finds names beyond ASCII in a database of another encoding', async () => {
    for (const server of testServers()) {
      const database = await scratch.createDatabase(
        server,
        'pgtools_latin1',
        `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      );
      await psql(server, database, 'CREATE TABLE "café" (a int); CREATE TABLE cafe (a int)');
      const file = scratch.path(`${String(server.major)}.latin1`);
      const tables = [{ schema: 'public', name: 'café' }];
      const dumped = await dump(server, database, file, { tables }, {}, 'LATIN1');
      assert.equal(dumped.exitCode, 0, dumped.stderr);
      const target = await scratch.createDatabase(server, 'pgtools_from_latin1');
      assert.equal((await restore(server, target, file)).exitCode, 0);
      assert.deepEqual(await tablesOf(server, target), tables);
    }
  });
});
