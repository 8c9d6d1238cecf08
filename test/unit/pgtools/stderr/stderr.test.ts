import assert from 'node:assert/strict';
import { classifyFailure, describeFailure } from '../../../../src/core/pgtools/stderr/failureCause';
import { lineWorth } from '../../../../src/core/pgtools/stderr/lineWorth';
import { parseLine } from '../../../../src/core/pgtools/stderr/parseLine';
import { startsEntry, type ToolEvent } from '../../../../src/core/pgtools/stderr/toolEvents';
import type { FailureCause } from '../../../../src/core/errors';

describe('parseLine', () => {
  const cases: [line: string, ...events: ToolEvent[]][] = [
    [
      'pg_dump: reading user-defined tables',
      { type: 'reading', text: 'reading user-defined tables' },
    ],
    [
      'pg_dump: dumping contents of table "app.orders"',
      { type: 'dumpingTable', table: 'app.orders' },
    ],
    [
      'pg_dump: dumping contents of table "public."fully quoted""',
      { type: 'dumpingTable', table: 'public."fully quoted"' },
    ],
    // The name goes on in the next line.
    [
      'pg_dump: dumping contents of table "public.new',
      { type: 'dumpingTable', table: 'public.new' },
    ],
    ['line"', { type: 'continuation', text: 'line"' }],
    ['pg_dump: saving large objects', { type: 'savingLargeObjects' }],
    ['pg_dump: saving search_path = ', { type: 'reading', text: 'saving search_path = ' }],
    ['pg_dump: pg_dump: reading schemas', { type: 'reading', text: 'reading schemas' }],
    ['pg_dump: saving large objects "18106..18108"', { type: 'savingLargeObjects' }],
    [
      'pg_dump: finished item 3731 TABLE DATA star*tab',
      { type: 'item', action: 'finished', dumpId: 3731, label: 'TABLE DATA star*tab' },
    ],
    [
      'pg_restore: creating FK CONSTRAINT "app.orders orders_customer_fkey"',
      { type: 'creating', desc: 'FK CONSTRAINT', name: 'app.orders orders_customer_fkey' },
    ],
    ['pg_restore: creating SCHEMA "app"', { type: 'creating', desc: 'SCHEMA', name: 'app' }],
    ['pg_restore: dropping INDEX log_who', { type: 'dropping', desc: 'INDEX', name: 'log_who' }],
    [
      'pg_restore: processing data for table "app.orders"',
      { type: 'processingData', table: 'app.orders' },
    ],
    ['pg_restore: processing BLOBS', { type: 'processingLargeObjects' }],
    [
      'pg_restore: executing SEQUENCE SET customer_id_seq',
      { type: 'executing', text: 'SEQUENCE SET customer_id_seq' },
    ],
    [
      "pg_restore: executing SELECT pg_catalog.set_config('search_path', '', false);",
      { type: 'other', text: "executing SELECT pg_catalog.set_config('search_path', '', false);" },
    ],
    [
      'pg_restore: restoring large object with OID 16737',
      { type: 'restoringLargeObject', oid: 16737 },
    ],
    ['pg_restore: connecting to database for restore', { type: 'connecting' }],
    ['pg_restore: entering main parallel loop', { type: 'parallelLoop', entering: true }],
    ['pg_restore: finished main parallel loop', { type: 'parallelLoop', entering: false }],
    ['pg_restore: while PROCESSING TOC:', { type: 'during', phase: 'processing' }],
    [
      'pg_restore: from TOC entry 3543; 2606 18043 CONSTRAINT log_2023 log_2023_pkey postgres',
      {
        type: 'tocEntry',
        dumpId: 3543,
        tableOid: 2606,
        oid: 18043,
        text: 'CONSTRAINT log_2023 log_2023_pkey postgres',
      },
    ],
    [
      'pg_restore: error: could not execute query: ERROR:  relation "a" already exists',
      {
        type: 'error',
        text: 'could not execute query: ERROR:  relation "a" already exists',
        line: null,
      },
    ],
    ['Command was: CREATE TABLE a ();', { type: 'sql', text: 'CREATE TABLE a ();' }],
    ['pg_dump: error: query was: LOCK TABLE a', { type: 'sql', text: 'LOCK TABLE a' }],
    ['pg_dump: detail: Query was: LOCK TABLE a', { type: 'sql', text: 'LOCK TABLE a' }],
    [
      'pg_dump: error: The command was: COPY a TO stdout;',
      { type: 'sql', text: 'COPY a TO stdout;' },
    ],
    ['pg_dump: detail: Command was: COPY a TO stdout;', { type: 'sql', text: 'COPY a TO stdout;' }],
    [
      'pg_dump: error: Error message from server: EOF detected',
      { type: 'more', text: 'Error message from server: EOF detected' },
    ],
    ['pg_dump: hint: Try again.', { type: 'more', text: 'Try again.' }],
    ['pg_restore: warning: errors ignored on restore: 108', { type: 'errorsIgnored', count: 108 }],
    ['pg_restore: warning: line ignored: 99999', { type: 'warning', text: 'line ignored: 99999' }],
    [
      'pg_restore: WARNING:  wal_level is insufficient',
      { type: 'notice', text: 'wal_level is insufficient' },
    ],
    [
      'DETAIL:  Key (i)=(1) already exists.',
      { type: 'continuation', text: 'DETAIL:  Key (i)=(1) already exists.' },
    ],
    // Lines of parallel workers, torn and mixed.
    [
      'pg_dump: pg_dump:finished item 3740 TABLE DATA br[ack]et',
      { type: 'item', action: 'finished', dumpId: 3740, label: 'TABLE DATA br[ack]et' },
    ],
    [
      ' dumping contents of table "public.plus+tab"',
      { type: 'dumpingTable', table: 'public.plus+tab' },
    ],
    [
      'finished item 3651 TABLE DATA plus+tab',
      { type: 'item', action: 'finished', dumpId: 3651, label: 'TABLE DATA plus+tab' },
    ],
    [
      'pg_restore: creating INDEX "app.a"pg_restore: launching item 7 INDEX b',
      { type: 'creating', desc: 'INDEX', name: 'app.a' },
      { type: 'item', action: 'launching', dumpId: 7, label: 'INDEX b' },
    ],
    [
      'pg_restore: pg_restore:error:  could not execute query: ERROR:  no',
      { type: 'error', text: 'could not execute query: ERROR:  no', line: null },
    ],
    // An error may quote what looks like progress.
    [
      'pg_restore: error: x "pg_restore: finished item 7 y"',
      { type: 'error', text: 'x "pg_restore: finished item 7 y"', line: null },
    ],
    // psql.
    [
      'psql:/a/b.sql:12: ERROR:  relation "a" already exists',
      { type: 'error', text: 'relation "a" already exists', line: 12 },
    ],
    ['psql:<stdin>:1: ERROR:  x', { type: 'error', text: 'x', line: 1 }],
    ['psql:C:\\a.sql:5: ОШИБКА:  нет', { type: 'error', text: 'нет', line: 5 }],
    ['psql:/a/b.sql:12: NOTICE:  hello', { type: 'notice', text: 'hello' }],
    ['psql:/a/b.sql:12: HINWEIS:  hallo', { type: 'notice', text: 'hallo' }],
    ['psql:/a/b.sql:12: გაფრთხილება:  x', { type: 'notice', text: 'x' }],
    ['psql:/a/b.sql:12: PERINGATAN:  x', { type: 'notice', text: 'x' }],
    ['pg_restore: გაფრთხილება:  x', { type: 'notice', text: 'x' }],
    [
      'psql:/a/b.sql:12: error: invalid command \\foo',
      { type: 'error', text: 'invalid command \\foo', line: 12 },
    ],
    ['psql:/a/b.sql:12: STATEMENT:  select 1', { type: 'sql', text: 'select 1' }],
    [
      'psql: error: nosuch.sql: No such file or directory',
      { type: 'error', text: 'nosuch.sql: No such file or directory', line: null },
    ],
    ['', { type: 'continuation', text: '' }],
  ];
  for (const [line, ...events] of cases) {
    it(line.slice(0, 70) || 'an empty line', () => {
      assert.deepEqual(parseLine(line), events);
    });
  }

  it('tells which lines tell of trouble', () => {
    const trouble = ['error', 'more', 'sql', 'warning', 'tocEntry', 'errorsIgnored'];
    for (const [line, ...events] of cases) {
      const tells = events.some(({ type }) => trouble.includes(type));
      assert.equal(lineWorth(line) === 'trouble', tells, line);
    }
  });

  it('tells which lines start an entry', () => {
    const count = (lines: string[]): number => lines.flatMap(parseLine).filter(startsEntry).length;
    assert.equal(
      count([
        'pg_restore: creating TABLE "a.b"',
        'pg_restore: processing data for table "a.b"',
        'pg_restore: executing SEQUENCE SET b_id_seq',
        'pg_restore: processing BLOBS',
      ]),
      4,
    );
    assert.equal(
      count([
        'pg_restore: dropping TABLE b',
        'pg_restore: executing SELECT pg_catalog.set_config()',
        'pg_restore: restoring large object with OID 1',
        'pg_restore: launching item 7 INDEX b',
      ]),
      0,
    );
  });
});

