import assert from 'node:assert/strict';
import { StderrParser } from '../../../../src/core/pgtools/stderr/stderrParser';
import { seededRandom } from '../../../support/seededRandom';

function linesOf(text: string, chunk = text.length): string[] {
  const lines: string[] = [];
  const parser = new StderrParser((line, events) => {
    lines.push(line.text);
    for (const event of events) if ('text' in event) assert.ok(line.text.includes(event.text));
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) parser.push(bytes.subarray(at, at + chunk));
  parser.end();
  return lines;
}

/** What tools printed of statements that failed; `Secret` and `Rest` are what nobody may read. */
const messages: Record<string, string> = {
  'pg_restore, in one line': `pg_restore: error: could not execute query: ERROR:  role "bob" does not exist
Command was: ALTER ROLE bob PASSWORD 'Secret';`,
  'pg_restore up to 14': `pg_restore: error: could not execute query: ERROR:  x
pg_restore: error: Command was: ALTER ROLE bob PASSWORD 'Secret';`,
  'a value of several lines': `pg_restore: error: could not execute query: ERROR:  role "bob" does not exist
Command was: CREATE USER MAPPING FOR bob SERVER s OPTIONS (
    password 'Secret
Rest',
    "user" 'bob'
);`,
  'a value on the next line': `psql:/a.sql:3: ERROR:  role "bob" does not exist
psql:/a.sql:3: STATEMENT:  ALTER ROLE bob PASSWORD
'Secret'
'Rest';`,
  'a part cut in the middle of the value': `psql:/a.sql:3: ERROR:  syntax error at or near "UNTL"
LINE 1: ...Secret Rest' VALID UNTL 'infinity' CONNECTION LIMIT 3;
                              ^
psql:/a.sql:3: STATEMENT:  ALTER ROLE bob PASSWORD 'a long and Secret Rest' VALID UNTL 'infinity' CONNECTION LIMIT 3;`,
  'a part cut in the middle, and no statement': `psql:/a.sql:3: ERROR:  syntax error at or near "UNTL"
LINE 1: ...Secret Rest' VALID UNTL 'infinity';
                              ^`,
  'the value quoted as the cause': `psql:/a.sql:3: ERROR:  syntax error at or near "'Secret'"
LINE 1: ALTER ROLE bob PASWORD 'Secret';
                               ^
psql:/a.sql:3: STATEMENT:  ALTER ROLE bob PASWORD 'Secret';`,
  'a value without its end': `psql:/a.sql:3: ERROR:  unterminated quoted string at or near "'Secret
Rest"
LINE 1: ALTER ROLE bob PASSWORD 'Secret
                                ^
psql:/a.sql:3: STATEMENT:  ALTER ROLE bob PASSWORD 'Secret
Rest`,
  'in another language': `psql:/a.sql:3: FEHLER:  Syntaxfehler bei »Secret«
LINE 1: ALTER ROLE bob PASSWORD Secret;
psql:/a.sql:3: STATEMENT:  ALTER ROLE bob PASSWORD Secret;`,
  'a connection string that is none': `pg_restore: error: could not execute query: ERROR:  invalid connection string syntax: missing "=" after "Rest" in connection info string
Command was: CREATE SUBSCRIPTION s CONNECTION 'host=h password=Secret Rest' PUBLICATION p WITH (connect = false);`,
  'inside of a function': `psql:/a.sql:9: ERROR:  role "bob" does not exist
CONTEXT:  SQL statement "ALTER ROLE bob PASSWORD 'Secret'"
PL/pgSQL function inline_code_block line 3 at SQL statement
psql:/a.sql:9: STATEMENT:  DO $$ BEGIN
  EXECUTE 'ALTER ROLE bob PASSWORD ''Secret''';
END $$;`,
  'a query of a function': `psql:/a.sql:9: ERROR:  syntax error at or near "x"
LINE 1: ALTER ROLE bob PASSWORD E'Secret' x
                                          ^
QUERY:  ALTER ROLE bob PASSWORD E'Secret' x
CONTEXT:  PL/pgSQL function f() line 1 at EXECUTE`,
  'a notice': `psql:/a.sql:9: NOTICE:  password=Secret
psql:/a.sql:9: NOTICE:  ALTER ROLE bob PASSWORD $x$Secret$x$`,
  'a warning with a URL': `pg_restore: warning: cannot reach postgresql://bob:4711/Secret@db/x`,
};

describe('what the tools print of statements with secrets', () => {
  for (const [name, text] of Object.entries(messages)) {
    it(`shows everything but the secret: ${name}`, () => {
      for (const chunk of [text.length * 2, 1, 7, 60]) {
        const lines = linesOf(`${text}\n`, chunk);
        const all = lines.join('\n');
        assert.equal(lines.length, text.split('\n').length);
        assert.ok(!/Secret|Rest/.test(all), all);
        assert.ok(all.includes('********'), all);
      }
    });
  }

  it('shows all of what is not secret', () => {
    const text = `pg_restore: creating TABLE "public.password"
pg_restore: error: could not execute query: ERROR:  syntax error at or near "'x'"
LINE 3:     a text DEFAULT 'abc' 'x'
                                 ^
Command was: CREATE TABLE public.t (
    password text NOT NULL,
    a text DEFAULT 'abc' 'x'
);
pg_restore: processing data for table "public.secret"
pg_restore: error: COPY failed for table "t": ERROR:  duplicate key value
DETAIL:  Key (token)=(1) already exists.
CONTEXT:  COPY t, line 1`;
    assert.equal(linesOf(text).join('\n'), text);
  });

  it('holds an error back until its statement has come, and nothing else', () => {
    const lines: string[] = [];
    const parser = new StderrParser(({ text }) => lines.push(text));
    const push = (text: string): number => {
      parser.push(Buffer.from(text));
      parser.pause();
      return lines.length;
    };
    assert.equal(push('pg_restore: creating TABLE "public.t"\n'), 1);
    assert.equal(push('psql:/a.sql:1: NOTICE:  a\nDETAIL:  b\n'), 3);
    assert.equal(push('pg_restore: error: could not execute query: ERROR:  a\n'), 3);
    assert.equal(push('Command was: SELECT\n'), 5);
    assert.equal(push('1;\n'), 6);
  });

  it('shows nothing of a statement behind a line that was cut', () => {
    const name = 'a'.repeat(9000);
    const text = `psql:/a.sql:1: ERROR:  x
psql:/a.sql:1: STATEMENT:  SELECT '${name}'; ALTER ROLE b PASSWORD 'x
Secret';
psql:/a.sql:2: ERROR:  y`;
    const lines = linesOf(text);
    assert.ok(!lines.join('\n').includes('Secret'));
    assert.equal(lines.at(-1), 'psql:/a.sql:2: ERROR:  y');
  });

  it('keeps secrets of generated statements, however they are written', () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1e6);
    const random = seededRandom(seed);
    for (let i = 0; i < 2000; i++) {
      const { text, secret } = generated(random);
      const all = linesOf(text, 1 + Math.floor(random() * 200)).join('\n');
      assert.ok(!all.includes(secret), `seed ${seed}, case ${i}:\n${text}\n->\n${all}`);
    }
  });
});

