import assert from 'node:assert/strict';
import {
  ErrorCollector,
  type ErrorCollectorOptions,
} from '../../../../src/core/pgtools/stderr/errorCollector';
import { StderrParser } from '../../../../src/core/pgtools/stderr/stderrParser';

function collect(stderr: string, options?: ErrorCollectorOptions): ErrorCollector {
  const collector = new ErrorCollector(options);
  const parser = new StderrParser((_line, events) => events.forEach((e) => collector.add(e)));
  parser.push(Buffer.from(stderr));
  parser.end();
  collector.end();
  return collector;
}

const restore = `pg_restore: connecting to database for restore
pg_restore: while INITIALIZING:
pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;
pg_restore: creating TYPE "app.addr"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 933; 1247 16484 TYPE addr postgres
pg_restore: error: could not execute query: ERROR:  type "addr" already exists
Command was: CREATE TYPE app.addr AS (
	street text,
	zip text
);


pg_restore: processing data for table "app.customer"
pg_restore: from TOC entry 3244; 0 16531 TABLE DATA customer postgres
pg_restore: error: COPY failed for table "customer": ERROR:  duplicate key value violates unique constraint "customer_pkey"
DETAIL:  Key (id)=(1) already exists.
CONTEXT:  COPY customer, line 1
pg_restore: creating INDEX "app.i"
pg_restore: error: could not execute query: ERROR:  out of nothing
pg_restore: warning: errors ignored on restore: 4
`;

