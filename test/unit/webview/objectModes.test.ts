import assert from 'node:assert/strict';
import { backupDefaults } from '../../../src/core/forms/backup/backupForm';
import type { BackupOptions } from '../../../src/core/model/options';
import { resolveSelection } from '../../../src/core/forms/selection/selection';
import { selectionTree } from '../../../src/core/forms/selection/selectionTree';
import {
  isNothingTicked,
  objectsMode,
  startMode,
  tickOf,
  tickRows,
  toggleRow,
} from '../../../webview/backup/objectModes';
import { catalog } from '../../support/pageHarness/sampleData';

const fresh: BackupOptions = { ...backupDefaults(), connectionId: 'a', outputPath: '/b' };
const nodes = [...selectionTree(catalog).byId.values()];
const node = (name: string) => {
  const found = nodes.find((n) => (n.type === 'schema' ? n.schema : n.ref.name) === name);
  if (!found) throw new Error(name);
  return found;
};

describe('The three ways of selecting objects', () => {
  it('everything looks ticked, and the first that is unticked is the exception', () => {
    assert.equal(objectsMode(fresh, catalog, null), 'everything');
    assert.equal(tickOf('everything', fresh, catalog, node('orders')), 'checked');
    const { options, mode } = toggleRow('everything', fresh, catalog, node('orders'));
    assert.equal(mode, 'except');
    assert.equal(objectsMode(options, catalog, mode), 'except');
    assert.equal(tickOf(mode, options, catalog, node('orders')), 'unchecked');
    assert.equal(tickOf(mode, options, catalog, node('customers')), 'checked');
    const selection = resolveSelection(options, catalog);
    // No filter: what is neither schema nor table stays in.
    assert.deepEqual([selection.schemas, selection.tables], [[], []]);
    assert.deepEqual(selection.excludeTables, [{ schema: 'app', name: 'orders' }]);
  });

  it('only begins with nothing ticked, which is not everything', () => {
    const options = startMode('only', fresh, catalog);
    const mode = objectsMode(options, catalog, 'only');
    assert.equal(mode, 'only');
    assert.ok(isNothingTicked(mode, options));
    assert.equal(tickOf(mode, options, catalog, node('orders')), 'unchecked');
    const ticked = toggleRow(mode, options, catalog, node('orders'));
    assert.equal(objectsMode(ticked.options, catalog, ticked.mode), 'only');
    assert.ok(!isNothingTicked(ticked.mode, ticked.options));
    assert.deepEqual(ticked.options.tables, [{ schema: 'app', name: 'orders' }]);
  });

  it('all ticked by hand is still only what is ticked', () => {
    const options = { ...fresh, schemas: selectionTree(catalog).schemas.map((s) => s.schema) };
    assert.equal(objectsMode(options, catalog, 'only'), 'only');
    assert.equal(objectsMode(options, catalog, 'except'), 'except');
  });

  it('rows ticked and unticked together stay exceptions of everything', () => {
    const found = [node('orders'), node('customers')];
    const start = toggleRow('everything', fresh, catalog, node('orders'));
    const without = tickRows(start.mode, start.options, catalog, found, false);
    assert.equal(objectsMode(without.options, catalog, without.mode), 'except');
    const { schemas, tables, excludeTables } = without.options;
    assert.deepEqual([schemas, tables], [null, null]);
    assert.deepEqual(excludeTables.map(({ name }) => name).sort(), ['customers', 'orders']);

    const one = tickRows(without.mode, without.options, catalog, [node('orders')], true);
    assert.equal(objectsMode(one.options, catalog, one.mode), 'except');
    assert.deepEqual(one.options.excludeTables, [{ schema: 'app', name: 'customers' }]);

    for (const nodes of [found, null]) {
      const all = tickRows(without.mode, without.options, catalog, nodes, true);
      assert.equal(objectsMode(all.options, catalog, all.mode), 'except');
      assert.equal(tickOf(all.mode, all.options, catalog, node('customers')), 'checked');
    }
  });

  it('with the last row unticked nothing is left, which is not everything', () => {
    const { schemas } = selectionTree(catalog);
    for (const mode of ['everything', 'except', 'only'] as const) {
      const options = mode === 'everything' ? fresh : startMode('except', fresh, catalog);
      for (const nodes of [schemas, null]) {
        const none = tickRows(mode, options, catalog, nodes, false);
        const shown = objectsMode(none.options, catalog, none.mode);
        assert.equal(shown, 'only');
        assert.ok(isNothingTicked(shown, none.options), mode);
        assert.equal(tickOf(shown, none.options, catalog, node('orders')), 'unchecked');
      }
    }
    const single = { ...catalog, schemas: catalog.schemas.filter(({ name }) => name === 'app') };
    single.relations = catalog.relations.filter(({ schema }) => schema === 'app');
    const [app] = selectionTree(single).schemas;
    assert.ok(app);
    const { options, mode } = toggleRow('everything', fresh, single, app);
    assert.ok(isNothingTicked(objectsMode(options, single, mode), options));
  });

  it('before the objects are known, the options say what they say', () => {
    assert.equal(objectsMode({ ...fresh, schemas: ['app'] }, null, null), 'only');
  });
});
