import assert from 'node:assert/strict';
import {
  chosenDatabases,
  intoTargets,
  type ServerNames,
} from '../../../../src/core/archive/script/edit/chosenDatabases';
import { editedScript } from '../../../../src/core/archive/script/edit/editScript';
import { ScriptParts } from '../../../../src/core/archive/script/edit/scriptParts';
import type { DatabaseChoice } from '../../../../src/core/model/options';

const SCRIPT = `SET standard_conforming_strings = on;
DROP DATABASE shop;
DROP ROLE staff;
CREATE ROLE "Alice";
ALTER ROLE "Alice" WITH LOGIN PASSWORD 'x';
CREATE ROLE staff;
COMMENT ON ROLE staff IS 'database shop';
GRANT staff TO "Alice" GRANTED BY postgres;
GRANT SET ON PARAMETER work_mem TO staff;
CREATE TABLESPACE fast OWNER postgres LOCATION '/fast';
GRANT CREATE ON TABLESPACE fast TO staff;
\\connect template1
CREATE TABLE in_template (n int);
CREATE DATABASE "shop" WITH TEMPLATE = template0 ENCODING = 'UTF8';
ALTER DATABASE shop OWNER TO "Alice";
\\connect shop
CREATE TABLE t (n int);
COPY t (n) FROM stdin;
1
\\.
GRANT ALL ON DATABASE shop TO staff;
CREATE DATABASE other;
\\connect other
CREATE TABLE of_other (n int);
ALTER ROLE "Alice" IN DATABASE shop SET work_mem = '1MB';
`;

const NOTHING: ServerNames = {
  databases: new Set(['postgres', 'template1']),
  roles: new Set(['postgres']),
  tablespaces: new Set(['pg_default']),
};

async function run(
  databases: readonly DatabaseChoice[],
  { roles = true, there = NOTHING }: { roles?: boolean; there?: ServerNames } = {},
): Promise<string[]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    yield Buffer.from(SCRIPT);
    await Promise.resolve();
  }
  const pieces = editedScript(bytes(), [chosenDatabases({ databases, roles }, there)]);
  const parts = new ScriptParts(intoTargets(pieces, databases, 'postgres'));
  const found: string[] = [];
  for await (const { database, pieces: of } of parts.all()) {
    const read: Buffer[] = [];
    for await (const piece of of) read.push(piece);
    const text = Buffer.concat(read).toString().replace(/\n+/g, '\n').trim();
    found.push(`[${database ?? ''}]`, ...text.split('\n').filter((line) => line !== ''));
  }
  return found;
}

const GLOBALS = SCRIPT.split('\n').slice(3, 11);
const [SETTING = ''] = SCRIPT.split('\n');
const ROWS = ['CREATE TABLE t (n int);', 'COPY t (n) FROM stdin;', '1', '\\.'];
const CREATED = (name: string): string =>
  `CREATE DATABASE ${name} WITH TEMPLATE = template0 ENCODING = 'UTF8';`;

describe('databases that are chosen of a script of pg_dumpall', () => {
  it('are made under their own names, with the roles and tablespaces that are not there', async () => {
    assert.deepEqual(await run([{ name: 'shop', target: 'shop' }]), [
      ...['[]', SETTING, ...GLOBALS, CREATED('"shop"'), 'ALTER DATABASE shop OWNER TO "Alice";'],
      ...['[shop]', ...ROWS, 'GRANT ALL ON DATABASE shop TO staff;'],
      ...['[postgres]', `ALTER ROLE "Alice" IN DATABASE shop SET work_mem = '1MB';`],
    ]);
  });

  it('are made under other names, whatever those hold', async () => {
    for (const [target, quoted] of [
      ['copy', '"copy"'],
      ['a "b"', '"a ""b"""'],
      ['Café\\', String.raw`U&"Caf\+0000e9\\"`],
    ] as const) {
      assert.deepEqual(await run([{ name: 'shop', target }], { roles: false }), [
        ...['[]', SETTING, CREATED(quoted), `ALTER DATABASE ${quoted} OWNER TO "Alice";`],
        ...[`[${target}]`, ...ROWS, `GRANT ALL ON DATABASE ${quoted} TO staff;`],
        ...['[postgres]', `ALTER ROLE "Alice" IN DATABASE ${quoted} SET work_mem = '1MB';`],
      ]);
    }
  });

  it('go into databases that are there, which keep their properties, and past roles that are there', async () => {
    const there: ServerNames = {
      databases: new Set(['postgres', 'copy']),
      roles: new Set(['staff', 'Alice']),
      tablespaces: new Set(['fast']),
    };
    const found = await run([{ name: 'shop', target: 'copy' }], { there });
    assert.deepEqual(found, ['[]', SETTING, '[copy]', ...ROWS, '[postgres]']);
    const some = await run([{ name: 'shop', target: 'copy' }], {
      there: { ...there, roles: new Set(['staff']) },
    });
    assert.deepEqual(some.slice(2, 5), [GLOBALS[0], GLOBALS[1], GLOBALS[4]]);
  });

  it('never drop, and leave every other database out', async () => {
    const found = await run([{ name: 'other', target: 'other' }], { roles: false });
    assert.deepEqual(found, [
      ...['[]', SETTING, 'CREATE DATABASE other;'],
      ...['[other]', 'CREATE TABLE of_other (n int);'],
    ]);
  });
});
