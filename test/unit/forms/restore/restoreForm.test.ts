import assert from 'node:assert/strict';
import type { BackupInfo } from '../../../../src/core/model/archive';
import type { RestoreContext } from '../../../../src/core/forms/form/context';
import type { RestoreOptions } from '../../../../src/core/model/options';
import {
  beginChoices,
  type Choices,
  choose,
  chosenFields,
  resumeChoices,
  chosenOptions,
} from '../../../../src/core/forms/form/choices';
import { restoreDefaults } from '../../../../src/core/forms/restore/restoreDefaults';
import {
  evaluateRestore,
  resetForFile,
  restoreOptionsOf,
  applyContextDefaults,
} from '../../../../src/core/forms/restore/restoreForm';
import { archive, oldServer, ref, restore, restoreContext, script } from '../sampleCatalog';

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
      const settled = applyContextDefaults(restore(), [], context);
      const { problems } = evaluateRestore(settled, context);
      assert.deepEqual(
        problems.filter((problem) => problem.severity === 'error'),
        [],
      );
    });
  }
});

describe('The options that follow from a choice', () => {
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
      'a replaced database is no new one, and nothing in the new one is dropped',
      { createDatabase: true, targetDatabase: 'new' },
      { swapIn: true },
      { swapIn: true, createDatabase: false, targetDatabase: null },
    ],
    [
      'a replaced database needs definitions',
      { dataOnly: true },
      { swapIn: true },
      { swapIn: true, dataOnly: false },
    ],
    [
      'clean turns replacing off',
      { swapIn: true },
      { clean: true },
      { swapIn: false, ifExists: true },
    ],
    [
      'a new database is not replaced',
      { swapIn: true, endSessions: true },
      { createDatabase: true },
      { swapIn: false, endSessions: false },
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
      const choices = choose(beginChoices(restore(before)), patch);
      const changed = restoreOptionsOf(choices, restoreContext(context));
      assert.deepEqual(changed, { ...restore(before), ...patch, ...after });
    });
  }

  const boxes = [
    'schemaOnly',
    'dataOnly',
    'clean',
    'ifExists',
    'createDatabase',
    'noOwner',
    'noPrivileges',
    'exitOnError',
    'singleTransaction',
    'disableTriggers',
  ] as const;
  type Form = Choices<RestoreOptions>;
  const click = (form: Form, box: (typeof boxes)[number], context: RestoreContext): Form =>
    choose(form, { [box]: !restoreOptionsOf(form, context)[box] });

  it('are never refused because of another box', () => {
    for (const [, info] of kinds.filter(([, each]) => each.format !== 'plain')) {
      const context = restoreContext({ info });
      for (const first of boxes) {
        for (const second of boxes) {
          let form = beginChoices(restore({ targetDatabase: 'brand_new' }));
          for (const box of [first, second]) {
            // Only what the form lets one click.
            const { fields } = evaluateRestore(restoreOptionsOf(form, context), context);
            if (fields[box]?.enabled !== false) form = click(form, box, context);
          }
          const options = restoreOptionsOf(form, context);
          const errors = evaluateRestore(options, context).problems.filter(
            ({ severity, field }) => severity === 'error' && field !== 'targetDatabase',
          );
          assert.deepEqual(errors, [], `${first}, ${second}`);
        }
      }
    }
  });

  it('are as before when a box is ticked and unticked, whatever was ticked before', () => {
    const settings = [restoreContext(), restoreContext({ server: oldServer })];
    for (const [name, info] of kinds) {
      for (const { server } of settings) {
        const context = restoreContext({ info, server });
        for (const first of boxes) {
          for (const second of boxes) {
            const { fields } = evaluateRestore(
              restoreOptionsOf(beginChoices(restore()), context),
              context,
            );
            const offered = (box: (typeof boxes)[number]): boolean =>
              fields[box]?.enabled !== false;
            if (second === first || !offered(second)) continue;
            const begun = click(choose(beginChoices(restore()), { jobs: 4 }), first, context);
            const before = restoreOptionsOf(begun, context);
            // What the form turned otherwise than it began, somebody else has to turn back.
            if (before[second] !== restore()[second]) continue;
            const ticked = click(begun, second, context);
            const after = restoreOptionsOf(click(ticked, second, context), context);
            assert.deepEqual(after, before, `${name}: ${first}, then ${second} twice`);
          }
        }
      }
    }
  });

  it('go back to stopping at errors when what made them go on is gone', () => {
    const context = restoreContext({ info: attached });
    const ticked = click(beginChoices(restore()), 'clean', context);
    assert.equal(restoreOptionsOf(ticked, context).exitOnError, false);
    assert.equal(restoreOptionsOf(click(ticked, 'clean', context), context).exitOnError, true);
    // Another file, another server: the same.
    assert.equal(restoreOptionsOf(ticked, restoreContext()).exitOnError, true);
    const old = restoreContext({ server: oldServer });
    assert.equal(restoreOptionsOf(beginChoices(restore()), old).exitOnError, false);
    assert.equal(restoreOptionsOf(beginChoices(restore()), restoreContext()).exitOnError, true);
  });

  it('are the same after a reload of the page', () => {
    const context = restoreContext({ info: attached });
    let form = choose(beginChoices(restore({ noOwner: true })), { jobs: 4 });
    for (const box of ['dataOnly', 'clean'] as const) form = click(form, box, context);
    const again = resumeChoices(chosenOptions(form), chosenFields(form), restoreDefaults());
    assert.deepEqual(restoreOptionsOf(again, context), restoreOptionsOf(form, context));
    const [unticked, afterReload] = [form, again].map((each) => click(each, 'clean', context));
    assert.ok(unticked && afterReload);
    assert.deepEqual(restoreOptionsOf(afterReload, context), restoreOptionsOf(unticked, context));
    assert.equal(restoreOptionsOf(unticked, context).dataOnly, true);
  });
});

