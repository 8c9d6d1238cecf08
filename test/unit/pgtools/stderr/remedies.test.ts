/** What the buttons set, and what they put into the clipboard. */
import assert from 'node:assert/strict';
import { outputNotWritable } from '../../../../src/core/errors';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../../src/core/forms/restore/restoreDefaults';
import { toJobFailure } from '../../../../src/core/jobs/job/jobFailure';
import { failureSchema } from '../../../../src/core/jobs/supervisor/store/failureSchema';
import type { Remedy } from '../../../../src/core/model/findings/findings';
import type { BackupJob, JobError } from '../../../../src/core/model/job';
import type { BackupOptions, RestoreOptions } from '../../../../src/core/model/options';
import { jobProblems } from '../../../../src/core/pgtools/stderr/problems/jobProblems';
import { remedyText } from '../../../../src/core/text/findings/remedyText';
import { errorProblemText } from '../../../../src/core/text/problems/errorProblemText';

type Given = Pick<BackupJob, 'type' | 'errors' | 'options'>;

/** A job of the role `ann` that ended with this. */
function job(given: Given): BackupJob {
  return {
    ...{ id: 'j', status: 'failed', startTime: null, endTime: null, output: [], progress: null },
    ...{ exitCode: 1, command: ['pg_dump', '--username=ann'], outputPath: null, sizeBytes: null },
    ...{ targetState: null, failure: null, ...given },
  };
}

function backup(error: JobError, change: Partial<BackupOptions> = {}): Given {
  const options = { ...backupDefaults(), connectionId: 'c', outputPath: '/b', ...change };
  return { type: 'backup', errors: [error], options };
}

function restore(error: JobError, change: Partial<RestoreOptions> = {}): Given {
  const options = { ...restoreDefaults(), connectionId: 'c', inputPath: '/b', ...change };
  return { type: 'restore', errors: [error], options };
}

/** A button with what it does, in one line. */
function told(remedy: Remedy): string {
  const { id, ...does } = remedy;
  switch (does.kind) {
    case 'set':
    case 'setBackup':
      return `${id} ${JSON.stringify(does.options)}`;
    case 'copy':
      return `${id} ${does.text}`;
    case 'leaveOut':
      return `${id} ${does.dumpIds.join(' ')}`;
    case 'mapRoles':
      return `${id} ${does.names.join(' ')}`;
    case 'step':
      return `${id} ${JSON.stringify(does.step)}`;
    case 'newDatabase':
    case 'place':
      return id;
  }
}

const LOCK = 'LOCK TABLE app.orders, app."Audit", public.t IN ACCESS SHARE MODE';

describe('remedies of a backup', () => {
  const CASES: readonly [title: string, given: Given, ...buttons: string[]][] = [
    [
      'permission denied for table Audit',
      backup({ message: 'permission denied for table Audit', sql: LOCK }),
      'withoutRefused {"excludeSchemas":[],"excludeTables":[{"schema":"app","name":"Audit"}]}',
      'copyGrants GRANT SELECT ON TABLE "app"."Audit" TO "ann";',
      'otherConnection',
    ],
    [
      'permission denied for one of two tables of one name',
      backup({
        message: 'permission denied for table orders',
        sql: 'LOCK TABLE app.orders, old.orders IN ACCESS SHARE MODE',
      }),
      'otherConnection',
    ],
    [
      'permission denied for a schema, in German, with the code',
      backup(
        { message: 'keine Berechtigung für Schema app', sqlState: '42501' },
        { excludeSchemas: ['old'] },
      ),
      'withoutRefused {"excludeSchemas":["old","app"],"excludeTables":[]}',
      'copyGrants GRANT USAGE ON SCHEMA "app" TO "ann";',
      'otherConnection',
    ],
    [
      'permission denied for large object',
      backup({ message: 'permission denied for large object 16737' }),
      'withoutRefused {"excludeSchemas":[],"excludeTables":[],"largeObjects":false}',
      'copyGrants GRANT SELECT ON LARGE OBJECT 16737 TO "ann";',
      'otherConnection',
    ],
    [
      'passwords of roles',
      backup({ message: 'permission denied for table pg_authid' }, { scope: 'server' }),
      'noRolePasswords {"toolOptions":{"no-role-passwords":true}}',
      'otherConnection',
    ],
    [
      'row security',
      backup({ message: 'query would be affected by row-level security policy for table "t"' }),
      'enableRowSecurity {"toolOptions":{"enable-row-security":true}}',
      'otherConnection',
    ],
    [
      'the disk of the backup',
      backup({ message: 'could not write to output file: No space left on device' }),
      'otherOutput',
    ],
    [
      'the disk of the server',
      backup({ message: 'could not write to file "base/pgsql_tmp/1": No space left on device' }),
      'otherConnection',
    ],
    [
      'locks',
      backup({ message: 'out of shared memory' }),
      'copyLockSetting ALTER SYSTEM SET max_locks_per_transaction = 256;\n-- Takes effect when the server is restarted.',
    ],
    [
      'a lock of somebody else',
      backup({ message: 'canceling statement due to lock timeout' }),
      'waitForLocks {"lockWaitTimeout":0}',
    ],
    [
      'a lock that a worker does not get',
      backup({ message: 'could not obtain lock on relation "public.t"' }, { jobs: 4 }),
      'waitForLocks {"lockWaitTimeout":0}',
      'fewerJobs {"jobs":1}',
    ],
    [
      'characters that the chosen encoding has not',
      backup(
        {
          message:
            'character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"',
        },
        { encoding: 'LATIN1' },
      ),
      'ownEncoding {"encoding":null}',
    ],
    [
      'a standby',
      backup({ message: 'canceling statement due to conflict with recovery', sqlState: '40001' }),
      'otherConnection',
      "copyStandbyDelay ALTER SYSTEM SET max_standby_streaming_delay = '1h';\nALTER SYSTEM SET max_standby_archive_delay = '1h';\nSELECT pg_reload_conf();",
      'copyStandbyFeedback ALTER SYSTEM SET hot_standby_feedback = on;\nSELECT pg_reload_conf();',
      'copyReplayPause SELECT pg_wal_replay_pause();\n-- Afterwards, or the standby stays behind:\nSELECT pg_wal_replay_resume();',
    ],
    [
      'the connection',
      backup({
        message:
          'Dumping the contents of table "t" failed: PQgetCopyData() failed.\nError message from server: server closed the connection unexpectedly',
      }),
      'connectionSettings',
    ],
    [
      'a pooler',
      backup({ message: 'Tenant or user not found' }, { jobs: 4 }),
      'connectionSettings',
      'fewerJobs {"jobs":1}',
    ],
  ];
  for (const [title, given, ...buttons] of CASES) {
    it(title, () => {
      const [problem, ...more] = jobProblems(job(given));
      assert.ok(problem);
      assert.deepEqual(more, []);
      assert.deepEqual(problem.remedies.map(told), buttons);
      assert.match(errorProblemText(problem), /^[A-Z].*\.$/);
      for (const remedy of problem.remedies) assert.notEqual(remedyText(remedy), remedy.id);
    });
  }
});

