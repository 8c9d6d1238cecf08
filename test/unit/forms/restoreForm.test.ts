import assert from 'node:assert/strict';
import type { BackupInfo } from '../../../src/core/model/archive';
import type { RestoreContext } from '../../../src/core/forms/form/context';
import type { RestoreOptions } from '../../../src/core/model/options';
import {
  adaptToFile,
  changeRestore,
  evaluateRestore,
  restoreDefaults,
  settleRestore,
} from '../../../src/core/forms/restore/restoreForm';
import { archive, oldServer, ref, restore, restoreContext, script } from './sampleCatalog';

const kinds: [string, BackupInfo][] = [
  ['custom', archive()],
  ['directory', archive({ format: 'directory' })],
  ['tar', archive({ format: 'tar' })],
  ['script', script()],
  ['compressed script', script({ compression: 'gzip' })],
  ['archive with partitions', archive({ warnings: ['attachedIndexes'] })],
  ['script with large objects', script({ contents: { ...script().contents, hasBlobs: true } })],
];

describe('restoreDefaults', () => {
  for (const [name, info] of kinds) {
    it(`has nothing to object to: ${name}`, () => {
      const options = { ...restoreDefaults(), connectionId: 'dev', inputPath: '/b/x' };
      assert.deepEqual(evaluateRestore(options, restoreContext({ info })).problems, []);
    });
    it(`settles for a target before 17: ${name}`, () => {
      const context = restoreContext({ info, server: oldServer });
      const settled = settleRestore(restore(), [], context);
      const { problems } = evaluateRestore(settled, context);
      assert.deepEqual(
        problems.filter((problem) => problem.severity === 'error'),
        [],
      );
    });
  }
});

describe('changeRestore', () => {
  const attached = archive({ warnings: ['attachedIndexes'] });
  const changes: [
    string,
    Partial<RestoreOptions>,
    Partial<RestoreOptions>,
    Partial<RestoreOptions>,
    Partial<RestoreContext>?,
  ][] = [
    [
      'schema only turns data only off',
      { dataOnly: true, disableTriggers: true },
      { schemaOnly: true },
      { dataOnly: false, disableTriggers: false },
    ],
    [
      'data only turns schema only and clean off',
      { schemaOnly: true, clean: true, ifExists: true },
      { dataOnly: true },
      { schemaOnly: false, clean: false, ifExists: false },
    ],
    ['clean brings if exists', {}, { clean: true }, { ifExists: true }],
    [
      'clean goes on after certain errors',
      {},
      { clean: true },
      { ifExists: true, exitOnError: false },
      { info: attached },
    ],
    [
      'a wish to stop is respected',
      {},
      { clean: true, exitOnError: true },
      { ifExists: true },
      { info: attached },
    ],
    [
      'clean turns create off',
      { createDatabase: true },
      { clean: true },
      { createDatabase: false, ifExists: true },
    ],
    [
      'create turns clean off',
      { clean: true, ifExists: true },
      { createDatabase: true },
      { clean: false, ifExists: false },
    ],
    [
      'without clean no if exists',
      { clean: true, ifExists: true },
      { clean: false },
      { ifExists: false },
    ],
    [
      'a single transaction is one job that stops',
      { jobs: 4, exitOnError: false },
      { singleTransaction: true },
      { jobs: 1, exitOnError: true },
    ],
    [
      'several jobs are no single transaction',
      { singleTransaction: true },
      { jobs: 3 },
      { singleTransaction: false },
    ],
    [
      'going on after errors is no single transaction',
      { singleTransaction: true },
      { exitOnError: false },
      { singleTransaction: false },
    ],
    [
      'an emptied name is the own database',
      { targetDatabase: 'x' },
      { targetDatabase: '' },
      { targetDatabase: null },
    ],
    [
      'an emptied selection',
      { tables: [ref('app.orders')] },
      { schemas: [], tables: [] },
      { schemas: null, tables: null },
    ],
  ];
  for (const [name, before, patch, after, context = {}] of changes) {
    it(name, () => {
      const changed = changeRestore(restore(before), patch, restoreContext(context));
      assert.deepEqual(changed, { ...restore(before), ...patch, ...after });
    });
  }

  it('never leaves the form refused because of another box', () => {
    const boxes = [
      'schemaOnly',
      'dataOnly',
      'clean',
      'ifExists',
      'noOwner',
      'noPrivileges',
      'exitOnError',
      'singleTransaction',
      'disableTriggers',
    ] as const;
    for (const [, info] of kinds.filter(([, each]) => each.format !== 'plain')) {
      const context = restoreContext({ info });
      for (const first of boxes) {
        for (const second of boxes) {
          let options = restore();
          for (const box of [first, second]) {
            // Only what the form lets one click.
            if (evaluateRestore(options, context).fields[box]?.enabled === false) continue;
            options = changeRestore(options, { [box]: !options[box] }, context);
          }
          const errors = evaluateRestore(options, context).problems.filter(
            (p) => p.severity === 'error',
          );
          assert.deepEqual(errors, [], `${first}, ${second}`);
        }
      }
    }
  });
});

describe('settleRestore', () => {
  it('leaves alone what was asked for', () => {
    const context = restoreContext({ server: oldServer });
    assert.equal(settleRestore(restore(), ['exitOnError'], context).exitOnError, true);
    assert.equal(settleRestore(restore(), [], context).exitOnError, false);
    const wished = restore({ singleTransaction: true });
    assert.deepEqual(settleRestore(wished, ['singleTransaction'], context), wished);
  });
  it('changes nothing without need', () => {
    assert.deepEqual(settleRestore(restore(), [], restoreContext()), restore());
  });
});

describe('adaptToFile', () => {
  const wishes = restore({
    dataOnly: true,
    disableTriggers: true,
    noOwner: true,
    jobs: 4,
    tables: [ref('app.orders')],
  });
  it('takes back what a script cannot be told', () => {
    const context = restoreContext({ info: script() });
    const adapted = adaptToFile(wishes, context);
    assert.deepEqual(adapted, restore());
    assert.deepEqual(evaluateRestore(adapted, context).problems, []);
  });
  it('keeps what an archive can be told, but for the objects of the other file', () => {
    const adapted = adaptToFile(wishes, restoreContext({ info: archive({ format: 'tar' }) }));
    assert.deepEqual(adapted, { ...wishes, jobs: 1, tables: null });
  });
});
