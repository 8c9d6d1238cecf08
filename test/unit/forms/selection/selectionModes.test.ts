import assert from 'node:assert/strict';
import { backupDefaults } from '../../../../src/core/forms/backup/backupDefaults';
import { evaluateBackup } from '../../../../src/core/forms/backup/backupForm';
import type { DatabaseCatalog } from '../../../../src/core/model/catalog';
import type { BackupOptions } from '../../../../src/core/model/options';
import { deriveBackup } from '../../../../src/core/forms/selection/derivedBackup';
import { indexCatalog } from '../../../../src/core/forms/selection/catalogIndex';
import {
  changeMode,
  changeSelection,
  everySchema,
  startSelection,
  toggleNode,
} from '../../../../src/core/forms/selection/editSelection';
import {
  selectObjects,
  type ObjectSelection,
} from '../../../../src/core/forms/selection/objectSelection';
import {
  EVERYTHING,
  isNothing,
  NOTHING,
  readSelection,
  writeSelection,
  type Selection,
} from '../../../../src/core/forms/selection/selection';
import {
  selectionTree,
  stateOf,
  type SelectionNode,
} from '../../../../src/core/forms/selection/selectionTree';
import { backupCommand, NO_COMMAND } from '../../../../src/core/plans/preview';
import { catalog } from '../../../support/pageHarness/sampleData';
import { backupContext } from '../sampleCatalog';
import { allNodes } from './treeSteps';

const index = indexCatalog(catalog);
const tree = selectionTree(index);
const { schemas } = tree;
const fresh: BackupOptions = { ...backupDefaults(), connectionId: 'a', outputPath: '/b' };

function node(name: string): SelectionNode {
  const found = allNodes(tree).find((n) => (n.type === 'schema' ? n.schema : n.ref.name) === name);
  if (!found) throw new Error(name);
  return found;
}

function objects(selection: Selection): ObjectSelection {
  return selectObjects(selection, [], index);
}

const state = (selection: Selection, name: string): string =>
  stateOf(objects(selection), node(name));
const toggled = (selection: Selection, name: string): Selection =>
  toggleNode(objects(selection), node(name));
const told = (selection: Selection) =>
  deriveBackup({ ...fresh, ...writeSelection(selection) }, { catalog }, { selection }).dump;