describe('classifyFailure', () => {
  const local = 'connection to server at "127.0.0.1", port 5432 failed: ';
  const cases: [cause: FailureCause, ...stderr: string[]][] = [
    [
      'authentication',
      `pg_dump: error: ${local}FATAL:  password authentication failed for user "x"`,
      'pg_dump: error: connection to database "a" failed: FATAL:  password authentication failed for user "x"',
      `psql: error: ${local}FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "x", database "a", no encryption`,
      `psql: error: ${local}FATAL:  role "nobody" does not exist`,
      `psql: error: ${local}FATAL:  Passwort-Authentifizierung für Benutzer »x« fehlgeschlagen`,
    ],
    [
      'passwordMissing',
      `pg_dump: error: ${local}fe_sendauth: no password supplied`,
      'pg_dump: error: connection to database "a" failed: fe_sendauth: no password supplied',
    ],
    [
      'databaseMissing',
      `pg_dump: error: ${local}FATAL:  database "nosuch" does not exist`,
      'pg_restore: error: connection to database "nosuch" failed: FATAL:  database "nosuch" does not exist',
    ],
    [
      'connection',
      `pg_dump: error: ${local}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?`,
      'pg_dump: error: connection to database "x" failed: could not connect to server: Connection refused',
      'psql: error: could not translate host name "nosuch.invalid" to address: Name or service not known',
      `psql: error: ${local}timeout expired`,
      'psql: error: connection to server at "h" (1.2.3.4), port 5432 failed: server does not support SSL, but SSL was required',
      'psql: error: definition of service "x" not found',
      `psql: error: ${local}FATAL:  the database system is starting up`,
    ],
    ['tooManyConnections', `pg_dump: error: ${local}FATAL:  sorry, too many clients already`],
    [
      'serverNewer',
      'pg_dump: error: server version: 18.6; pg_dump version: 13.23\npg_dump: error: aborting because of server version mismatch',
      'pg_dump: error: aborting because of server version mismatch\npg_dump: detail: server version: 18.6; pg_dump version: 15.18',
    ],
    [
      'permission',
      'pg_dump: error: query failed: ERROR:  permission denied for schema audit\npg_dump: detail: Query was: LOCK TABLE audit.log IN ACCESS SHARE MODE',
      'pg_restore: error: could not execute query: ERROR:  must be owner of table a',
      'pg_dump: error: could not open output file "/x": Permission denied',
    ],
    [
      'diskFull',
      'pg_dump: error: could not write to output file: No space left on device',
      'pg_dump: error: could not write to file: No space left on device\npg_dump: error: a worker process died unexpectedly',
    ],
    [
      'lockTimeout',
      'pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout\npg_dump: detail: Query was: LOCK TABLE a',
    ],
    [
      'outOfLocks',
      'pg_dump: error: query failed: ERROR:  out of shared memory\nHINT:  You might need to increase "max_locks_per_transaction".',
    ],
    [
      'connectionLost',
      'pg_dump: error: Dumping the contents of table "orders" failed: PQgetCopyData() failed.\npg_dump: detail: Error message from server: FATAL:  terminating connection due to administrator command',
      'pg_restore: error: error returned by PQputCopyData: SSL connection has been closed unexpectedly',
      'psql:x.sql:3: error: server closed the connection unexpectedly',
      'pg_dump: error: could not open large object 5: connection in wrong state\npg_dump: error: a worker process died unexpectedly',
      'pg_restore: error: reconnection failed: connection to server at "h", port 5432 failed: FATAL:  the database system is shutting down\npg_restore: error: a worker process died unexpectedly',
    ],
    [
      'nothingMatches',
      'pg_dump: error: no matching tables were found',
      'pg_dump: error: no matching schemas were found for pattern "nosuch"',
    ],
    ['roleMissing', 'pg_dump: error: query failed: ERROR:  role "nosuch" does not exist'],
    [
      'snapshotMissing',
      'pg_dump: error: query failed: ERROR:  invalid snapshot identifier: "x"',
      'pg_dump: error: query failed: ERROR:  snapshot "00000003-00000001-1" does not exist',
    ],
    [
      'filterFile',
      'pg_dump: error: invalid format in filter read from file "a.txt" on line 2: unsupported filter object type: "nonsense"',
    ],
    [
      'objectMissing',
      'pg_restore: error: could not execute query: ERROR:  extension "x" is not available',
    ],
    [
      'encoding',
      'pg_dump: error: Error message from server: ERROR:  character with byte sequence 0xe2 0x9c 0x93 in encoding "UTF8" has no equivalent in encoding "LATIN1"',
      'psql:x.sql:1: ERROR:  invalid byte sequence for encoding "UTF8": 0xff',
    ],
    [
      'rowSecurity',
      'pg_dump: error: query failed: ERROR:  query would be affected by row-level security policy for table "orders"',
    ],
    ['archiveVersion', 'pg_restore: error: unsupported version (1.16) in file header'],
    [
      'archiveDamaged',
      'pg_restore: error: could not read from input file: end of file',
      'pg_restore: error: could not find block ID 5 in archive -- possibly corrupt archive',
      'pg_restore: error: could not uncompress data: invalid block type',
      'pg_restore: error: input file does not appear to be a valid archive',
    ],
    [
      'other',
      '',
      'pg_dump: reading schemas',
      'pg_dump: error: something new',
      // What a statement says is no reason.
      "pg_restore: error: could not execute query: ERROR:  strange\nCommand was: SELECT 'No space left on device', 'FATAL:  password authentication failed';",
    ],
  ];
  for (const [cause, ...texts] of cases) {
    it(cause, () => {
      for (const text of texts) assert.equal(classifyFailure(text), cause, text);
    });
  }

  it('listens to the address that answered', () => {
    const refused =
      'pg_dump: error: connection to server at "localhost" (::1), port 5432 failed: Connection refused\n' +
      '\tIs the server running on that host and accepting TCP/IP connections?\n';
    assert.equal(
      classifyFailure(
        `${refused}connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  password authentication failed for user "x"`,
      ),
      'authentication',
    );
    assert.equal(
      classifyFailure(
        `${refused}connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused`,
      ),
      'connection',
    );
  });

  it('keeps to the connection when nobody answered', () => {
    assert.equal(
      classifyFailure(
        'pg_dump: error: could not translate host name "x" to address: Name or service not known\npg_dump: hint: It does not exist.',
      ),
      'connection',
    );
  });

  it('does not search statements', () => {
    assert.equal(
      classifyFailure(
        "pg_restore: error: could not execute query: ERROR:  strange\nCommand was: CREATE FUNCTION f() AS $$\n  RAISE 'FATAL: password authentication failed';\n  -- connection to server failed\n$$;",
      ),
      'other',
    );
  });

  it('goes by SQLSTATE in any language', () => {
    const state = (code: string): FailureCause =>
      classifyFailure(`psql:x:1: ОШИБКА:  ${code}: нет`);
    assert.equal(state('42501'), 'permission');
    assert.equal(state('53100'), 'diskFull');
    assert.equal(state('3D000'), 'databaseMissing');
    assert.equal(state('28P01'), 'authentication');
  });

  it('quotes the sentence that told', () => {
    assert.deepEqual(
      describeFailure(
        'pg_dump: reading schemas\npg_dump: error: query failed: ERROR:  permission denied for schema audit\npg_dump: detail: Query was: LOCK TABLE a',
      ),
      { cause: 'permission', text: 'query failed: ERROR:  permission denied for schema audit' },
    );
    assert.deepEqual(describeFailure('pg_dump: error: one\npg_dump: error: two\r\n'), {
      cause: 'other',
      text: 'two',
    });
    const { text } = describeFailure(`psql:x.sql:7: ERROR:  ${'x'.repeat(5000)}`);
    assert.equal(text, `ERROR:  ${'x'.repeat(992)}…`);
  });
});
