import assert from 'node:assert/strict';
import { maskSecrets, maskSql } from '../../../src/core/secrets/mask';
import { cpuTime } from '../../support/measure/cpuTime';

/** `«…»` marks what is secret; the marks are no part of the text. */
function split(marked: string): { text: string; masked: string; secrets: string[] } {
  return {
    text: marked.replace(/[«»]/g, ''),
    masked: marked.replace(/«[^»]*»/g, '********'),
    secrets: [...marked.matchAll(/«([^»]*)»/g)].map(([, secret = '']) => secret),
  };
}

/** In SQL that is shown as in output, nothing but the secret changes. */
const sql = [
  "ALTER ROLE bob PASSWORD '«Secret»';",
  "alter user bob with encrypted password '«Secret»' valid until '2030-01-01';",
  "CREATE ROLE bob LOGIN UNENCRYPTED PaSsWoRd '«Secret»' CONNECTION LIMIT 3;",
  "CREATE USER bob PASSWORD'«Secret»';",
  "CREATE GROUP g PASSWORD /* why */ '«Secret»';",
  "ALTER ROLE bob PASSWORD -- new\n  '«Secret»';",
  "ALTER ROLE bob\n  PASSWORD\n  '«Secret»'\n  VALID UNTIL 'infinity';",
  "ALTER ROLE bob PASSWORD '«it''s Secret»';",
  "ALTER ROLE bob PASSWORD '«Secret\nwith lines»';",
  "ALTER ROLE bob PASSWORD '«first»'\n'«second»';",
  "ALTER ROLE bob PASSWORD E'«it\\'s \\\\ Secret»';",
  "ALTER ROLE bob PASSWORD e'«Sec''ret\\n»' ;",
  "ALTER ROLE bob PASSWORD U&'«\\0053ecret»' UESCAPE '!';",
  'ALTER ROLE bob PASSWORD $$«Secret»$$;',
  "ALTER ROLE bob PASSWORD $pw$«it's $$ Secret»$pw$;",
  "ALTER ROLE bob PASSWORD '«md5c5e9a0ffb5b0a1ab2bbd6b8f5fdba1f4»';",
  "ALTER ROLE bob PASSWORD '«SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy»';",
  "CREATE USER MAPPING FOR bob SERVER s OPTIONS (\"user\" 'bob', password '«Secret»');",
  "CREATE USER MAPPING FOR bob SERVER s OPTIONS (\n    password '«Secret»',\n    \"user\" 'bob'\n);",
  "ALTER USER MAPPING FOR bob SERVER s OPTIONS (SET \"password\" '«Secret»', ADD sslpassword '«Other»');",
  "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', api_key '«Secret»', token '«Other»');",
  "ALTER SERVER s OPTIONS (ADD aws_secret_access_key '«Secret»', SET pwd '«Other»');",
  "CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (passphrase '«Secret»', page '3');",
  "ALTER FOREIGN DATA WRAPPER w OPTIONS (SET client_secret '«Secret»');",
  "CREATE SUBSCRIPTION s CONNECTION 'host=h password=«Secret» user=u' PUBLICATION p;",
  "CREATE SUBSCRIPTION s CONNECTION 'host=h user=u password = «Secret»' PUBLICATION p;",
  "ALTER SUBSCRIPTION s CONNECTION 'password=''«a b»'' host=h';",
  "ALTER SUBSCRIPTION s CONNECTION 'postgresql://u:«Secret»@h/db?sslmode=require';",
  "ALTER SUBSCRIPTION s CONNECTION 'postgresql://h/db?user=u&password=«Secret»';",
  "ALTER SUBSCRIPTION s CONNECTION 'postgresql://h/db?user=u&p%61ssword=«Secret»';",
  'ALTER SUBSCRIPTION s CONNECTION $$host=h password=«Secret»$$;',
  "SELECT dblink_connect('c', 'dbname=x password=«Secret»');",
  "SELECT * FROM dblink('postgresql://u:«Se/cr@t»@h/x', 'SELECT 1');",
  "ALTER SYSTEM SET primary_conninfo = 'user=r password=«Secret» channel_binding=prefer';",
  'ALTER DATABASE d SET "app.settings.jwt_secret" TO \'«Secret»\';',
  "SELECT set_config('app.password', '«Secret»', false);",
  "SELECT pg_catalog.set_config('app.jwt_secret'::text, '«Secret»'::text, true);",
  "INSERT INTO users VALUES ('bob', crypt('«Secret»', gen_salt('bf')));",
  "SELECT pgp_sym_encrypt(card, '«Secret»') FROM t;",
  "DO $$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', '«bob»', '«hunter2»'); END $$;",
  "DO $$ BEGIN EXECUTE format($f$ALTER ROLE x PASSWORD '«%s»'$f$,\n  '«hunter2»'); RAISE 'x'; END $$;",
  "DO $$ BEGIN PERFORM dblink(format('host=h password=«%s»', $p$«hunter2»$p$), 'x'); END $$;",
  "DO $$ BEGIN ALTER ROLE bob PASSWORD '«Secret»'; END $$;",
  "DO 'BEGIN ALTER ROLE bob PASSWORD ''«Secret»''; END';",
  "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $f$ ALTER ROLE bob PASSWORD '«it''s»' $f$;",
  "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS '\nBEGIN EXECUTE ''ALTER ROLE bob PASSWORD ''''«Secret»''''''; END';",
  "CREATE FUNCTION f() RETURNS void AS $$\n# it's Python\nplpy.execute(\"ALTER ROLE b PASSWORD '«Secret»'\")\n$$ LANGUAGE plpython3u;",
  "COMMENT ON ROLE bob IS 'the password '; ALTER ROLE bob PASSWORD '«Secret»';",
  "COMMENT ON ROLE bob IS 'see https://u:«Secret»@h.example/x';",
  // JSON, and what looks like it in other languages.
  `INSERT INTO conf VALUES ('{"user": "bob", "password": "«it\\"s Secret»", "port": 5}');`,
  `SELECT '{"db":{"client_secret":"«Secret»","accessToken" : "«Other»"}}'::jsonb;`,
  `SELECT '{"token": "«Secret»", "secret": null, "pwd": «4711»}';`,
  String.raw`SELECT E'{\"password\": \"«Secret»\", \"a\": 1}';`,
  `SELECT '"user"=>"bob", "password"=>"«Secret»"'::hstore;`,
  "CREATE FUNCTION f() RETURNS void LANGUAGE plpython3u AS $$ conf = {'password': '«Secret»', 'a': 'b'} $$;",
  "SELECT jsonb_build_object('user', 'bob', 'password', '«Secret»', 'port', 5);",
  // Headers of HTTP.
  "SELECT http_header('Authorization', 'Bearer «abc-def»');",
  `SELECT net.http_post('https://h.example/x', headers := '{"Authorization": "Bearer «abc.def»", "Accept": "a/b"}');`,
  `COPY t FROM PROGRAM 'curl -H "Authorization: Basic «Ym9iOlNlY3JldA==»" https://h.example/x.csv';`,
  `COPY t FROM PROGRAM 'curl -H "X-Api-Key: «Secret»" -H "PRIVATE-TOKEN: «Other»" https://h.example/x.csv';`,
  // Command lines.
  "COPY t TO PROGRAM 'curl -u bob:«Secret» -T - ftp://h.example/x';",
  "COPY t TO PROGRAM 'curl --user ''bob:«Sec ret»'' -T - ftp://h.example/x';",
  "COPY t FROM PROGRAM 'wget --user=bob --password=«Secret -O - https://h.example/x»';",
  "COPY t FROM PROGRAM 'mysql -u bob -p«Secret» -e x';",
  "COPY t FROM PROGRAM 'sshpass -p «Secret» ssh h.example cat x';",
  "COPY t FROM PROGRAM 'openssl enc -d -aes256 -pass «pass:Secret» -in /x';",
  "ALTER SYSTEM SET archive_command = 'aws s3 cp %p s3://b/%f --secret-key «Other» API_TOKEN=«Secret»';",
  "COPY t FROM PROGRAM 'echo h.example:5432:*:bob:«Secret» > ~/.pgpass';",
  // Addresses of web services.
  "SELECT http_get('https://«0123456789abcdef0123»@h.example/x');",
  "SELECT http_get('https://h.example/x?a=b&sig=«Other»&api_key=«Secret»');",
  // Options of foreign data wrappers, and what is recognised by itself.
  "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (secret_access_key '«Secret»', sslpassword '«Other»', accesstoken '«Third»');",
  "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (jwt '«eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.c2ln»');",
  "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (key '-----BEGIN PRIVATE KEY-----«\nAAAA\nBBBB\n»-----END PRIVATE KEY-----');",
];