describe('ErrorCollector', () => {
  it("puts pg_restore's errors together", () => {
    const collector = collect(restore, {
      describe: (dumpId) => (dumpId === 933 ? 'TYPE app.addr' : null),
    });
    assert.deepEqual(collector.errors, [
      {
        message: 'type "addr" already exists',
        dumpId: 933,
        object: 'TYPE app.addr',
        sql: 'CREATE TYPE app.addr AS (\n\tstreet text,\n\tzip text\n);',
      },
      {
        message:
          'COPY failed for table "customer": duplicate key value violates unique constraint "customer_pkey"\n' +
          'DETAIL:  Key (id)=(1) already exists.\nCONTEXT:  COPY customer, line 1',
        dumpId: 3244,
        object: 'TABLE DATA customer postgres',
      },
      { message: 'out of nothing' },
    ]);
    assert.deepEqual([collector.total, collector.harmless, collector.ignored], [3, 1, 4]);
  });

  it('leaves out the word for an error in any script', () => {
    for (const word of ['ERROR', 'ОШИБКА', '错误', 'შეცდომა']) {
      const said = `pg_restore: error: could not execute query: ${word}:  x\nCommand was: y\n`;
      assert.deepEqual(collect(said).errors, [{ message: 'x', sql: 'y' }]);
    }
  });

  it('takes only that one setting for harmless', () => {
    const error = (setting: string): string =>
      `pg_restore: while INITIALIZING:\npg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "${setting}"\nCommand was: SET ${setting} = 0;\n`;
    const harmless = collect(error('transaction_timeout'));
    assert.deepEqual([harmless.total, harmless.harmless], [0, 1]);
    assert.equal(harmless.harmlessError?.sql, 'SET transaction_timeout = 0;');
    const other = collect(error('nosuch_timeout'));
    assert.deepEqual([other.total, other.harmless], [1, 0]);
    const ofAnEntry = collect(
      `pg_restore: from TOC entry 5; 1 1 TYPE a b\n${error('transaction_timeout').replace(/^.*\n/, '')}`,
    );
    assert.deepEqual([ofAnEntry.total, ofAnEntry.harmless], [0, 1]);
    for (const torn of [' while PROCESSING TOC:', ' pg_restore:while PROCESSING TOC:']) {
      const mixed = collect(`${error('transaction_timeout')}${torn}\n`);
      assert.deepEqual([mixed.total, mixed.harmless], [0, 1], torn);
    }
    const withMore = collect(
      error('transaction_timeout').replace('= 0;', '= 0; CREATE TABLE t (a int);'),
    );
    assert.deepEqual([withMore.total, withMore.harmless], [1, 0]);
    const withLines = collect(`${error('transaction_timeout')}CREATE TABLE t (a int);\n`);
    assert.deepEqual([withLines.total, withLines.harmless], [1, 0]);
  });

  describe('on whether pg_restore went through its list', () => {
    const said = 'pg_restore: warning: errors ignored on restore: 1\n';
    const sqlError = 'pg_restore: error: could not execute query: ERROR:  no\nCommand was: X;\n';
    const cases: readonly (readonly [name: string, stderr: string, through: boolean])[] = [
      ['its last words after an error', sqlError + said, true],
      ['the harmless error alone', `${restore.split('pg_restore: creating')[0]}${said}`, true],
      [
        'lines of workers that were mixed',
        `pg_restore: error: pg_restore: ${sqlError}${said}`,
        true,
      ],
      [
        'words of workers that were mixed with the spaces between them',
        `${sqlError.replace('pg_restore: error: ', 'pg_restore: pg_restore:error:  ')}${said}`,
        true,
      ],
      ['no error at all', said, false],
      ['a notice that says so before the end', `NOTICE:  x\n${said}${sqlError}`, false],
      ['a statement that says so', `${sqlError}${said}*/\n`, false],
      ['a name that goes on', `${sqlError}${said.trimEnd()}": ERROR:  no\n`, false],
      [
        'an error that is always the end, with our words in a quoted name',
        `pg_restore: error: invalid ENCODING item: x\n${sqlError}${said}`,
        false,
      ],
      [
        'an archive that ends early',
        `${sqlError}pg_restore: error: could not read from input file: end of file\n${said}`,
        false,
      ],
    ];
    for (const [name, stderr, through] of cases) {
      it(name, () => assert.equal(collect(stderr).wentThrough, through));
    }
  });

  it("puts psql's errors together", () => {
    const collector = collect(`psql:t.sql:2: ERROR:  relation "a" already exists
psql:t.sql:2: STATEMENT:  create table a(i int);
psql:t.sql:5: ERROR:  column "nosuch" does not exist
LINE 2:   nosuch
          ^
psql:t.sql:5: STATEMENT:  select
  nosuch
  from a;
psql:t.sql:11: NOTICE:  hello
DETAIL:  of the notice
psql:t.sql:13: error: invalid command \\foo
`);
    assert.deepEqual(collector.errors, [
      { message: 'relation "a" already exists', line: 2, sql: 'create table a(i int);' },
      {
        message: 'column "nosuch" does not exist\nLINE 2:   nosuch\n          ^',
        line: 5,
        sql: 'select\n  nosuch\n  from a;',
      },
      { message: 'invalid command \\foo', line: 13 },
    ]);
  });

  it("puts pg_dump's errors together, of old and of new versions", () => {
    const old = collect(
      'pg_dump: error: query failed: ERROR:  permission denied for schema audit\npg_dump: error: query was: LOCK TABLE audit.log\n',
    );
    const now = collect(
      'pg_dump: error: query failed: ERROR:  permission denied for schema audit\npg_dump: detail: Query was: LOCK TABLE audit.log\n',
    );
    assert.deepEqual(old.errors, [
      {
        message: 'permission denied for schema audit',
        sql: 'LOCK TABLE audit.log',
      },
    ]);
    assert.deepEqual(now.errors, old.errors);
  });

  it('stays small however much goes wrong', () => {
    const collector = new ErrorCollector({ limit: 10 });
    const line = `CREATE ${'x'.repeat(8000)}`;
    for (let i = 0; i < 1000; i++) {
      collector.add({ type: 'error', text: `error ${i}`, line: null });
      collector.add({ type: 'sql', text: line });
      for (let k = 0; k < 50; k++) collector.add({ type: 'continuation', text: line });
    }
    collector.end();
    assert.equal(collector.total, 1000);
    assert.equal(collector.errors.length, 10);
    for (const error of collector.errors) assert.ok((error.sql?.length ?? 0) <= 4000);
  });
});
