/** Options that change statements of an archive on their way to the server. */
import assert from 'node:assert/strict';
import { withRoles } from '../../../../src/core/forms/restore/byScript';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { restoreCommand } from '../../../../src/core/plans/preview';
import { archive, restore, restoreContext, script } from '../sampleCatalog';
import { problemsOf } from './problemsOf';

const roles = [{ name: 'old', target: 'new' }];

describe('Statements of an archive that are changed', () => {
  const cases: readonly (readonly [
    title: string,
    options: Partial<RestoreOptions>,
    ofScript: boolean,
    ...refused: string[],
  ])[] = [
    ['roles of an archive', { mapRoles: roles }, false],
    ['roles of a script', { mapRoles: roles }, true],
    ['by several jobs', { mapRoles: roles, jobs: 2 }, false, 'jobs'],
    ['without a name', { mapRoles: [{ name: 'old', target: '' }] }, false, 'mapRoles'],
    ['one role twice', { mapRoles: [...roles, ...roles] }, false, 'mapRoles'],
    ['the search path of an archive', { searchPath: 'allSchemas' }, false],
    ['the search path by several jobs', { searchPath: 'public', jobs: 2 }, false, 'jobs'],
    [
      'keys, in a transaction',
      { remakeKeys: true, clean: true, ifExists: true, singleTransaction: true },
      false,
    ],
    ['keys, without one', { remakeKeys: true, clean: true, ifExists: true }, false, 'remakeKeys'],
    ['keys, where nothing is dropped', { remakeKeys: true }, false, 'remakeKeys'],
    ['keys, by a script', { remakeKeys: true }, true, 'remakeKeys'],
    [
      'rows in the place of others, in a transaction',
      { replaceRows: true, dataOnly: true, singleTransaction: true },
      false,
    ],
    [
      'rows in the place of others, without one',
      { replaceRows: true, dataOnly: true },
      false,
      'replaceRows',
    ],
    [
      'rows in the place of others, with definitions',
      { replaceRows: true, singleTransaction: true },
      false,
      'replaceRows',
    ],
    [
      'rows in the place of others, with triggers disabled by pg_restore',
      { replaceRows: true, dataOnly: true, singleTransaction: true, disableTriggers: true },
      false,
      'disableTriggers',
    ],
    ['rows in the place of others, by a script', { replaceRows: true }, true, 'replaceRows'],
  ];
  for (const [title, change, ofScript, ...refused] of cases) {
    it(`${refused.length === 0 ? 'takes' : 'refuses'} ${title}`, () => {
      const info = ofScript ? script() : archive();
      assert.deepEqual(problemsOf(change, { info }, 'error'), refused);
    });
  }

  it('shows the psql that reads the script of the archive', () => {
    const info = archive();
    const options = restore();
    const context = restoreContext({ info });
    const target = { file: '/pg/bin/pg_restore', connectionArgs: ['--dbname=shop'] };
    const usual = restoreCommand(options, context, target);
    assert.equal(usual.argv[0], '/pg/bin/pg_restore');
    const changed = restoreCommand({ ...options, mapRoles: roles }, context, target);
    assert.equal(changed.argv[0], '/pg/bin/psql');
    assert.equal(changed.changed, true);
  });

  it('puts the user in the place of roles, and of those that took another one’s place', () => {
    assert.deepEqual(withRoles(null, ['a', 'b'], 'me'), [
      { name: 'a', target: 'me' },
      { name: 'b', target: 'me' },
    ]);
    const given = [
      { name: 'a', target: 'gone' },
      { name: 'b', target: 'there' },
    ];
    assert.deepEqual(withRoles(given, ['gone', 'c'], 'me'), [
      { name: 'a', target: 'me' },
      { name: 'b', target: 'there' },
      { name: 'c', target: 'me' },
    ]);
  });
});