describe('The three ways of selecting objects', () => {
  it('everything looks ticked, and the first that is unticked is the exception', () => {
    assert.equal(readSelection(fresh).mode, 'everything');
    assert.equal(state(EVERYTHING, 'orders'), 'checked');
    const selection = toggled(EVERYTHING, 'orders');
    assert.equal(selection.mode, 'except');
    assert.equal(state(selection, 'orders'), 'unchecked');
    assert.equal(state(selection, 'customers'), 'checked');
    // No filter: what is neither schema nor table stays in.
    assert.deepEqual([told(selection).schemas, told(selection).tables], [[], []]);
    assert.deepEqual(told(selection).excludeTables, [{ schema: 'app', name: 'orders' }]);
  });

  it('only begins with nothing ticked, which is not everything', () => {
    const selection = startSelection('only');
    assert.equal(selection.mode, 'only');
    assert.ok(isNothing(selection));
    assert.equal(state(selection, 'orders'), 'unchecked');
    const next = toggled(selection, 'orders');
    assert.equal(next.mode, 'only');
    assert.ok(!isNothing(next));
    assert.deepEqual(writeSelection(next).tables, [{ schema: 'app', name: 'orders' }]);
  });

  it('another way of selecting keeps what was selected', () => {
    const included = (selection: Selection): string[] => [...objects(selection).included].sort();
    const without = toggled(EVERYTHING, 'orders');
    const few = toggled(toggled(NOTHING, 'orders'), 'settings');
    for (const selection of [without, few, everySchema(index), startSelection('except')]) {
      const other = selection.mode === 'only' ? 'except' : 'only';
      const changed = changeMode(objects(selection), other, null);
      assert.equal(changed.mode, other);
      assert.deepEqual(included(changed), included(selection));
      // By way of everything, too, from which one comes back.
      const everything = changeMode(objects(selection), 'everything', null);
      assert.deepEqual(everything, EVERYTHING);
      const back = changeMode(objects(everything), other, selection);
      assert.deepEqual(included(back), included(selection));
    }
    // What was never selected begins as usual.
    assert.ok(isNothing(changeMode(objects(EVERYTHING), 'only', null)));
    assert.deepEqual(changeMode(objects(NOTHING), 'except', null), startSelection('except'));
  });

  it('all ticked by hand is still only what is ticked, and no filter', () => {
    const all = changeSelection(objects(NOTHING), null, true);
    assert.deepEqual(all, everySchema(index));
    assert.equal(all.mode, 'only');
    assert.equal(objects(all).filtered, false);
    assert.deepEqual(told(all), told(EVERYTHING));
    assert.equal(changeSelection(objects(startSelection('except')), null, true).mode, 'except');
  });

  it('rows ticked and unticked together stay exceptions of everything', () => {
    const found = [node('orders'), node('customers')];
    const start = toggled(EVERYTHING, 'orders');
    const without = changeSelection(objects(start), found, false);
    assert.equal(without.mode, 'except');
    const lists = writeSelection(without);
    assert.deepEqual([lists.schemas, lists.tables], [null, null]);
    assert.deepEqual(lists.excludeTables.map(({ name }) => name).sort(), ['customers', 'orders']);

    const one = changeSelection(objects(without), [node('orders')], true);
    assert.equal(one.mode, 'except');
    assert.deepEqual(writeSelection(one).excludeTables, [{ schema: 'app', name: 'customers' }]);

    for (const nodes of [found, null]) {
      const all = changeSelection(objects(without), nodes, true);
      assert.equal(all.mode, 'except');
      assert.equal(state(all, 'customers'), 'checked');
      assert.deepEqual(told(all), told(EVERYTHING));
    }
  });

  it('with the last row unticked nothing is left, which is not everything', () => {
    for (const selection of [EVERYTHING, startSelection('except'), everySchema(index)]) {
      for (const nodes of [schemas, null]) {
        const none = changeSelection(objects(selection), nodes, false);
        assert.equal(none.mode, 'only');
        assert.ok(isNothing(none), selection.mode);
        assert.equal(state(none, 'orders'), 'unchecked');
      }
    }
    const single: DatabaseCatalog = {
      ...catalog,
      schemas: catalog.schemas.filter(({ name }) => name === 'app'),
      relations: catalog.relations.filter(({ schema }) => schema === 'app'),
    };
    const onlyApp = indexCatalog(single);
    const [app] = selectionTree(onlyApp).schemas;
    assert.ok(app);
    assert.ok(isNothing(toggleNode(selectObjects(EVERYTHING, [], onlyApp), app)));
  });

  it('before the objects are known, the options say what they say', () => {
    assert.equal(readSelection({ ...fresh, schemas: ['app'] }).mode, 'only');
    assert.equal(readSelection({ ...fresh, excludeSchemas: ['app'] }).mode, 'except');
  });

  it('is written into lists and read from them again, but for nothing and no exception', () => {
    const cases: Selection[] = [
      EVERYTHING,
      { mode: 'only', schemas: ['app'], tables: [], without: [{ schema: 'app', name: 'x' }] },
      { mode: 'only', schemas: [], tables: [{ schema: 'app', name: 'x' }], without: [] },
      { mode: 'except', schemas: ['app'], tables: [] },
      { mode: 'except', schemas: [], tables: [{ schema: 'app', name: 'x' }] },
    ];
    for (const selection of cases) {
      assert.deepEqual(readSelection(writeSelection(selection)), selection);
    }
    // What these lists say is everything: nobody may write them for nothing.
    assert.equal(readSelection(writeSelection(NOTHING)).mode, 'everything');
    assert.equal(readSelection(writeSelection(startSelection('except'))).mode, 'everything');
  });

  it('refuses nothing, says so at the tree, and shows no command for it', () => {
    const context = backupContext({});
    const derived = deriveBackup(fresh, context, { selection: NOTHING });
    const { problems, summary } = evaluateBackup(fresh, context, derived);
    assert.deepEqual(
      problems.map(({ field, message }) => [field, message]),
      [['tables', 'Nothing is checked. Check the objects to back up, or choose “Everything”.']],
    );
    assert.deepEqual(summary, []);
    const target = { file: 'pg_dump', connectionArgs: [] };
    assert.deepEqual(backupCommand(fresh, context, target, derived), NO_COMMAND);
  });
});
