import assert from 'node:assert/strict';
import { ScriptScanner } from '../../../../src/core/archive/script/scriptScan';

describe('statements that reach beyond the database', () => {
  /** `KIND STATEMENT` of each, with the count where it is not 1. */
  const reachOf = (script: string | Buffer, size = 1 << 20): string[] => {
    const scanner = new ScriptScanner();
    const bytes = Buffer.from(script);
    let done = 0;
    for (let end = 0; end < bytes.length;) {
      end = Math.min(bytes.length, end + size);
      const piece = { bytes: bytes.subarray(0, end), base: 0, last: end === bytes.length };
      done = scanner.push(piece, done);
    }
    return scanner
      .finish(bytes.length)
      .reach.map(({ kind, statement, count }) =>
        [kind, statement, ...(count === 1 ? [] : [count])].join(' '),
      );
  };

  const found: readonly (readonly [string | Buffer, ...string[]])[] = [
    ['DROP DATABASE x;', 'databases DROP DATABASE'],
    ['drop /* a */ Database\n-- b\nif exists "x";', 'databases DROP DATABASE'],
    ['DROP DATABASE x', 'databases DROP DATABASE'],
    [' (SELECT 1); ALTER DATABASE x SET a = 1;', 'databases ALTER DATABASE'],
    ["COMMENT ON DATABASE x IS 'y';", 'databases COMMENT ON DATABASE'],
    ['GRANT CONNECT ON DATABASE x TO y;', 'databases GRANT ON DATABASE'],
    [
      'CREATE ROLE a; CREATE USER b; CREATE GROUP c;',
      'roles CREATE ROLE',
      'roles CREATE USER',
      'roles CREATE GROUP',
    ],
    ['ALTER USER a SUPERUSER; ALTER USER b SUPERUSER;', 'roles ALTER USER 2'],
    ['GRANT a TO b; REVOKE a FROM b;', 'roles GRANT', 'roles REVOKE'],
    ['DROP OWNED BY a; REASSIGN OWNED BY a TO b;', 'roles DROP OWNED', 'roles REASSIGN OWNED'],
    ["SECURITY LABEL FOR p ON ROLE a IS 'x';", 'roles SECURITY LABEL ON ROLE'],
    ["CREATE TABLESPACE t LOCATION '/x';", 'tablespaces CREATE TABLESPACE'],
    ['ALTER SYSTEM SET a = 1;', 'server ALTER SYSTEM'],
    ['GRANT SET ON PARAMETER a TO b;', 'server GRANT ON PARAMETER'],
    ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;", 'subscriptions CREATE SUBSCRIPTION'],
    ['ALTER SUBSCRIPTION s ENABLE;', 'subscriptions ALTER SUBSCRIPTION'],
    ["COPY (SELECT 1) TO PROGRAM 'id';", 'programs COPY … TO PROGRAM'],
    ['copy t (a, "from", b) from/**/program $$id$$;', 'programs COPY … FROM PROGRAM'],
    ["COPY t TO '/tmp/x';", "files COPY … TO 'FILE'"],
    ["COPY t FROM E'/tmp/x' WITH CSV;", "files COPY … FROM 'FILE'"],
    ['COPY t FROM $x$/tmp/x$x$;', "files COPY … FROM 'FILE'"],
    [`COPY t (${'c, '.repeat(40)}d) TO PROGRAM 'id';`, 'programs COPY … TO PROGRAM'],
    ["LOAD 'x';", 'programs LOAD'],
    ['DO $$BEGIN END$$;', 'unjudged DO'],
    ['CALL p();', 'unjudged CALL'],
    ['CREATE LANGUAGE plpython3u;', 'programs CREATE LANGUAGE'],
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y';",
      'programs CREATE FUNCTION … LANGUAGE c',
    ],
    [
      "CREATE OR REPLACE FUNCTION f(language text) RETURNS int AS $$x$$ LANGUAGE 'plpython3u';",
      'programs CREATE FUNCTION … LANGUAGE plpython3u',
    ],
    [
      'CREATE PROCEDURE p() LANGUAGE "plperlu" AS $$x$$;',
      'programs CREATE PROCEDURE … LANGUAGE plperlu',
    ],
    [
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN COPY t TO PROGRAM 'id'; END$$;",
      'programs CREATE FUNCTION: COPY … TO PROGRAM',
    ],
    [
      "CREATE FUNCTION f() RETURNS trigger AS 'BEGIN EXECUTE ''CREATE ROLE x''; END' LANGUAGE plpgsql;",
      'roles CREATE FUNCTION: CREATE ROLE',
    ],
    [
      'CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$SELECT pg_read_file($1)$_$;',
      'files CREATE FUNCTION: pg_read_file()',
    ],
    ["SELECT pg_read_file('/etc/passwd');", 'files pg_read_file()'],
    ['SELECT "pg_read_file" /* */ (\'/etc/passwd\');', 'files pg_read_file()'],
    ["SELECT pg_catalog.lo_import('/x');", 'files lo_import()'],
    ["INSERT INTO t VALUES (1, 'a', PG_LS_DIR('/'));", 'files pg_ls_dir()'],
    ["INSERT INTO t SELECT * FROM dblink('host=x', 'y') AS z(a int);", 'otherServers dblink()'],
    ['SELECT pg_reload_conf();', 'server pg_reload_conf()'],
    [
      "SELECT pg_create_logical_replication_slot('a','b');",
      'server pg_create_logical_replication_slot()',
    ],
    ["CREATE TABLE t (a text DEFAULT pg_read_file('x'));", 'files pg_read_file()'],
    ["SELECT query_to_xml('x', true, true, '');", 'unjudged query_to_xml()'],
    ['SELECT evil();', 'unjudged SELECT evil()'],
    ['SELECT public.setval(1);', 'unjudged SELECT setval()'],
    ['WITH x AS (SELECT evil()) SELECT 1;', 'unjudged SELECT evil()'],
    ['IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b;', 'otherServers IMPORT FOREIGN SCHEMA'],
    [
      "CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (program 'id');",
      'programs FOREIGN TABLE … OPTIONS',
    ],
    [
      "CREATE SERVER s FOREIGN DATA WRAPPER w; ALTER FOREIGN TABLE t OPTIONS (SET program 'id');",
      'programs FOREIGN TABLE … OPTIONS',
    ],
    [
      "ALTER FOREIGN TABLE t OPTIONS (ADD filename '/etc/passwd');",
      'files FOREIGN TABLE … OPTIONS',
    ],
    [
      'CREATE FOREIGN TABLE s.t (a int) SERVER s; CREATE TABLE x AS SELECT * FROM s.t;',
      'otherServers CREATE: t',
    ],
    [
      'CREATE FOREIGN TABLE t (a int) SERVER s; CREATE VIEW v AS SELECT a FROM t; SELECT 1 FROM v;',
      'otherServers SELECT: v',
    ],
    [
      'CREATE FOREIGN TABLE t (a int) SERVER s; INSERT INTO t VALUES (1);',
      'otherServers INSERT: t',
    ],
    [
      'CREATE FOREIGN TABLE t (a int) SERVER s; COPY t FROM stdin;\n1\n\\.\n',
      'otherServers COPY: t',
    ],
    ['COPY pg_catalog.pg_authid (rolname) FROM stdin;\na\n\\.\n', 'server COPY pg_authid'],
    ['TRUNCATE TABLE pg_catalog.pg_auth_members;', 'server TRUNCATE pg_auth_members'],
    [
      'WITH x AS (UPDATE pg_authid SET rolsuper = true RETURNING 1) SELECT 1;',
      'server WITH pg_authid',
    ],
    ['WITH x AS (DELETE FROM pg_catalog."pg_database") SELECT 1;', 'server WITH pg_database'],
    ['PREPARE q AS INSERT INTO pg_auth_members VALUES (1);', 'server PREPARE pg_auth_members'],
    ['EXPLAIN ANALYZE UPDATE pg_authid SET rolsuper = true;', 'server EXPLAIN pg_authid'],
    [
      'CREATE RULE r AS ON INSERT TO t DO ALSO UPDATE pg_authid SET rolsuper = true;',
      'server CREATE pg_authid',
    ],
    [
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$UPDATE pg_catalog.pg_authid SET rolsuper = true$$;',
      'server CREATE FUNCTION: UPDATE pg_authid',
    ],
    [
      'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN GRANT pg_execute_server_program TO bob; END$$;',
      'roles CREATE FUNCTION: GRANT',
    ],
    [
      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN IF a THEN LOAD 'x'; END IF; END$$;",
      'programs CREATE FUNCTION: LOAD',
    ],
    [
      'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$DROP OWNED BY bob$$;',
      'roles CREATE FUNCTION: DROP OWNED',
    ],
    ["SELECT ts_rewrite('a', 'SELECT 1');", 'unjudged ts_rewrite()'],
    ["SELECT pg_stat_reset_shared('wal');", 'server pg_stat_reset_shared()'],
    ['UPDATE pg_authid SET rolsuper = true;', 'server UPDATE pg_authid'],
    ["UPDATE pg_catalog.pg_settings SET setting = 'x';", 'server UPDATE pg_settings'],
    ["PREPARE TRANSACTION 'x';", 'server PREPARE TRANSACTION'],
    ["COMMIT PREPARED 'x';", 'server COMMIT PREPARED'],
    ["SET client_encoding = 'SJIS';", 'unjudged SET client_encoding = SJIS'],
    ['SET NAMES big5;', 'unjudged SET client_encoding = BIG5'],
    ['SET SESSION client_encoding TO gbk;', 'unjudged SET client_encoding = GBK'],
    ["SELECT set_config('client_encoding', 'SJIS', false);", 'unjudged SET client_encoding = …'],
    [
      "INSERT INTO t SELECT set_config ( 'client_encoding', 'SJIS', false);",
      'unjudged SET client_encoding = …',
    ],
    ["SELECT set_config('cl' || 'ient', 'SJIS', false);", 'unjudged set_config()'],
    ["SELECT set_config(x, 'SJIS', false);", 'unjudged set_config()'],
    ['\\encoding SJIS\n', 'unjudged SET client_encoding = SJIS'],
    [
      'SET LOCAL standard_conforming_strings = off;',
      'unjudged SET standard_conforming_strings = off',
    ],
    ['SELECT U&"pg\\005fread_file" FROM t;', 'unjudged U&"…"'],
    // psql takes a semicolon in what it holds for a body for none, and the server for one.
    [
      "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER SYSTEM SET a = 1;",
      'server ALTER SYSTEM',
    ],
  ];
  for (const [script, ...expected] of found) {
    it(`${script.toString('utf8')}`.slice(0, 100), () => {
      for (const size of [1 << 20, 1, 7])
        assert.deepEqual(reachOf(script, size), expected, `${size}`);
    });
  }

  it('are not what only looks like them', () => {
    for (const script of [
      "SELECT 'DROP DATABASE x;';",
      '-- DROP DATABASE x;\n/* DROP DATABASE x; */',
      'COPY t FROM stdin;\nDROP DATABASE x;\n\\.\n',
      'COPY t (a, "from") TO STDOUT;',
      'COPY (SELECT 1) TO STDOUT WITH (FORMAT csv);',
      'CREATE TABLE database (role int, "user" text);',
      'ALTER TABLE t ADD COLUMN program text;',
      'CREATE USER MAPPING FOR u SERVER s;',
      'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a;',
      'GRANT SELECT (a) ON TABLE t TO b; REVOKE ALL ON SCHEMA s FROM c;',
      'GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO monitor;',
      "COMMENT ON FUNCTION dblink(text) IS 'x';",
      'SELECT datname FROM pg_database; CREATE VIEW v AS SELECT * FROM pg_catalog.pg_authid;',
      'COPY (SELECT rolname FROM pg_authid) TO STDOUT;',
      'CREATE FOREIGN TABLE t (a int) SERVER s; ALTER FOREIGN TABLE t OWNER TO bob; GRANT ALL ON t TO b;',
      'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN GRANT SELECT ON t TO bob; load := 1; SELECT a INTO b FROM pg_authid; END$$;',
      'CREATE EXTENSION dblink WITH SCHEMA public;',
      'DROP FUNCTION dblink(text);',
      "SELECT pg_catalog.setval('s', 1, true);",
      "SELECT setval('s', coalesce((SELECT max(id) FROM t), 1));",
      "SELECT pg_catalog.set_config('search_path', '', false);",
      "SELECT pg_catalog.lo_create('1'); SELECT pg_catalog.lowrite(0, '\\x00');",
      'SET client_encoding = \'UTF8\'; SET standard_conforming_strings = on; SET x = "y";',
      "INSERT INTO t VALUES ('pg_read_file(x)', pg_catalog.now());",
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'cannot create user %', 1; -- DROP DATABASE\nEND $$;",
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC; SELECT evil(1); END;'.replace(
        'SELECT evil(1)',
        'SELECT max(1)',
      ),
      'CREATE VIEW v AS SELECT my.function(1);',
      'COMMIT; BEGIN; ROLLBACK;',
      'PREPARE q AS SELECT 1;',
      'CREATE FOREIGN TABLE t (program text) SERVER s;',
    ]) {
      assert.deepEqual(reachOf(script), [], script);
    }
  });

  /** Its body hides what it runs, from whoever only looks for words. */
  const hides =
    "CREATE FUNCTION public.f(a int) RETURNS int LANGUAGE plpgsql AS $$BEGIN EXECUTE 'CO' || 'PY t TO PRO' || 'GRAM ''id'''; RETURN 1; END$$;\n";
  const setsOff: readonly (readonly [string, ...string[]])[] = [
    ['CREATE TABLE x AS SELECT public.f(1);', 'unjudged CREATE: f()'],
    ['CREATE TABLE x (a int DEFAULT "f"(1));', 'unjudged CREATE: f()'],
    ['CREATE MATERIALIZED VIEW v AS SELECT f(1);', 'unjudged CREATE: f()'],
    ['CREATE INDEX i ON t (F (a));', 'unjudged CREATE: f()'],
    ['ALTER TABLE t ADD CHECK (f(a) > 0);', 'unjudged ALTER: f()'],
    ['ALTER TABLE t ALTER a TYPE text USING f(a);', 'unjudged ALTER: f()'],
    ['INSERT INTO t SELECT f(1);', 'unjudged INSERT: f()'],
    ["INSERT INTO t VALUES (1, 'f(1)', pg_catalog.now(), f(2));", 'unjudged INSERT: f()'],
    ['UPDATE t SET a = f(1);', 'unjudged UPDATE: f()'],
    ['DELETE FROM t WHERE f(a) = 1;', 'unjudged DELETE: f()'],
    ['SELECT f(1);', 'unjudged SELECT f()'],
    ['SELECT (t).f FROM t;', 'unjudged SELECT: f()'],
    ['SELECT a, t . "f" FROM t;', 'unjudged SELECT: f()'],
    ['CREATE TABLE x AS SELECT a.f FROM t a;', 'unjudged CREATE: f()'],
    ['CREATE INDEX i ON t (((t.*).f));', 'unjudged CREATE: f()'],
    ['ALTER TABLE t ADD CHECK (t.f > 0);', 'unjudged ALTER: f()'],
    ['INSERT INTO x SELECT 1, (t).f FROM t;', 'unjudged INSERT: f()'],
    ['UPDATE x SET a = t.f FROM t;', 'unjudged UPDATE: f()'],
    ['COPY (SELECT t.f FROM t) TO STDOUT;', 'unjudged COPY: f()'],
    ['CREATE VIEW v AS SELECT t.f FROM t; CREATE TABLE x AS TABLE v;', 'unjudged CREATE: v'],
    [
      'CREATE FUNCTION g(t) RETURNS int LANGUAGE sql AS $$SELECT $1.f$$; CREATE TABLE x AS SELECT g(t) FROM t;',
      'unjudged CREATE: g()',
    ],
    [
      'CREATE FUNCTION g(a t) RETURNS int LANGUAGE sql RETURN (a).f; CREATE INDEX i ON t (g(t));',
      'unjudged CREATE: g()',
    ],
    ['COPY (SELECT f(1)) TO STDOUT;', 'unjudged COPY: f()'],
    ['CREATE DOMAIN d AS int CHECK (f(VALUE) > 0);', 'unjudged CREATE: f()'],
    ['CREATE RULE r AS ON INSERT TO t DO ALSO SELECT f(1);', 'unjudged CREATE: f()'],
    ['CREATE OPERATOR === (FUNCTION = f, RIGHTARG = int);', 'unjudged CREATE OPERATOR: f()'],
    ['CREATE AGGREGATE a (int) (SFUNC = public.f, STYPE = int);', 'unjudged CREATE AGGREGATE: f()'],
    ['CREATE VIEW v AS SELECT f(1); CREATE TABLE x AS TABLE v;', 'unjudged CREATE: v'],
    [
      'CREATE VIEW s.v AS SELECT f(1); CREATE VIEW w AS SELECT * FROM s.v; INSERT INTO t SELECT * FROM w;',
      'unjudged INSERT: w',
    ],
    ['CREATE VIEW v AS SELECT f(1); SELECT 1 FROM t, v;', 'unjudged SELECT: v'],
    [
      'CREATE FUNCTION g() RETURNS int LANGUAGE sql AS $$SELECT f(1)$$; CREATE TABLE x AS SELECT g();',
      'unjudged CREATE: g()',
    ],
    [
      'CREATE FUNCTION g() RETURNS int LANGUAGE sql RETURN f(1); INSERT INTO t VALUES (g());',
      'unjudged INSERT: g()',
    ],
    [
      'CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION public.f(); COPY t FROM stdin;\n1\n\\.\n',
      'unjudged COPY: f()',
    ],
    [
      'CREATE CONSTRAINT TRIGGER a AFTER UPDATE ON t EXECUTE PROCEDURE f(); UPDATE t SET a = 1;',
      'unjudged UPDATE: f()',
    ],
    ['ALTER FUNCTION f(int) RENAME TO g;', 'unjudged ALTER … RENAME: f'],
    ['CREATE VIEW v AS SELECT f(1); ALTER VIEW v RENAME TO w;', 'unjudged ALTER … RENAME: v'],
    ['PREPARE q AS SELECT f(1); EXECUTE q;', 'unjudged PREPARE: f()'],
    ['MERGE INTO t USING s ON f(1) = 1 WHEN MATCHED THEN DELETE;', 'unjudged MERGE: f()'],
    [
      'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f(); CREATE TABLE x (a int);',
      'unjudged CREATE: f()',
    ],
  ];
  for (const [script, ...expected] of setsOff) {
    it(`set off what cannot be told: ${script}`.slice(0, 110), () => {
      for (const size of [1 << 20, 1, 7]) {
        assert.deepEqual(reachOf(hides + script, size), expected, `${size}`);
      }
    });
  }

  it('set off what cannot be told, though it was made after what calls it', () => {
    const calls = (name: string, called: string): string =>
      `CREATE FUNCTION ${name}() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN s.${called}(1); END$$;\n`;
    const script = `${calls('h', 'g')}${calls('g', 'f')}${calls('x', 'y')}${calls('y', 'x')}${hides}`;
    assert.deepEqual(reachOf(`${script}CREATE TABLE t AS SELECT h();`), ['unjudged CREATE: h()']);
    assert.deepEqual(reachOf(`${script}CREATE TABLE t AS SELECT x();`), []);
  });

  /** Bodies that put statements together, and such that do not. */
  const bodies: readonly (readonly [body: string, language: string, isDynamic: boolean])[] = [
    ["BEGIN EXECUTE 'AN' || 'ALYZE'; END", 'plpgsql', true],
    ['BEGIN EXECUTE statement; END', 'plpgsql', true],
    ['BEGIN execute\n  $1; END', 'plpgsql', true],
    ["BEGIN EXECUTE format('%s', x); END", 'plpgsql', true],
    ["BEGIN EXECUTE concat('a', x); END", 'plpgsql', true],
    ['BEGIN EXECUTE/* a */q; END', 'plpgsql', true],
    ['BEGIN EXECUTE-- a\nq; END', 'plpgsql', true],
    ['BEGIN EXECUTE(q); END', 'plpgsql', true],
    ["BEGIN EXECUTE ''||q||''; END", 'plpgsql', true],
    ["BEGIN EXECUTE '' || q || '' USING a; END", 'plpgsql', true],
    ["BEGIN EXECUTE 'a' 'b'; END", 'plpgsql', true],
    ["BEGIN EXECUTE format(''||q||'', a); END", 'plpgsql', true],
    ["BEGIN EXECUTE format('SELECT ' || q, a); END", 'plpgsql', true],
    ["BEGIN EXECUTE format('SELECT %I', a) || q; END", 'plpgsql', true],
    ["BEGIN EXECUTE'a'||q; END", 'plpgsql', true],
    ["BEGIN EXECUTE E'\\x43OPY t TO STDOUT'; END", 'plpgsql', true],
    ["BEGIN EXECUTE U&'\\0043OPY t TO STDOUT'; END", 'plpgsql', true],
    ['BEGIN FOR r IN EXECUTE q LOOP END LOOP; END', 'plpgsql', true],
    ['BEGIN RETURN QUERY EXECUTE q; END', 'plpgsql', true],
    ['spi_exec_query($_[0]);', 'plperl', true],
    ['spi_exec $1', 'pltcl', true],
    ['plv8.execute(q)', 'plv8', true],
    ["BEGIN EXECUTE 'ANALYZE'; END", 'plpgsql', false],
    ["BEGIN EXECUTE 'SELECT $1' INTO x USING y; END", 'plpgsql', false],
    ["BEGIN EXECUTE format('REFRESH MATERIALIZED VIEW %I.%2$I', a, b); END", 'plpgsql', false],
    ["BEGIN EXECUTE format('SELECT %L || 100%%', a) INTO x; END", 'plpgsql', false],
    ['BEGIN UPDATE t SET a = 1; RETURN NEW; END', 'plpgsql', false],
    ['BEGIN -- EXECUTE q;\n/* EXECUTE r; */ RETURN 1; END', 'plpgsql', false],
    ["BEGIN EXECUTE'ANALYZE'; END", 'plpgsql', false],
    ["BEGIN FOR r IN EXECUTE 'SELECT 1' LOOP END LOOP; END", 'plpgsql', false],
    [
      "BEGIN RETURN QUERY EXECUTE format('SELECT * FROM %I', a, b.c) USING d; END",
      'plpgsql',
      false,
    ],
    ['SELECT 1', 'sql', false],
  ];
  for (const [body, language, isDynamic] of bodies) {
    it(`${isDynamic ? 'can' : 'cannot'} be hidden in ${language}: ${JSON.stringify(body)}`, () => {
      const created = `CREATE FUNCTION f() RETURNS int AS $b$${body}$b$ LANGUAGE ${language};`;
      const found = reachOf(`${created} CREATE TABLE x AS SELECT f();`);
      assert.deepEqual(found, isDynamic ? ['unjudged CREATE: f()'] : []);
    });
  }

  it('are none where such a routine is made, and nothing in the file calls it', () => {
    const shop = 'CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n';
    for (const script of [
      'COPY t FROM stdin;\n1\n\\.\n' + shop,
      "INSERT INTO t VALUES (1, 'f(1)');\n" + shop + 'ALTER TABLE t ENABLE TRIGGER a;',
      'ALTER FUNCTION public.f(a int) OWNER TO bob; GRANT ALL ON FUNCTION public.f(a int) TO bob;',
      "COMMENT ON FUNCTION f(int) IS 'x'; DROP FUNCTION f(int);",
      'CREATE VIEW v AS SELECT f(1); ALTER VIEW v OWNER TO bob; GRANT SELECT ON v TO bob;',
      'CREATE TABLE x (f int, v text);',
      'COPY public.f FROM stdin;\n1\n\\.\n',
      'ALTER TABLE ONLY public.f ADD CONSTRAINT c PRIMARY KEY (a); CREATE VIEW public.f AS SELECT 1;',
      'CREATE INDEX i ON public.f USING btree (a); ALTER SEQUENCE s OWNED BY public.t.f;',
      'CREATE TRIGGER b BEFORE DELETE ON public.f FOR EACH ROW EXECUTE FUNCTION public.g();',
      'CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$SELECT 1$$;',
      'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f(); CREATE EVENT TRIGGER g ON sql_drop EXECUTE FUNCTION f(); ALTER EVENT TRIGGER e OWNER TO bob;',
      `${shop}\\connect other\nCOPY t FROM stdin;\n1\n\\.\n`,
    ]) {
      assert.deepEqual(reachOf(hides + script), [], script);
    }
  });

  it('are told by their first place', () => {
    const scanner = new ScriptScanner();
    const bytes = Buffer.from("SELECT 1;\n  LOAD 'x'; DROP ROLE a;\nDROP ROLE b;");
    scanner.push({ bytes, base: 0, last: true }, 0);
    assert.deepEqual(scanner.finish(bytes.length).reach, [
      { kind: 'programs', statement: 'LOAD', count: 1, offset: 12 },
      { kind: 'roles', statement: 'DROP ROLE', count: 2, offset: 22 },
    ]);
  });
});
