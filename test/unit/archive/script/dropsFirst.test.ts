import assert from 'node:assert/strict';
import {
  dropOf,
  dropsInOrder,
  withDropsFirst,
  type EntryDrop,
} from '../../../../src/core/archive/script/edit/dropsFirst';
import { editedScript } from '../../../../src/core/archive/script/edit/editScript';

/** Type and tag in pg_dump's comment, its statement, and what drops it. */
const CASES: readonly (readonly [desc: string, tag: string, made: string, drop: string])[] = [
  ['SCHEMA', 'a', 'CREATE SCHEMA a;', 'DROP SCHEMA IF EXISTS a;'],
  ['TABLE', 't', 'CREATE UNLOGGED TABLE a.t (\n    n integer\n);', 'DROP TABLE IF EXISTS a.t;'],
  ['TABLE', 'x.y', 'CREATE TABLE "a b"."x.y" ();', 'DROP TABLE IF EXISTS "a b"."x.y";'],
  ['TABLE', 'x y', 'CREATE TABLE a."x\ny" ();', 'DROP TABLE IF EXISTS a.U&"x\\000ay";'],
  ['VIEW', 'v', 'CREATE VIEW a.v AS\n SELECT 1;', 'DROP VIEW IF EXISTS a.v;'],
  [
    'MATERIALIZED VIEW',
    'm',
    'CREATE MATERIALIZED VIEW a.m AS\n SELECT 1\n  WITH NO DATA;',
    'DROP MATERIALIZED VIEW IF EXISTS a.m;',
  ],
  [
    'FUNCTION',
    'f(integer, text[])',
    'CREATE FUNCTION a.f(n integer DEFAULT 1, VARIADIC t text[]) RETURNS int\n    LANGUAGE sql\n    AS $$select 1$$;',
    'DROP FUNCTION IF EXISTS a.f(integer, text[]);',
  ],
  [
    'FUNCTION',
    'f(x)(numeric(1,2))',
    'CREATE FUNCTION a."f(x)"(numeric) RETURNS int\n    LANGUAGE sql\n    AS $$select 1$$;',
    'DROP FUNCTION IF EXISTS a."f(x)"(numeric(1,2));',
  ],
  [
    'AGGREGATE',
    's(integer)',
    'CREATE AGGREGATE a.s(integer) (\n    SFUNC = f\n);',
    'DROP AGGREGATE IF EXISTS a.s(integer);',
  ],
  [
    'AGGREGATE',
    'c(*)',
    'CREATE AGGREGATE a.c(*) (\n    SFUNC = f\n);',
    'DROP AGGREGATE IF EXISTS a.c(*);',
  ],
  ['SHELL TYPE', 'b', 'CREATE TYPE a.b;', 'DROP TYPE IF EXISTS a.b CASCADE;'],
  ['TYPE', 'e', "CREATE TYPE a.e AS ENUM (\n    'x'\n);", 'DROP TYPE IF EXISTS a.e;'],
  [
    'OPERATOR',
    '+',
    'CREATE OPERATOR a.+ (\n    FUNCTION = a.f,\n    LEFTARG = a.e,\n    RIGHTARG = integer\n);',
    'DROP OPERATOR IF EXISTS a.+ (a.e, integer);',
  ],
  [
    'OPERATOR',
    '!',
    'CREATE OPERATOR a.! (\n    FUNCTION = a.f,\n    RIGHTARG = integer\n);',
    'DROP OPERATOR IF EXISTS a.! (NONE, integer);',
  ],
  [
    'OPERATOR CLASS',
    'c',
    'CREATE OPERATOR CLASS a.c\n    FOR TYPE integer USING btree AS\n    OPERATOR 1 <(integer,integer);',
    'DROP OPERATOR CLASS IF EXISTS a.c USING btree;',
  ],
  [
    'OPERATOR FAMILY',
    'c',
    'CREATE OPERATOR FAMILY a.c USING btree;',
    'DROP OPERATOR FAMILY IF EXISTS a.c USING btree;',
  ],
  [
    'CAST',
    'CAST (a.e AS integer)',
    'CREATE CAST (a.e AS integer) WITH INOUT;',
    'DROP CAST IF EXISTS (a.e AS integer);',
  ],
  [
    'USER MAPPING',
    'USER MAPPING bob SERVER s',
    'CREATE USER MAPPING FOR bob SERVER s;',
    'DROP USER MAPPING IF EXISTS FOR bob SERVER s;',
  ],
  [
    'FK CONSTRAINT',
    't k',
    'ALTER TABLE ONLY a.t\n    ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES a.u(n);',
    'ALTER TABLE IF EXISTS a.t DROP CONSTRAINT IF EXISTS k;',
  ],
  [
    'BLOB',
    '7',
    "SELECT pg_catalog.lo_create('7');",
    "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '7';",
  ],
  // They go with their table.
  ['INDEX', 'i', 'CREATE INDEX i ON a.t USING btree (n);', ''],
  [
    'TRIGGER',
    't g',
    'CREATE TRIGGER g BEFORE INSERT ON a.t FOR EACH ROW EXECUTE FUNCTION a.f();',
    '',
  ],
  ['CONSTRAINT', 't p', 'ALTER TABLE ONLY a.t\n    ADD CONSTRAINT p PRIMARY KEY (n);', ''],
];

