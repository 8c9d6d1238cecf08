/** Statements that are changed on their way to the server: roles, search path, foreign keys. */
import assert from 'node:assert/strict';
import { editedScript } from '../../../../src/core/archive/script/edit/editScript';
import { mapRoles } from '../../../../src/core/archive/script/edit/roles/mapRoles';
import { aroundTransaction } from '../../../../src/core/archive/script/edit/aroundTransaction';
import { leftOutKind } from '../../../../src/core/archive/script/edit/leaveOutRules';
import {
  LEFT_OUT,
  type StatementRule,
} from '../../../../src/core/archive/script/edit/scriptStatement';
import {
  keepPassword,
  withSearchPath,
} from '../../../../src/core/archive/script/edit/statementRules';

async function edited(
  script: string,
  rule: StatementRule,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(script, encoding));
  }
  const parts: Buffer[] = [];
  for await (const piece of editedScript(pieces(), [rule])) {
    if (Buffer.isBuffer(piece)) parts.push(piece);
  }
  return Buffer.concat(parts).toString(encoding);
}

const ROLES = [
  { name: 'old', target: 'new' },
  { name: 'Old "1"', target: 'N"2' },
  { name: 'größe', target: 'maß' },
];
/** `null` = unchanged. */
const mapped: readonly (readonly [script: string, left: string | null])[] = [
  ['ALTER TABLE app.old OWNER TO old;', 'ALTER TABLE app.old OWNER TO "new";'],
  ['ALTER TABLE old OWNER TO "Old ""1""";', 'ALTER TABLE old OWNER TO "N""2";'],
  ['ALTER TABLE t OWNER TO größe;', 'ALTER TABLE t OWNER TO U&"ma\\+0000df";'],
  ['ALTER LARGE OBJECT 12 OWNER TO old;', 'ALTER LARGE OBJECT 12 OWNER TO "new";'],
  [
    'ALTER FUNCTION app.f(old integer, "to" text) OWNER TO old;',
    'ALTER FUNCTION app.f(old integer, "to" text) OWNER TO "new";',
  ],
  ["ALTER TABLE ONLY old ALTER COLUMN old SET DEFAULT 'owner to old';", null],
  ['ALTER TABLE old RENAME TO old;', null],
  ['ALTER TABLE t OWNER TO "OLD";', null],
  ['ALTER TABLE t OWNER TO OLD;', 'ALTER TABLE t OWNER TO "new";'],
  [
    'GRANT SELECT(old),UPDATE(b) ON TABLE app.old TO old WITH GRANT OPTION;',
    'GRANT SELECT(old),UPDATE(b) ON TABLE app.old TO "new" WITH GRANT OPTION;',
  ],
  [
    'GRANT ALL ON FUNCTION f("from" old) TO PUBLIC, GROUP old, "Old ""1""" GRANTED BY old;',
    'GRANT ALL ON FUNCTION f("from" old) TO PUBLIC, GROUP "new", "N""2" GRANTED BY "new";',
  ],
  ['REVOKE ALL ON SCHEMA old FROM old;', 'REVOKE ALL ON SCHEMA old FROM "new";'],
  ['REVOKE ALL ON SCHEMA old FROM PUBLIC;', null],
  ['GRANT old TO x, old WITH ADMIN OPTION;', 'GRANT "new" TO x, "new" WITH ADMIN OPTION;'],
  ['GRANT x, "Old ""1""" TO y GRANTED BY old;', 'GRANT x, "N""2" TO y GRANTED BY "new";'],
  [
    'REVOKE ADMIN OPTION FOR old FROM größe;',
    'REVOKE ADMIN OPTION FOR "new" FROM U&"ma\\+0000df";',
  ],
  [
    "ALTER ROLE old IN DATABASE old SET role TO 'old';",
    'ALTER ROLE "new" IN DATABASE old SET role TO \'old\';',
  ],
  ["ALTER ROLE old WITH LOGIN PASSWORD 'in';", null],
  ["ALTER ROLE ALL IN DATABASE old SET work_mem TO '1MB';", null],
  ['GRANT ALL ON TABLE old TO "public";', null],
  [
    'ALTER DEFAULT PRIVILEGES FOR ROLE old IN SCHEMA old GRANT SELECT ON TABLES TO old;',
    'ALTER DEFAULT PRIVILEGES FOR ROLE "new" IN SCHEMA old GRANT SELECT ON TABLES TO "new";',
  ],
  ['ALTER DEFAULT PRIVILEGES FOR ROLE x REVOKE ALL ON FUNCTIONS FROM PUBLIC;', null],
  [
    'CREATE POLICY "old to old" ON app.old FOR SELECT TO x, old USING ((old = \'to old\'::text));',
    'CREATE POLICY "old to old" ON app.old FOR SELECT TO x, "new" USING ((old = \'to old\'::text));',
  ],
  ["CREATE POLICY p ON t USING ((a = 'x, to old'));", null],
  [
    'ALTER POLICY p ON old TO x, old USING (true);',
    'ALTER POLICY p ON old TO x, "new" USING (true);',
  ],
  [
    "ALTER USER MAPPING FOR old SERVER old OPTIONS (SET password 'x');",
    'ALTER USER MAPPING FOR "new" SERVER old OPTIONS (SET password \'x\');',
  ],
  [
    'CREATE USER MAPPING FOR old SERVER old OPTIONS ("user" \'old\');',
    'CREATE USER MAPPING FOR "new" SERVER old OPTIONS ("user" \'old\');',
  ],
  // Names that are words of these statements.
  ['ALTER TABLE t RENAME owner TO old;', null],
  ['ALTER TABLE t RENAME COLUMN owner TO old;', null],
  ['ALTER TABLE t RENAME CONSTRAINT owner TO old;', null],
  ['ALTER TYPE t RENAME ATTRIBUTE owner TO old;', null],
  ['ALTER TABLE IF EXISTS ONLY app.t * RENAME owner TO old;', null],
  ['ALTER MATERIALIZED VIEW rename RENAME owner TO old;', null],
  ['ALTER VIEW view RENAME owner TO old;', null],
  ['ALTER TABLE owner RENAME TO old;', null],
  ['ALTER FUNCTION f(owner integer) RENAME TO old;', null],
  ['ALTER TABLE rename OWNER TO old;', 'ALTER TABLE rename OWNER TO "new";'],
  ['ALTER TABLE app.owner OWNER TO old;', 'ALTER TABLE app.owner OWNER TO "new";'],
  [
    'ALTER TABLE IF EXISTS ONLY owner OWNER TO old;',
    'ALTER TABLE IF EXISTS ONLY owner OWNER TO "new";',
  ],
  [
    'ALTER TABLE t OWNER TO old, ADD COLUMN owner int;',
    'ALTER TABLE t OWNER TO "new", ADD COLUMN owner int;',
  ],
  [
    'ALTER TABLE t ADD a numeric(1, 2), OWNER TO old;',
    'ALTER TABLE t ADD a numeric(1, 2), OWNER TO "new";',
  ],
  [
    'ALTER TEXT SEARCH CONFIGURATION app.owner OWNER TO old;',
    'ALTER TEXT SEARCH CONFIGURATION app.owner OWNER TO "new";',
  ],
  [
    'ALTER FOREIGN DATA WRAPPER owner OWNER TO old;',
    'ALTER FOREIGN DATA WRAPPER owner OWNER TO "new";',
  ],
  ['ALTER FOREIGN TABLE owner OWNER TO old;', 'ALTER FOREIGN TABLE owner OWNER TO "new";'],
  [
    'ALTER OPERATOR CLASS app.c USING owner OWNER TO old;',
    'ALTER OPERATOR CLASS app.c USING owner OWNER TO "new";',
  ],
  [
    'ALTER OPERATOR app.<=> (integer, owner) OWNER TO old;',
    'ALTER OPERATOR app.<=> (integer, owner) OWNER TO "new";',
  ],
  ['ALTER AGGREGATE app.a(*) OWNER TO old;', 'ALTER AGGREGATE app.a(*) OWNER TO "new";'],
  ['ALTER PROCEDURE p OWNER TO old;', 'ALTER PROCEDURE p OWNER TO "new";'],
  ['ALTER EVENT TRIGGER owner OWNER TO old;', 'ALTER EVENT TRIGGER owner OWNER TO "new";'],
  ['ALTER POLICY p ON t RENAME TO old;', null],
  ['ALTER POLICY rename ON app.rename TO old;', 'ALTER POLICY rename ON app.rename TO "new";'],
  ['GRANT SELECT ON TABLE granted TO old;', 'GRANT SELECT ON TABLE granted TO "new";'],
  ['GRANT granted, old TO granted;', 'GRANT granted, "new" TO granted;'],
  ['GRANT x TO granted, old GRANTED BY old;', 'GRANT x TO granted, "new" GRANTED BY "new";'],
  ['ALTER DEFAULT PRIVILEGES IN SCHEMA role, old GRANT SELECT ON TABLES TO x;', null],
  [
    'ALTER DEFAULT PRIVILEGES IN SCHEMA role FOR USER old REVOKE ALL ON TABLES FROM x;',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA role FOR USER "new" REVOKE ALL ON TABLES FROM x;',
  ],
  [
    "ALTER USER old IN DATABASE d SET role TO 'old';",
    'ALTER USER "new" IN DATABASE d SET role TO \'old\';',
  ],
  ['SET ROLE old;', 'SET ROLE "new";'],
  ["SET role TO 'old';", 'SET role TO "new";'],
  ['CREATE SCHEMA old AUTHORIZATION old;', 'CREATE SCHEMA old AUTHORIZATION "new";'],
  ["SET SESSION AUTHORIZATION 'old';", 'SET SESSION AUTHORIZATION "new";'],
  ['SET SESSION AUTHORIZATION DEFAULT;', null],
  ["COMMENT ON TABLE t IS 'OWNER TO old';", null],
  ['CREATE TABLE old (a int); -- ALTER TABLE t OWNER TO old;\n', null],
  ['COPY t (a) FROM stdin;\nALTER TABLE t OWNER TO old;\n\\.\n', null],
  ['CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ALTER TABLE t OWNER TO old;$$;', null],
];