/** Nothing of this is secret. */
const plain = [
  "ALTER ROLE bob PASSWORD NULL VALID UNTIL '2030-01-01';",
  "CREATE TABLE u (name text, password text NOT NULL, token uuid DEFAULT 'x');",
  "COMMENT ON COLUMN u.password IS 'the password ';\n\nCREATE TABLE t (a text DEFAULT 'b');",
  "CREATE TYPE auth AS ENUM (\n    'password',\n    'token'\n);",
  "SET password_encryption = 'scram-sha-256';",
  "CREATE FUNCTION f() RETURNS void AS $$ UPDATE u SET password = NEW.x WHERE token = 'a' $$;",
  "COMMENT ON TABLE t IS 'https://example.com:80/a@b';",
  'FATAL:  password authentication failed for user "bob"',
  "SELECT format('%s has no password: %s', name, 'ask') FROM u;",
  'fe_sendauth: no password supplied',
  'WARNING: password file "/home/a/.pgpass" has group or world access',
  'connection to server at "db.example" (10.0.0.1), port 5432 failed',
  'postgresql://bob@db.example:5432/shop',
  'pg_dump: error: options -W/--password and --no-password cannot be used together',
  'pg_dump --no-password --host=db.example --username=bob shop',
  'SET SESSION AUTHORIZATION bob;',
  'connection to server at "2001:db8:5432:10:a:b:c:d", port 5432 failed',
  '2026-11-22 10:15:30.123 UTC: LOG: 12:34:56:78:90',
  `SELECT '{"password": null, "password_hint": "x", "tokens": 5}';`,
];