/** As pg_dump writes an entry. */
const entryText = (desc: string, tag: string, made: string): string =>
  `--\n-- Name: ${tag}; Type: ${desc}; Schema: a; Owner: me\n--\n\n${made}\n\n`;

async function edited(script: string, rules: Parameters<typeof editedScript>[1]): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(`--\n-- PostgreSQL database dump\n--\n\n${script}`));
  }
  const parts: string[] = [];
  for await (const piece of editedScript(pieces(), rules)) {
    if (Buffer.isBuffer(piece)) parts.push(piece.toString());
  }
  return parts.join('');
}

async function dropsOf(script: string): Promise<EntryDrop[]> {
  const drops: EntryDrop[] = [];
  await edited(script, [
    (statement) => {
      const drop = dropOf(statement);
      if (drop !== null) drops.push(drop);
      return null;
    },
  ]);
  return drops;
}

describe('what drops the objects of a script before it is run', () => {
  for (const [desc, tag, made, drop] of CASES) {
    it(`of ${desc} ${tag}`, async () => {
      assert.equal(dropsInOrder(await dropsOf(entryText(desc, tag, made))), drop);
    });
  }

  it('begins with the last, and has sequences behind the tables that use them', async () => {
    const script = [
      entryText('TYPE', 'e', 'CREATE TYPE a.e AS ENUM ();'),
      entryText('SEQUENCE', 's', 'CREATE SEQUENCE a.s;'),
      entryText('TABLE', 't', "CREATE TABLE a.t (n int DEFAULT nextval('a.q'));"),
      entryText('SEQUENCE', 'q', 'CREATE SEQUENCE a.q;'),
      entryText('VIEW', 'v', 'CREATE VIEW a.v AS SELECT 1;'),
    ].join('');
    const order = dropsInOrder(await dropsOf(script)).match(/EXISTS (\S+);/g);
    assert.deepEqual(
      order,
      ['v', 't', 'q', 's', 'e'].map((name) => `EXISTS a.${name};`),
    );
  });

  it('comes before the first object, in its line, whatever becomes of that', async () => {
    const script = `SET a = b;\n\n${entryText('TABLE', 't', 'CREATE TABLE a.t ();')}`;
    const kept = await edited(script, [withDropsFirst([], 'DROP x;')]);
    assert.match(kept, /\n\nDROP x; CREATE TABLE a\.t \(\);\n/);
    const left = await edited(script, [
      withDropsFirst([({ tokens }) => (tokens[0] === 'create' ? { by: '' } : null)], 'DROP x;'),
    ]);
    assert.match(left, /SET a = b;[^]*DROP x; /);
    assert.ok(!left.includes('CREATE'));
    assert.equal(left.split('\n').length, kept.split('\n').length);
  });
});
