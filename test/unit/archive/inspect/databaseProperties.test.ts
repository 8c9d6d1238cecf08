import assert from 'node:assert/strict';
import {
  addStatements,
  type DatabaseProperties,
} from '../../../../src/core/archive/inspect/databaseProperties';

function read(text: string): DatabaseProperties {
  const result: DatabaseProperties = { owner: null, properties: [], unknown: [] };
  addStatements(result, text);
  return result;
}

/** As pg_dump writes them, and what becomes of them for a database that is called `new`. */
const taken: readonly (readonly [text: string, ...statements: string[]])[] = [
  ["ALTER DATABASE app SET work_mem TO '1MB';", 'ALTER DATABASE "new" SET work_mem TO \'1MB\''],
  [
    `ALTER DATABASE "My ""app; x" SET "DateStyle" TO 'ISO, DMY';\n`,
    `ALTER DATABASE "new" SET "DateStyle" TO 'ISO, DMY'`,
  ],
  [
    `ALTER DATABASE app SET search_path TO 'a', 'it''s; b', '';
     ALTER ROLE "database app" IN DATABASE app SET "my.setting" TO 'DATABASE app';`,
    `ALTER DATABASE "new" SET search_path TO 'a', 'it''s; b', ''`,
    `ALTER ROLE "database app" IN DATABASE "new" SET "my.setting" TO 'DATABASE app'`,
  ],
  ['ALTER DATABASE app CONNECTION LIMIT = 7;', 'ALTER DATABASE "new" CONNECTION LIMIT = 7'],
  [
    `COMMENT ON DATABASE app IS 'Ours; since 1998, DATABASE app';`,
    `COMMENT ON DATABASE "new" IS 'Ours; since 1998, DATABASE app'`,
  ],
  [`COMMENT ON DATABASE app IS E'a\\\\b';`, `COMMENT ON DATABASE "new" IS E'a\\\\b'`],
  [
    `SECURITY LABEL FOR dummy ON DATABASE app IS 'secret';`,
    `SECURITY LABEL FOR dummy ON DATABASE "new" IS 'secret'`,
  ],
  [
    `REVOKE CONNECT,TEMPORARY ON DATABASE app FROM PUBLIC;
     SET SESSION AUTHORIZATION boss;
     GRANT CONNECT ON DATABASE app TO "Größe" WITH GRANT OPTION;
     RESET SESSION AUTHORIZATION;`,
    'REVOKE CONNECT,TEMPORARY ON DATABASE "new" FROM PUBLIC',
    'GRANT CONNECT ON DATABASE "new" TO "Größe" WITH GRANT OPTION',
  ],
];

/** What no pg_dump writes there; nobody has been asked about it. */
const refused: readonly string[] = [
  'DROP TABLE t;',
  `ALTER DATABASE app SET work_mem TO '1MB'; DROP DATABASE other;`,
  'ALTER DATABASE app OWNER TO me;',
  `ALTER DATABASE app SET work_mem TO (SELECT 1);`,
  `COMMENT ON DATABASE app IS 'a' || f();`,
  'GRANT ALL ON DATABASE app TO me; GRANT boss TO me;',
  'GRANT boss TO me GRANTED BY x;',
  `ALTER ROLE x IN DATABASE app SET role TO 'y' ; ALTER SYSTEM SET a TO 'b';`,
  `ALTER ROLE x PASSWORD 'a IN DATABASE app SET b TO c';`,
  'ALTER DATABASE app SET a TO $$b$$;',
  '-- a comment\nDROP TABLE t',
];

describe('What an archive tells of its database', () => {
  for (const [text, ...statements] of taken) {
    it(`is applied to one of another name: ${text.slice(0, 60)}`, () => {
      const { properties, unknown } = read(text);
      assert.deepEqual(
        properties.map(({ sql }) => sql('new')),
        statements,
      );
      assert.deepEqual(unknown, []);
    });
  }

  for (const text of refused) {
    it(`is not run when pg_dump writes no such statement: ${text}`, () => {
      const { properties, unknown } = read(text);
      assert.ok(unknown.length > 0);
      for (const { sql } of properties) {
        assert.match(
          sql('new'),
          /^(?:ALTER DATABASE "new" SET |GRANT ALL ON DATABASE "new"|ALTER ROLE x IN DATABASE "new" SET role)/,
        );
      }
    });
  }
});
