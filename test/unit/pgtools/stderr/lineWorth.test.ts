import assert from 'node:assert/strict';
import { lineWorth } from '../../../../src/core/pgtools/stderr/lineWorth';

describe('what a line that is one of too many is worth', () => {
  const worth: [worth: string, ...lines: string[]][] = [
    [
      'trouble',
      // The rest of a line without the prefix that another worker's line has taken.
      'error: could not execute query: ERROR:  no',
      ' from TOC entry 5; 1259 16385 TABLE a postgres',
      'pg_restore: pg_restore:error:  could not execute query: ERROR:  no',
      'pg_restore: launching item 7 INDEX bpg_restore: error: COPY failed for table "a": ERROR:  no',
      'pg_restore: creating INDEX "app.a"pg_restore: from TOC entry 5; 1259 16385 TABLE a postgres',
      'pg_dump: dumping contents of table "app.a"pg_dump: warning: typlen mismatch',
      'psql:/a/b.sql:12: ОШИБКА:  нет',
    ],
    [
      'more',
      'DETAIL:  Key (i)=(1) already exists.',
      'ПОДРОБНОСТИ:  нет',
      'LINE 1: select 1 from',
      '                     ^',
      '',
    ],
    [
      'other',
      'The tool waits for a lock on table app.orders',
      'Left out, because the tool does not know it: x',
    ],
    [
      'usual',
      'pg_dump: dumping contents of table "error"',
      'pg_dump: dumping contents of table "a: error: b"',
      'pg_dump: creating TABLE "app.from TOC entry 7"',
      'dumping contents of table "public.plus+tab"',
      'psql:/a/b.sql:12: NOTICE:  hello',
    ],
  ];
  for (const [expected, ...lines] of worth) {
    it(`tells which lines are ${expected}`, () => {
      for (const line of lines) assert.equal(lineWorth(line), expected, line);
    });
  }
});