describe('maskSql and maskSecrets', () => {
  for (const marked of sql) {
    it(`hides only the secret of ${JSON.stringify(split(marked).masked)}`, () => {
      const { text, masked } = split(marked);
      assert.equal(maskSql(text), masked);
    });
  }

  for (const text of plain) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(maskSql(text), text));
  }

  it('hides the same in output, of which nobody knows where it begins', () => {
    for (const marked of sql) {
      const { text, secrets } = split(marked);
      for (const around of [text, `ERROR:  x\nCONTEXT:  SQL statement "${text}"`, `'${text}`]) {
        for (const secret of secrets) assert.ok(!maskSecrets(around).includes(secret), around);
      }
    }
  });

  const careless = [
    'ALTER ROLE bob PASSWORD «Secret»;',
    'ALTER ROLE bob PASSWORD "«Secret»";',
    "ALTER USER bob IDENTIFIED BY '«Secret»'",
    'PGPASSWORD=«Secret psql -h x»',
    '\\connect "host=h password=«Secret"»',
    'invalid URI: "postgresql://bob:«4711/Secret»@db/x"',
    'postgresql://bob:«a b#c?d%e@f»@db/x',
    'jdbc:postgresql://h/db?user=u&password=«Secret»',
    'password=«correct horse battery» host=h',
    'hash md5c5e9a0ffb5b0a1ab2bbd6b8f5fdba1f4'.replace(/md5\w+/, '«$&»'),
  ];
  for (const marked of careless) {
    const { text, masked } = split(marked);
    it(`hides what is no SQL in ${masked}`, () => assert.equal(maskSecrets(text), masked));
  }

  it('hides what is put together with a name, and more', () => {
    for (const text of [
      "DO $$ BEGIN EXECUTE 'ALTER ROLE bob PASSWORD ' || quote_literal('Secret') || ' LOGIN'; END $$;",
      "SELECT dblink_connect('host=h password=' || $p$Secret$p$ || ' user=u');",
      "CREATE FUNCTION f() RETURNS void AS 'BEGIN EXECUTE ''ALTER ROLE b PASSWORD '''''' || ''Secret'' || ''''''''; END' LANGUAGE plpgsql;",
    ]) {
      for (const masked of [maskSql(text), maskSecrets(text)]) {
        assert.ok(!masked.includes('Secret'), masked);
      }
    }
  });

  it('leaves the words of ordinary errors', () => {
    for (const text of plain.slice(7)) assert.equal(maskSecrets(text), text);
  });

  it('is not slow, whatever stands there', () => {
    const started = cpuTime();
    for (const part of [
      "password '",
      'password $a$ ',
      "password $$ $b$ '",
      'password=/*',
      'format($$ ',
      "format('password %",
      'crypt(',
      "E'\\",
      '-----BEGIN PRIVATE KEY-----',
      "password' || ",
      '"password":"',
    ]) {
      const text = part.repeat(Math.min(60_000, 1_000_000 / part.length));
      maskSql(text);
      maskSecrets(text.slice(0, 8192));
    }
    assert.ok(cpuTime() - started < 10_000);
  });
});