function generated(random: () => number): { text: string; secret: string } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const secret = `S${Math.floor(random() * 1e9).toString(36)}e`;
  const around = (): string => pick(['', '', 'it is ', 'x=1 ', '; ', '$1 ', '\\\\ ', 'é…']);
  const words = `${around()}${secret}${pick(['', '', ' ;', ')', ' user', '\\\\'])}`;
  const value = random() < 0.25 ? words.replace(' ', '\n') : words;
  const tag = pick(['', 'a', 'pw_1']);
  const constant = pick([
    `'${value.replace(/'/g, "''")}'`,
    `E'${value.replace(/\n/g, '\\n')}'`,
    `U&'${value}'`,
    `$${tag}$${value.replace(/\$/g, '')}$${tag}$`,
  ]);
  // Without a blank `E` and `$` would be part of the word.
  const gap = pick([
    ' ',
    constant.startsWith("'") ? '' : ' ',
    '  ',
    '\n',
    '\t',
    ' /* why */ ',
    ' -- why\n',
  ]);
  const word = (name: string): string =>
    pick([
      name,
      name.toUpperCase(),
      name.replace(/./g, (c) => (random() < 0.5 ? c : c.toUpperCase())),
    ]);
  const conninfo = `host=h ${word('password').toLowerCase()}=${secret} user=u`;
  const statement = pick([
    `${pick(['ALTER', 'CREATE'])} ${pick(['ROLE', 'USER'])} bob ${word('password')}${gap}${constant};`,
    `CREATE USER MAPPING FOR bob SERVER s OPTIONS ("user" 'it''s', ${word('password')}${gap}${constant});`,
    `ALTER USER MAPPING FOR bob SERVER s OPTIONS (SET ${word('sslpassword')}${gap}${constant});`,
    `ALTER SERVER s OPTIONS (ADD ${pick(['api_key', 'token', '"secret"'])}${gap}${constant});`,
    `CREATE SUBSCRIPTION s CONNECTION '${conninfo}' PUBLICATION p;`,
    `SELECT dblink_connect('postgresql://u:${secret}@h/x');`,
    `DO $do$ BEGIN ALTER ROLE bob PASSWORD${gap}${constant.replaceAll('$do$', '')}; END $do$;`,
  ]);
  const cut = Math.floor(random() * statement.length);
  const excerpt = statement.slice(cut, cut + 60).split('\n')[0] ?? '';
  const line = pick(['', `LINE 1: ${cut > 0 ? '...' : ''}${excerpt}...\n         ^\n`]);
  const near = pick(['', ` at or near "${secret}"`, ` at or near "${constant}"`]);
  const text = pick([
    `pg_restore: error: could not execute query: ERROR:  x${near}\n${line}Command was: ${statement}\n`,
    `psql:/tmp/a.sql:1: ERROR:  x${near}\n${line}psql:/tmp/a.sql:1: STATEMENT:  ${statement}\n`,
    `psql:/tmp/a.sql:1: ERROR:  x\nCONTEXT:  SQL statement "${statement}"\npsql:/tmp/a.sql:1: STATEMENT:  SELECT f()\n`,
  ]);
  return { text, secret };
}
