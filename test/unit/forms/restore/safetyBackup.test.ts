import assert from 'node:assert/strict';
import { backsUpFirst } from '../../../../src/core/forms/restore/destroys';
import {
  concernedObjects,
  type ConcernedObjects,
} from '../../../../src/core/jobs/restore/safety/concernedObjects';
import type { DatabaseCatalog } from '../../../../src/core/model/catalog';
import type { RestoreOptions, TableRef } from '../../../../src/core/model/options';
import { restoreDefaults } from '../../../../src/core/forms/restore/restoreDefaults';

const table = (name: string): TableRef => ({ schema: 'app', name });

describe('whether what a restore drops is backed up first', () => {
  const CASES: readonly [Partial<RestoreOptions>, drops: boolean, expected: boolean][] = [
    [{}, false, false],
    [{ clean: true }, false, true],
    [{}, true, true],
    [{ clean: true, safetyBackup: false }, true, false],
    [{ createDatabase: true }, true, false],
    [{ swapIn: true }, true, false],
    [{ wholeServer: true }, true, false],
  ];
  for (const [change, drops, expected] of CASES) {
    it(`${JSON.stringify(change)}${drops ? ', a script that drops' : ''}`, () => {
      const options = { ...restoreDefaults(), ...change };
      assert.equal(backsUpFirst(options, { warnings: drops ? ['drops'] : [] }), expected);
    });
  }
});

describe('what a safety backup of a part holds', () => {
  const catalog = {
    schemas: [{ name: 'app' }, { name: 'public' }],
    relations: [table('orders'), table('totals')],
  } as unknown as DatabaseCatalog;
  const CASES: readonly [
    what: string,
    chosen: Pick<RestoreOptions, 'schemas' | 'tables'>,
    expected: ConcernedObjects | null,
  ][] = [
    [
      'the chosen relations that are there',
      { schemas: null, tables: [table('orders'), table('new')] },
      { schemas: null, tables: [table('orders')] },
    ],
    ['nothing where none is there', { schemas: null, tables: [table('new')] }, null],
    [
      'whole schemas, with what only the database knows of',
      { schemas: ['app', 'new'], tables: null },
      { schemas: ['app'], tables: null },
    ],
    ['no schema that is not there', { schemas: ['new'], tables: null }, null],
    [
      'everything where both are chosen',
      { schemas: ['app'], tables: [table('orders')] },
      { schemas: null, tables: null },
    ],
  ];
  for (const [what, chosen, expected] of CASES) {
    it(what, () => assert.deepEqual(concernedObjects(chosen, catalog), expected));
  }
});
