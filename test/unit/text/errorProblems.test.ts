import assert from 'node:assert/strict';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { RestoreOptions } from '../../../src/core/model/options';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { kindOf } from '../../../src/core/pgtools/stderr/problems/errorKinds';
import {
  backupProblems,
  errorProblems,
} from '../../../src/core/pgtools/stderr/problems/errorProblems';
import { notValidSql } from '../../../src/core/pgtools/stderr/problems/foreignKeySql';
import serverWords from '../../../src/core/pgtools/stderr/problems/serverWords.json';
import { remedyText } from '../../../src/core/text/findings/remedyText';
import { errorProblemText } from '../../../src/core/text/problems/errorProblemText';

const options = (change: Partial<RestoreOptions> = {}): RestoreOptions => ({
  ...restoreDefaults(),
  ...{ connectionId: 'c', inputPath: '/b' },
  ...change,
});

describe('what errors of a restore come from', () => {
  const CASES: readonly [
    message: string,
    expected: string | null,
    remedies?: readonly string[],
    change?: Partial<RestoreOptions>,
  ][] = [
    [
      'role "boss" does not exist',
      'roleMissing boss',
      ['noOwnersAndPrivileges', 'mapRoles', 'createRoles'],
    ],
    [
      'role "boss" does not exist',
      'roleMissing boss',
      ['mapRoles', 'createRoles'],
      { noOwner: true, noPrivileges: true },
    ],
    [
      'role "boss" does not exist',
      'roleMissing boss',
      ['noOwnersAndPrivileges', 'mapRoles', 'createRoles'],
      { createDatabase: true },
    ],
    [
      'relation "orders" already exists',
      'exists orders',
      ['newDatabase', 'clean', 'dataOnly', 'goOn'],
    ],
    ['relation "orders" already exists', 'exists orders', ['goOn'], { createDatabase: true }],
    [
      'relation "orders" already exists',
      'exists orders',
      ['newDatabase', 'clean', 'goOn'],
      { schemaOnly: true },
    ],
    ['relation "orders" already exists', 'exists orders', [], { clean: true, exitOnError: false }],
    ['schema "app" already exists', 'exists app', ['newDatabase', 'clean', 'dataOnly', 'goOn']],
    ['constraint "k" for relation "orders" already exists', 'exists k'],
    ['function "f" already exists with same argument types', 'exists f'],
    ['multiple primary keys for table "orders" are not allowed', 'exists orders'],
    ['schema "audit" does not exist', 'schemaMissing audit', ['createSchemas']],
    ['tablespace "fast" does not exist', 'tablespaceMissing fast', ['noTablespaces']],
    ['extension "postgis" is not available', 'extensionMissing postgis', ['otherConnection']],
    [
      'could not open extension control file "/usr/share/extension/postgis.control": No such file',
      'extensionMissing postgis',
    ],
    ['cannot drop table orders because other objects depend on it', 'dependents orders'],
    [
      'must be owner of table orders',
      'notOwner table orders',
      ['noOwnersAndPrivileges', 'newDatabase', 'otherConnection'],
    ],
    [
      'must be able to SET ROLE "boss"',
      'notOwner boss',
      ['noOwnersAndPrivileges', 'otherConnection'],
      { swapIn: true },
    ],
    ['must be member of role "boss"', 'notOwner boss'],
    [
      'permission denied for schema public',
      'permission schema public',
      ['copyGrants', 'otherConnection'],
    ],
    [
      'COPY failed for table "t": duplicate key value violates unique constraint "t_pkey"',
      'duplicateKey t_pkey',
      ['newDatabase'],
    ],
    [
      'insert or update on table "a" violates foreign key constraint "a_b"',
      'foreignKey a_b',
      ['definitionsToo', 'disableTriggers'],
      { dataOnly: true },
    ],
    ['column "total" is a generated column', 'generatedColumn total'],
    ['invalid byte sequence for encoding "UTF8": 0xff', 'encoding UTF8'],
    [
      'out of shared memory',
      'locks',
      ['noSingleTransaction', 'copyLockSetting'],
      { singleTransaction: true },
    ],
    ['sorry, too many clients already', 'connections', ['fewerJobs'], { jobs: 8 }],
    ['could not write to output file: No space left on device', 'outputFull'],
    ['could not write to file: No space left on device', 'outputFull', []],
    ['could not write to file "base/pgsql_tmp/1": No space left on device', 'diskFull'],
    ['could not extend file "base/1/2": No space left on device', 'diskFull', ['otherConnection']],
    ['database "shop" is being accessed by other users', 'inUse shop', ['endSessions']],
    [
      'cannot execute CREATE TABLE in a read-only transaction',
      'readOnly CREATE TABLE',
      ['otherConnection'],
    ],
    [
      'new row violates row-level security policy for table "t"',
      'rowSecurity t',
      ['enableRowSecurity', 'otherConnection'],
    ],
    ['COPY FROM not supported with row-level security', 'rowSecurity', ['otherConnection']],
    ['something that nobody knows', null],
    ['relation "boss" does not exist', 'missing boss', []],
    ['relation "boss" does not exist', 'missing boss', ['everything'], { schemas: ['a'] }],
    ['must be owner of extension hstore', 'extensionOwner hstore', ['noComments']],
    [
      'permission denied to create extension "pg_cron"',
      'extensionRefused pg_cron',
      ['otherConnection'],
    ],
    [
      'extension "pg_cron" is not allow-listed for "azure_pg_admin" users in Azure Database',
      'extensionRefused pg_cron',
    ],
    ['required extension "cube" is not installed', 'extensionNeeded cube', ['createExtensions']],
    ['required extension "cube" is not installed', 'extensionNeeded cube', [], { swapIn: true }],
    [
      'extension "plv8" must be installed in schema "pg_catalog"',
      'extensionSchema plv8 → pg_catalog',
      ['createExtensions'],
    ],
    ['policy "p" for table "t" already exists', 'exists p'],
    ['could not create unique index "t_pkey"', 'duplicateRows t_pkey'],
    ['new row for relation "t" violates check constraint "t_check"', 'check t_check', ['goOn']],
    ['check constraint "c" of relation "t" is violated by some row', 'check c'],
    [
      'unrecognized configuration parameter "transaction_timeout"',
      'unknownSetting transaction_timeout',
      ['goOn', 'otherTools'],
    ],
    ['unrecognized parameter "pg_attver"', 'newerSyntax pg_attver'],
    ['syntax error at or near "NULLS"', 'newerSyntax NULLS', ['goOn', 'otherTools']],
    ['option "default" not recognized', 'newerSyntax default'],
    ['out of memory', 'memory', ['fewerJobs'], { jobs: 4 }],
    ['canceling statement due to lock timeout', 'lockTimeout lock', ['endSessions']],
    ['canceling statement due to lock timeout', 'lockTimeout lock', [], { swapIn: true }],
    ['canceling statement due to statement timeout', 'lockTimeout statement', []],
    [
      'canceling statement due to conflict with recovery',
      'standbyConflict',
      ['otherConnection', 'copyStandbyDelay', 'copyStandbyFeedback', 'copyReplayPause'],
    ],
    [
      'terminating connection due to administrator command',
      'ended terminating connection due to administrator command',
    ],
    [
      'error returned by PQputCopyData: server closed the connection unexpectedly',
      'connectionLost server closed the connection unexpectedly',
      ['connectionSettings'],
    ],
    [
      'invalid page in block 3 of relation "base/5/16384"',
      'damaged base/5/16384',
      ['newDatabase', 'otherConnection'],
    ],
    [
      'could not read blocks 0..3 in file "base/5/1": read only 0 of 8192 bytes',
      'damaged base/5/1',
    ],
    ['could not read block 3 in file "base/5/1": Input/output error', 'damaged base/5/1'],
    ['2 invalid pages among blocks 1..3 of relation "base/5/1"', 'damaged base/5/1'],
    ['could not open file "base/5/1": No such file or directory', 'damaged base/5/1'],
    ['could not open file "/tmp/in.csv": No such file or directory', null],
    ['unexpected chunk size 10 (expected 20) in chunk 1 of 2 for toast value 1 in t', 'damaged t'],
    ['index "t_pkey" contains unexpected zero page at block 2', 'damaged t_pkey'],
    ['could not access status of transaction 123456', 'damaged'],
    ['MultiXactId 7 has not been created yet -- apparent wraparound', 'damaged'],
    ['compressed lz4 data is corrupt', 'damaged'],
    ['missing chunk number 0 for toast value 1 in pg_toast_16385', 'damaged pg_toast_16385'],
    ['query would be affected by row-level security policy for table "t"', 'rowSecurity t'],
    [
      'connection to server at "h" (10.0.0.1), port 6432 failed: FATAL:  unsupported startup parameter: options',
      'pooler',
      ['connectionSettings', 'fewerJobs'],
      { jobs: 4 },
    ],
    [
      'psql: error: connection to server at "127.0.0.1", port 42739 failed: FATAL:  unsupported startup parameter: options',
      'pooler',
    ],
    ['unsupported startup parameter: extra_float_digits', 'pooler', ['connectionSettings']],
    ['Tenant or user not found', 'pooler'],
    ['MaxClientsInSessionMode: max clients reached', 'pooler'],
    [
      'COPY failed for table "t": relation "limits" does not exist\nQUERY:  SELECT 1 FROM limits\nCONTEXT:  PL/pgSQL function app.allowed(integer) line 1 at RETURN\nCOPY t, line 1',
      'searchPath app.allowed(integer) → limits',
      ['searchPath', 'copyFunctionPath'],
    ],
    [
      'function helper(integer) does not exist\nLINE 1: …\nZUSAMMENHANG:  SQL-Funktion »f« beim Inlining',
      'searchPath f → helper(integer)',
      ['searchPath'],
    ],
    [
      'COPY failed for table "t": relation "app.limits" does not exist\nCONTEXT:  PL/pgSQL function app.allowed(integer) line 1 at RETURN',
      'missing app.limits',
    ],
    // As servers word them whose lc_messages is another language.
    [
      'Rolle »boss« existiert nicht',
      'roleMissing boss',
      ['noOwnersAndPrivileges', 'mapRoles', 'createRoles'],
    ],
    ["le rôle « boss » n'existe pas", 'roleMissing boss'],
    ['ロール"boss"は存在しません', 'roleMissing boss'],
    ['роль "boss" не существует', 'roleMissing boss'],
    ['Relation »a »b«« existiert bereits', 'exists a »b«'],
    [
      'kann Tabelle orders nicht löschen, weil andere Objekte davon abhängen',
      'dependents Tabelle orders',
    ],
    ['se ha denegado el permiso de esquema para public', null],
    ['permiso denegado al esquema public', 'permission schema public'],
    [
      'Einfügen oder Aktualisieren in Tabelle »a« verletzt Fremdschlüssel-Constraint »a_b«',
      'foreignKey a_b',
    ],
    ['Datenbank »shop« wird von anderen Benutzern verwendet', null],
  ];
  for (const [message, expected, remedies, change] of CASES) {
    it(`${message}${change ? ` (${Object.keys(change).join(', ')})` : ''}`, () => {
      const [found] = errorProblems([{ message }], options(change), 'ann');
      const said = found ? [found.kind, ...found.objects].join(' ') : null;
      assert.equal(said, expected);
      if (!found) return;
      if (remedies)
        assert.deepEqual(
          found.remedies.map(({ id }) => id),
          remedies,
        );
      assert.match(errorProblemText(found), /^[A-Z].*\.$/);
      for (const remedy of found.remedies) assert.notEqual(remedyText(remedy), remedy.id);
    });
  }

  it('names the rows that a foreign key refuses, and adds it for new rows', () => {
    const sql =
      'ALTER TABLE ONLY app."a ""b"" \'c"\n    ADD CONSTRAINT "k; DROP" FOREIGN KEY (x, "Y") REFERENCES app.o(id, "N") ON DELETE CASCADE;';
    const message = 'insert or update on table "a" violates foreign key constraint "k; DROP"';
    const [found] = errorProblems([{ message, sql }], options());
    const [query, step] = found?.remedies ?? [];
    assert.ok(query?.kind === 'copy');
    assert.equal(
      query.text,
      [
        '-- k; DROP',
        'SELECT r.* FROM "app"."a ""b"" \'c" r',
        'WHERE r."x" IS NOT NULL AND r."Y" IS NOT NULL',
        '  AND NOT EXISTS (SELECT FROM "app"."o" o WHERE o."id" = r."x" AND o."N" = r."Y");',
      ].join('\n'),
    );
    assert.ok(step?.kind === 'step' && step.step.do === 'addForeignKeys');
    const [key] = step.step.keys;
    assert.ok(key);
    assert.equal(
      notValidSql(key),
      'ALTER TABLE "app"."a ""b"" \'c" ADD CONSTRAINT "k; DROP" FOREIGN KEY ("x", "Y") REFERENCES "app"."o" ("id", "N") ON UPDATE NO ACTION ON DELETE CASCADE NOT VALID',
    );
    const other = { message, sql: `${sql} SELECT 1;` };
    assert.deepEqual(errorProblems([other], options())[0]?.remedies, []);
  });

  it('backs up everything but a table that cannot be read', () => {
    const message = [
      'Dumping the contents of table "orders" failed: PQgetResult() failed.',
      'Error message from server: ERROR:  missing chunk number 0 for toast value 16390 in pg_toast_16385',
    ].join('\n');
    const sql = 'COPY app."Or""ders" (id, note) TO stdout;';
    const backup = { ...backupDefaults(), connectionId: 'c', outputPath: '/b' };
    const [found] = backupProblems([{ message, sql }], backup);
    assert.equal(found?.kind, 'damaged');
    assert.deepEqual(found.remedies, [
      {
        id: 'withoutDamaged',
        kind: 'setBackup',
        options: { excludeTableData: [{ schema: 'app', name: 'Or"ders' }] },
      },
    ]);
  });

  it('understands every sentence in every language', () => {
    const table: Readonly<Record<string, readonly string[]>> = serverWords;
    const english = table['en'] ?? [];
    for (const [language, sentences] of Object.entries(table)) {
      assert.equal(sentences.length, english.length, language);
      sentences.forEach((sentence, at) => {
        if (sentence === '') return;
        const fill = (text: string): string => {
          let place = 0;
          return text.replace(
            /%(?:(\d)\$)?[sudm]/g,
            (_, number?: string) => `n${number ?? String(++place)}`,
          );
        };
        const said = kindOf({ message: fill(sentence) });
        const meant = kindOf({ message: fill(english[at] ?? '') });
        assert.deepEqual(said, meant, `${language}: ${sentence}`);
        assert.notEqual(meant, null, english[at]);
      });
    }
  });

  it('makes one of ten thousand of a kind', () => {
    const errors = Array.from({ length: 10_000 }, (_, n) => ({
      message: `role "r${n % 7}" does not exist`,
    }));
    const found = errorProblems([...errors, { message: 'schema "x" does not exist' }], options());
    assert.deepEqual(
      found.map(({ kind, count }) => [kind, count]),
      [
        ['roleMissing', 10_000],
        ['schemaMissing', 1],
      ],
    );
    assert.match(errorProblemText(found[0]!), /r0, r1, r2, r3 and 3 more\. \(10,000 errors\)$/);
  });
});
