import assert from 'node:assert/strict';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { RestoreOptions } from '../../../src/core/model/options';
import { errorProblems } from '../../../src/core/pgtools/stderr/problems/errorProblems';
import { remedyText } from '../../../src/core/text/findingText';
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
    ['role "boss" does not exist', 'roleMissing boss', ['noOwnersAndPrivileges', 'createRoles']],
    [
      'role "boss" does not exist',
      'roleMissing boss',
      ['createRoles'],
      { noOwner: true, noPrivileges: true },
    ],
    [
      'role "boss" does not exist',
      'roleMissing boss',
      ['noOwnersAndPrivileges'],
      { createDatabase: true },
    ],
    ['relation "orders" already exists', 'exists orders', ['newDatabase', 'clean', 'dataOnly']],
    ['relation "orders" already exists', 'exists orders', [], { createDatabase: true }],
    ['schema "app" already exists', 'exists app', ['newDatabase', 'clean', 'dataOnly']],
    ['constraint "k" for relation "orders" already exists', 'exists k'],
    ['function "f" already exists with same argument types', 'exists f'],
    ['multiple primary keys for table "orders" are not allowed', 'exists orders'],
    ['schema "audit" does not exist', 'schemaMissing audit', ['createSchemas']],
    ['tablespace "fast" does not exist', 'tablespaceMissing fast', ['noTablespaces']],
    ['extension "postgis" is not available', 'extensionMissing postgis', []],
    [
      'could not open extension control file "/usr/share/extension/postgis.control": No such file',
      'extensionMissing postgis',
    ],
    ['cannot drop table orders because other objects depend on it', 'dependents table orders'],
    ['must be owner of table orders', 'notOwner table orders', ['noOwnersAndPrivileges']],
    ['must be able to SET ROLE "boss"', 'notOwner boss', ['noOwnersAndPrivileges']],
    ['must be member of role "boss"', 'notOwner boss', ['noOwnersAndPrivileges']],
    ['permission denied for schema public', 'permission schema public', []],
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
    ['out of shared memory', 'locks', ['noSingleTransaction'], { singleTransaction: true }],
    ['sorry, too many clients already', 'connections', ['fewerJobs'], { jobs: 8 }],
    ['could not extend file "base/1/2": No space left on device', 'diskFull', []],
    ['database "shop" is being accessed by other users', 'inUse shop', []],
    ['cannot execute CREATE TABLE in a read-only transaction', 'readOnly CREATE TABLE'],
    ['new row violates row-level security policy for table "t"', 'rowSecurity t'],
    ['something that nobody knows', null],
    ['relation "boss" does not exist', null],
  ];
  for (const [message, expected, remedies, change] of CASES) {
    it(`${message}${change ? ` (${Object.keys(change).join(', ')})` : ''}`, () => {
      const [found] = errorProblems([{ message }], options(change));
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