describe('a disk that was full when the extension itself wrote', () => {
  const written = backup({ message: '/b cannot be written.' });
  const failed = (cause: NodeJS.ErrnoException): BackupJob['failure'] =>
    toJobFailure(outputNotWritable('/b', cause));
  const because = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

  for (const code of ['ENOSPC', 'EDQUOT']) {
    it(`is the problem that it is of a tool: ${code}`, () => {
      const [tool] = jobProblems(
        job(backup({ message: 'could not write to file: No space left on device' })),
      );
      assert.equal(tool?.kind, 'outputFull');
      const failure = failed(because(code));
      assert.deepEqual(jobProblems({ ...job(written), failure }), [tool]);
      // As it is kept on the disk.
      assert.deepEqual(failureSchema.parse(failure), failure);
    });
  }

  it('is told from what else keeps a file from being written', () => {
    const failure = failed(because('EACCES'));
    assert.deepEqual(jobProblems({ ...job(written), failure }), []);
  });
});

describe('remedies of a restore', () => {
  const CASES: readonly [title: string, given: Given, ...buttons: string[]][] = [
    [
      'an extension that is not available: without all that needs it',
      restore({ message: 'extension "postgis" is not available', dumpId: 7 }),
      'leaveOut 7',
      'otherConnection',
    ],
    [
      'an extension that only an administrator may create',
      restore({
        message: 'permission denied to create extension "pg_cron"',
        sql: 'CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;\n',
        dumpId: 7,
      }),
      'copyExtensions CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;\n',
      'leaveOut 7',
      'otherConnection',
    ],
    [
      'a statement that is more than that is not copied',
      restore({
        message: 'permission denied to create extension "pg_cron"',
        sql: 'CREATE EXTENSION pg_cron; DROP TABLE t;',
      }),
      'otherConnection',
    ],
    [
      'an extension that wants a schema',
      restore({ message: 'extension "plv8" must be installed in schema "pg_catalog"', dumpId: 7 }),
      'createExtensions {"do":"createExtensions","extensions":[{"name":"plv8","schema":"pg_catalog"}]}',
      'leaveOut 7',
    ],
    [
      'rights on a schema, in a restore of privileges too',
      restore({
        message: 'permission denied for schema app',
        sql: 'CREATE TABLE app.t (a int);',
        dumpId: 9,
      }),
      'copyGrants GRANT USAGE, CREATE ON SCHEMA "app" TO "ann";',
      'otherConnection',
      'leaveOut 9',
    ],
    [
      'a privilege that the role may not give',
      restore({
        message: 'permission denied for view v',
        sql: 'GRANT SELECT ON TABLE app.v TO bob;',
      }),
      'noOwnersAndPrivileges {"noOwner":true,"noPrivileges":true}',
      'copyGrants GRANT SELECT, INSERT ON TABLE "app"."v" TO "ann";',
      'otherConnection',
    ],
    [
      'rows that are there already',
      restore({ message: 'duplicate key value violates unique constraint "k"', dumpId: 5 }),
      'rowsInstead {"replaceRows":true,"dataOnly":true,"disableTriggers":false,"clean":false,"ifExists":false,"remakeKeys":false,"singleTransaction":true,"exitOnError":true,"jobs":1}',
      'newDatabase',
    ],
    [
      'a key of rows that are there twice',
      restore({
        message: 'could not create unique index "k"',
        sql: 'ALTER TABLE ONLY app.t\n    ADD CONSTRAINT k UNIQUE (a, "B");',
        dumpId: 5,
      }),
      'copyDuplicatesQuery SELECT "a", "B", count(*) FROM "app"."t" GROUP BY "a", "B" HAVING count(*) > 1;',
      'leaveOut 5',
    ],
    [
      'an index of such rows; one of an expression is not read',
      restore({
        message: 'could not create unique index "i"',
        sql: 'CREATE UNIQUE INDEX i ON app.t USING btree (a);',
      }),
      'copyDuplicatesQuery SELECT "a", count(*) FROM "app"."t" GROUP BY "a" HAVING count(*) > 1;',
    ],
    [
      'an index of an expression',
      restore({
        message: 'could not create unique index "i"',
        sql: 'CREATE UNIQUE INDEX i ON app.t USING btree (lower(a));',
      }),
    ],
    [
      'a key of rows that are not there, in a transaction that is undone',
      restore(
        { message: 'insert or update on table "a" violates foreign key constraint "k"', dumpId: 8 },
        { singleTransaction: true },
      ),
      'leaveOut 8',
    ],
    [
      'a check that looks into another table',
      restore(
        { message: 'new row for relation "t" violates check constraint "c"', dumpId: 4 },
        { exitOnError: true },
      ),
      'goOn {"exitOnError":false,"singleTransaction":false}',
      'leaveOut 4',
    ],
    [
      'syntax of a newer server',
      restore({ message: 'syntax error at or near "NULLS"', dumpId: 4 }),
      'leaveOut 4',
      'goOn {"exitOnError":false,"singleTransaction":false}',
      'otherTools',
    ],
    [
      'a deadlock',
      restore({ message: 'deadlock detected', sqlState: '40P01' }, { jobs: 2 }),
      'endSessions {"do":"endAllSessions","databases":null}',
      'fewerJobs {"jobs":1}',
    ],
    [
      'an object that was left out by the choice',
      restore(
        { message: 'relation "app.a" does not exist' },
        { tables: [{ schema: 'app', name: 'b' }] },
      ),
      'everything {"schemas":null,"tables":null,"dumpIds":null}',
    ],
    [
      'others in the way of a drop',
      restore(
        { message: 'cannot drop table t because other objects depend on it', dumpId: 4 },
        { clean: true },
      ),
      'rowsInstead {"replaceRows":true,"dataOnly":true,"disableTriggers":false,"clean":false,"ifExists":false,"remakeKeys":false,"singleTransaction":true,"exitOnError":true,"jobs":1}',
      'newDatabase',
    ],
  ];
  for (const [title, given, ...buttons] of CASES) {
    it(title, () => {
      const [problem] = jobProblems(job(given));
      assert.ok(problem);
      assert.deepEqual(problem.remedies.map(told), buttons);
    });
  }

  it('put no rows in the place of definitions that alone are wanted', () => {
    const message = 'cannot drop table t because other objects depend on it';
    const given = restore({ message, dumpId: 4 }, { clean: true, schemaOnly: true });
    const [problem] = jobProblems(job(given));
    assert.deepEqual(problem?.remedies.map(told), ['newDatabase']);
  });

  const LEFT_OUT: readonly string[] = [
    'schema "audit" does not exist',
    'required extension "cube" is not installed',
    'column "total" is a generated column',
    'invalid byte sequence for encoding "UTF8": 0xff',
  ];
  for (const message of LEFT_OUT) {
    it(`leave out what cannot be restored: ${message}`, () => {
      const [problem] = jobProblems(job(restore({ message, dumpId: 6 })));
      assert.ok(problem?.remedies.map(told).includes('leaveOut 6'), JSON.stringify(problem));
    });
  }

  it('says so where only the first of the errors are kept', () => {
    const given = restore({ message: 'role "a" does not exist' });
    const error = { message: 'role "b" does not exist' };
    const kept = job({ ...given, errors: Array.from({ length: 500 }, () => error) });
    const [problem] = jobProblems({ ...kept, errorCount: 10_000 });
    assert.ok(problem);
    assert.match(errorProblemText(problem), /roles: b\. \(at least 500 errors\)$/);
  });

  it('tells who ended the session, and not that the connection broke by it', () => {
    const given = restore({
      message: 'terminating connection due to administrator command',
      sqlState: '57P01',
    });
    given.errors.push({ message: 'server closed the connection unexpectedly' });
    const problems = jobProblems(job(given));
    assert.deepEqual(
      problems.map(({ kind, objects, sqlStates }) => [kind, objects, sqlStates]),
      [['ended', ['terminating connection due to administrator command'], ['57P01']]],
    );
  });
});