const EMPTY = "SELECT pg_catalog.set_config('search_path', '', false);";

describe('Statements of a file that are changed on their way', () => {
  for (const [script, left] of mapped) {
    it(`names another role: ${script}`, async () => {
      assert.equal(await edited(script, mapRoles(ROLES)), left ?? script);
    });
  }

  it('leaves out statements that are about owners alone', async () => {
    const owners: StatementRule = (statement) =>
      leftOutKind(statement, ['owners']) === null ? null : LEFT_OUT;
    const rows: readonly (readonly [script: string, leftOut: boolean])[] = [
      ['ALTER TABLE app.t OWNER TO old;', true],
      ['ALTER TABLE rename OWNER TO "a; OWNER";', true],
      ["SET SESSION AUTHORIZATION 'old';", true],
      ['ALTER TABLE t RENAME owner TO x;', false],
      ['ALTER TABLE t RENAME COLUMN owner TO x;', false],
      ['ALTER TYPE t RENAME ATTRIBUTE owner TO x;', false],
      ['ALTER TABLE t ADD COLUMN a int, OWNER TO old;', false],
      ["ALTER TABLE t ALTER COLUMN a SET DEFAULT ' OWNER TO x';", false],
    ];
    for (const [script, leftOut] of rows) {
      assert.equal(await edited(script, owners), leftOut ? '' : script);
    }
  });

  it('sets the search path where pg_dump empties it, and nowhere else', async () => {
    const rows = [
      [[], `SELECT pg_catalog.set_config('search_path', 'public', false);`],
      [
        ['app', 'x "y"'],
        `SELECT pg_catalog.set_config('search_path', 'public, app, "x ""y"""', false);`,
      ],
      [
        ['Über \\ "x"'],
        String.raw`SELECT pg_catalog.set_config('search_path', U&'public, "\+0000dcber \\ ""x"""', false);`,
      ],
    ] as const;
    for (const [schemas, expected] of rows) {
      assert.equal(await edited(EMPTY, withSearchPath(schemas)), expected);
      const own = "SELECT pg_catalog.set_config('search_path', 'app', false);";
      assert.equal(await edited(own, withSearchPath(schemas)), own);
    }
  });

  it('drops keys when the transaction begins, and adds them before it ends', async () => {
    const first = ['ALTER TABLE "ä" DROP k'];
    const last = [
      'ALTER TABLE "ä" ADD k',
      `COMMENT ON k IS 'x "ä" y'`,
      String.raw`SET x TO  E'\\ä'''`,
    ];
    const script = `${EMPTY}\nBEGIN;\nCREATE FUNCTION f() BEGIN ATOMIC SELECT 1; END;\nCOMMIT;\n`;
    assert.equal(
      await edited(script, aroundTransaction({ first, last })),
      script
        .replace('BEGIN;', String.raw`BEGIN; ALTER TABLE U&"\+0000e4" DROP k;`)
        .replace(
          'COMMIT;',
          () =>
            String.raw`ALTER TABLE U&"\+0000e4" ADD k; COMMENT ON k IS U&'x "\+0000e4" y'; ` +
            String.raw`SET x TO  E'\\\U000000e4'''; COMMIT;`,
        ),
    );
  });

  it('gives the role that runs the script its password back, in any encoding of the script', async () => {
    const script = `ALTER ROLE "\u00dc" PASSWORD 'old';\nALTER ROLE u PASSWORD 'x';\n`;
    const expected = script.replace(
      "'old';",
      String.raw`'old'; ALTER ROLE U&"\+0000dc" PASSWORD 'md5';`,
    );
    for (const encoding of ['utf8', 'latin1'] as const) {
      assert.equal(await edited(script, keepPassword('\u00dc', 'md5'), encoding), expected);
    }
  });
});