describe('applyContextDefaults', () => {
  it('leaves alone what was asked for', () => {
    const context = restoreContext({ server: oldServer });
    assert.equal(applyContextDefaults(restore(), ['exitOnError'], context).exitOnError, true);
    assert.equal(applyContextDefaults(restore(), [], context).exitOnError, false);
    const wished = restore({ singleTransaction: true });
    assert.deepEqual(applyContextDefaults(wished, ['singleTransaction'], context), wished);
  });
  it('changes nothing without need', () => {
    assert.deepEqual(applyContextDefaults(restore(), [], restoreContext()), restore());
  });
});

describe('The options for another file', () => {
  const wishes = restore({
    dataOnly: true,
    disableTriggers: true,
    noOwner: true,
    jobs: 4,
    tables: [ref('app.orders')],
    toolOptions: { role: 'clerk', 'no-such-row': true },
  });
  const form = resetForFile(choose(beginChoices(restore()), wishes));

  it('take back what a script cannot be told', () => {
    const context = restoreContext({ info: script() });
    const adapted = restoreOptionsOf(form, context);
    assert.deepEqual(adapted, restore({ dataOnly: true, noOwner: true }));
    assert.deepEqual(evaluateRestore(adapted, context).problems, []);
  });
  it('keep what an archive can be told, but for the objects of the other file', () => {
    const adapted = restoreOptionsOf(form, restoreContext({ info: archive({ format: 'tar' }) }));
    const toolOptions = { role: 'clerk' };
    assert.deepEqual(adapted, { ...wishes, jobs: 1, tables: null, toolOptions });
  });
  it('bring back for an archive what a script could not be told', () => {
    const toolOptions = { role: 'clerk' };
    const adapted = restoreOptionsOf(resetForFile(form), restoreContext());
    assert.deepEqual(adapted, { ...wishes, tables: null, toolOptions });
  });
});
