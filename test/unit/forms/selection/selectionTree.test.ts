import assert from 'node:assert/strict';
import type { DatabaseCatalog } from '../../../../src/core/model/catalog';
import type { BackupOptions, TableRef } from '../../../../src/core/model/options';
import { relationKey } from '../../../../src/core/forms/selection/catalogIndex';
import {
  databaseObjects,
  type RelationNode,
  type SelectionNode,
} from '../../../../src/core/forms/selection/selectionTree';
import { seededRandom } from '../../../support/seededRandom';
import { backup, ref, relation, sampleCatalog } from '../sampleCatalog';
import {
  asException,
  resolveSelection,
  rowsStateOf,
  selectionMode,
  selectionTree,
  stateOf,
  tickAll,
  tickNone,
  toggle,
  toggleAll,
  toggleData,
  allNodes,
} from './treeSteps';

const catalog = sampleCatalog();

function schemaNode(name: string, of = catalog): SelectionNode {
  const node = selectionTree(of).schemas.find((schema) => schema.schema === name);
  assert.ok(node, name);
  return node;
}

function node(text: string, of = catalog): RelationNode {
  const wanted = ref(text);
  for (const each of allNodes(selectionTree(of))) {
    if (each.type !== 'relation') continue;
    if (each.ref.schema === wanted.schema && each.ref.name === wanted.name) return each;
  }
  assert.fail(text);
}

function relations(of: DatabaseCatalog): RelationNode[] {
  return allNodes(selectionTree(of)).filter((each) => each.type === 'relation');
}

/** Which relations pg_dump takes when it is told this. */
function dumped(options: BackupOptions, of: DatabaseCatalog): Set<string> {
  const selection = resolveSelection(options, of);
  const excluded = new Set(selection.excludeTables.map(relationKey));
  const tables = new Set(selection.tables.map(relationKey));
  const schemas = new Set(selection.schemas);
  const without = new Set(selection.excludeSchemas);
  const taken = relations(of).filter(({ id, ref: table }) => {
    if (excluded.has(id) || without.has(table.schema)) return false;
    if (tables.size > 0) return tables.has(id);
    return schemas.size === 0 || schemas.has(table.schema);
  });
  return new Set(taken.map(({ id }) => id));
}

function marks({ schemas, tables, excludeTables }: BackupOptions): unknown {
  const short = (list: TableRef[]): string[] => list.map((t) => `${t.schema}.${t.name}`);
  return [schemas, tables && short(tables), short(excludeTables)];
}

describe('selectionTree', () => {
  it('nests partitions, leaves out what cannot be ticked, adds up sizes', () => {
    const shape = (each: SelectionNode): unknown =>
      each.type === 'schema'
        ? [each.schema, each.relations, each.children.map(shape)]
        : [each.ref.name, ...each.children.map(shape)];
    assert.deepEqual(selectionTree(catalog).schemas.map(shape), [
      ['app', 3, [['customers'], ['orders'], ['totals']]],
      [
        'log',
        4,
        [['events', ['events_2023'], ['events_2024', ['events_2024_a']], ['events_2022']]],
      ],
      ['archive', 2, [['notes']]],
      ['audit', 1, [['trail']]],
    ]);
    assert.equal(node('log.events').bytes, 3000);
    assert.equal(node('log.events').rows, 30);
  });

  it('offers a user table in a schema of an extension', () => {
    const more = sampleCatalog();
    more.relations.push(relation('cron.mine'));
    assert.deepEqual(
      selectionTree(more).schemas.map(({ schema }) => schema),
      ['app', 'log', 'archive', 'audit', 'cron'],
    );
  });

  it('shows nothing ticked for the whole database', () => {
    const options = backup();
    assert.equal(selectionMode(options), 'everything');
    for (const each of allNodes(selectionTree(catalog))) {
      assert.equal(stateOf(options, catalog, each), 'unchecked');
    }
    assert.equal(toggle(options, catalog, schemaNode('app'), false), options);
  });

  it('shows everything but the exclusions ticked when only those are given', () => {
    const options = backup({ excludeTables: [ref('app.orders')] });
    assert.equal(selectionMode(options), 'except');
    assert.equal(stateOf(options, catalog, schemaNode('audit')), 'checked');
    assert.equal(stateOf(options, catalog, schemaNode('app')), 'mixed');
    assert.equal(stateOf(options, catalog, node('app.orders')), 'unchecked');
    const back = toggle(options, catalog, node('app.orders'), true);
    assert.deepEqual(marks(back), [['app', 'log', 'archive', 'audit'], null, []]);
  });

  it('ticks and unticks', () => {
    const steps: [SelectionNode, boolean, unknown][] = [
      [schemaNode('app'), true, [['app'], null, []]],
      [node('app.orders'), false, [['app'], null, ['app.orders']]],
      [node('audit.trail'), true, [['app', 'audit'], null, ['app.orders']]],
      [node('app.orders'), true, [['app', 'audit'], null, []]],
      [schemaNode('audit'), false, [['app'], null, []]],
      [node('log.events'), true, [['app', 'log'], null, []]],
      [node('log.events_2023'), false, [['app', 'log'], null, ['log.events_2023']]],
      [node('log.events'), false, [['app'], null, []]],
      [node('app.orders'), false, [['app'], null, ['app.orders']]],
      [node('app.customers'), false, [['app'], null, ['app.orders', 'app.customers']]],
      [node('app.totals'), false, [null, null, []]],
      [node('app.totals'), true, [null, ['app.totals'], []]],
      [schemaNode('app'), true, [['app'], null, []]],
      [schemaNode('app'), false, [null, null, []]],
    ];
    let options = backup();
    for (const [each, checked, expected] of steps) {
      options = toggle(options, catalog, each, checked);
      assert.deepEqual(marks(options), expected, `${each.id} ${String(checked)}`);
    }
  });

  it('follows tables ticked one by one up to the whole schema', () => {
    let options = backup();
    for (const name of ['customers', 'orders', 'totals']) {
      assert.notEqual(stateOf(options, catalog, schemaNode('app')), 'checked');
      options = toggle(options, catalog, node(`app.${name}`), true);
    }
    assert.deepEqual(marks(options), [['app'], null, []]);
    assert.equal(stateOf(options, catalog, schemaNode('app')), 'checked');
  });

  it('ticks a partitioned table with all its partitions, wherever they live', () => {
    const options = toggle(backup(), catalog, node('log.events'), true);
    for (const name of ['log.events_2024_a', 'archive.events_2022']) {
      assert.equal(stateOf(options, catalog, node(name)), 'checked');
    }
    assert.equal(stateOf(options, catalog, schemaNode('archive')), 'mixed');
    const without = toggle(options, catalog, node('log.events_2024_a'), false);
    assert.equal(stateOf(without, catalog, node('log.events_2024')), 'mixed');
    assert.equal(stateOf(without, catalog, node('log.events')), 'mixed');
  });

  it('ticks all, and none', () => {
    const all = tickAll(backup({ excludeTables: [ref('app.orders')] }), catalog);
    for (const each of allNodes(selectionTree(catalog))) {
      assert.equal(stateOf(all, catalog, each), 'checked');
    }
    assert.deepEqual(resolveSelection(all, catalog).schemas, []);
    assert.equal(selectionMode(tickNone(all)), 'everything');
  });

  it('ticks several nodes as if one after another', () => {
    const nodes = [schemaNode('app'), node('log.events'), node('archive.events_2022')];
    for (const checked of [true, false]) {
      const start = checked ? backup() : tickAll(backup(), catalog);
      const single = nodes.reduce((o, each) => toggle(o, catalog, each, checked), start);
      const several = toggleAll(start, catalog, nodes, checked);
      for (const each of allNodes(selectionTree(catalog))) {
        assert.equal(stateOf(several, catalog, each), stateOf(single, catalog, each), each.id);
      }
    }
  });

  it('leaves the options it is given alone', () => {
    const options = backup({ schemas: ['app'], excludeTables: [ref('app.orders')] });
    const before = structuredClone(options);
    toggle(options, catalog, node('app.orders'), true);
    toggleData(options, catalog, node('app.orders'), false);
    assert.deepEqual(options, before);
  });

  const seed = 20261122;
  it(`dumps exactly what 400 random toggles show (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const nodes = allNodes(selectionTree(catalog));
    let options = backup();
    let exceptions = 0;
    for (let step = 0; step < 400; step++) {
      const each = nodes[Math.floor(random() * nodes.length)];
      assert.ok(each);
      const checked = random() < 0.5;
      const before = options;
      options = toggle(before, catalog, each, checked);
      const told = `step ${step}: ${each.id} ${String(checked)}\n${JSON.stringify(marks(before))}\n${JSON.stringify(marks(options))}`;
      if (selectionMode(options) === 'everything') continue;
      assert.equal(stateOf(options, catalog, each), checked ? 'checked' : 'unchecked', told);
      const taken = dumped(options, catalog);
      for (const { id, children } of relations(catalog)) {
        const leaf = nodes.find((n) => n.id === id);
        if (!leaf || children.length > 0) continue;
        assert.equal(
          stateOf(options, catalog, leaf),
          taken.has(id) ? 'checked' : 'unchecked',
          told,
        );
      }
      // Said as what is left out, it is the same dump, and the tree shows the same.
      const said = asException(options, catalog);
      if (said !== options) {
        exceptions++;
        assert.deepEqual([said.schemas, said.tables], [null, null], told);
        assert.deepEqual([...dumped(said, catalog)].sort(), [...taken].sort(), told);
        for (const every of nodes) {
          // Ticked table by table, a schema is ticked as a whole only here.
          if (every.type === 'schema') continue;
          assert.equal(stateOf(said, catalog, every), stateOf(options, catalog, every), told);
        }
        const again = nodes[Math.floor(random() * nodes.length)] ?? each;
        const next = toggle(said, catalog, again, !checked);
        if (selectionMode(next) !== 'everything') {
          const expected = checked ? 'unchecked' : 'checked';
          assert.equal(stateOf(next, catalog, again), expected, `${told}\nthen ${again.id}`);
        }
      }
      // What is neither the node nor below it stays as it was.
      const below = new Set<string>();
      const collect = (n: SelectionNode): void => {
        below.add(n.id);
        n.children.forEach(collect);
      };
      collect(each);
      if (selectionMode(before) === 'everything') continue;
      for (const other of relations(catalog)) {
        const inNode = each.type === 'schema' && other.ref.schema === each.schema;
        if (below.has(other.id) || inNode || other.children.length > 0) continue;
        assert.equal(
          taken.has(other.id),
          dumped(before, catalog).has(other.id),
          `${told}\n${other.id}`,
        );
      }
    }
    assert.ok(exceptions > 20, String(exceptions));
  });

  it('leaves out a schema of everything, and a table of what is left', () => {
    const all = tickAll(backup(), catalog);
    const without = asException(toggle(all, catalog, schemaNode('audit'), false), catalog);
    assert.deepEqual(without.excludeSchemas, ['audit']);
    assert.deepEqual(marks(without), [null, null, []]);
    assert.equal(selectionMode(without), 'except');
    assert.equal(stateOf(without, catalog, node('audit.trail')), 'unchecked');
    const more = asException(toggle(without, catalog, node('app.orders'), false), catalog);
    assert.deepEqual(more.excludeSchemas, ['audit']);
    assert.deepEqual(marks(more), [null, null, ['app.orders']]);
    const selection = resolveSelection(more, catalog);
    assert.deepEqual(selection.excludeSchemas, ['audit']);
    assert.deepEqual([selection.schemas, selection.tables], [[], []]);
  });

  it('takes the partitions of a table in a schema that is left out along', () => {
    const out = backup({ excludeSchemas: ['log'] });
    assert.equal(stateOf(out, catalog, node('archive.events_2022')), 'unchecked');
    const { excludeSchemas, excludeTables } = resolveSelection(out, catalog);
    assert.deepEqual(excludeSchemas, ['log']);
    assert.deepEqual(excludeTables, [ref('archive.events_2022')]);
  });

  it('leaves out rows, and takes them back for one partition', () => {
    let options = toggleData(backup(), catalog, node('log.events'), false);
    assert.deepEqual(options.excludeTableData, [ref('log.events')]);
    assert.equal(rowsStateOf(options, catalog, node('log.events_2024_a')), 'unchecked');
    options = toggleData(options, catalog, node('log.events_2024_a'), true);
    assert.equal(rowsStateOf(options, catalog, node('log.events_2024_a')), 'checked');
    assert.equal(rowsStateOf(options, catalog, node('log.events_2023')), 'unchecked');
    assert.equal(rowsStateOf(options, catalog, node('archive.events_2022')), 'unchecked');
    assert.equal(rowsStateOf(options, catalog, node('log.events')), 'mixed');
    options = toggleData(options, catalog, node('log.events'), true);
    assert.deepEqual(options.excludeTableData, []);
  });

  it('leaves out the rows of one partition deep down only', () => {
    const deep = sampleCatalog();
    deep.relations.push(relation('log.events_2024_b', { partitionOf: ref('log.events_2024') }));
    let options = toggleData(backup(), deep, node('log.events', deep), false);
    options = toggleData(options, deep, node('log.events_2024_a', deep), true);
    assert.equal(rowsStateOf(options, deep, node('log.events_2024_b', deep)), 'unchecked');
    assert.equal(rowsStateOf(options, deep, node('log.events_2024_a', deep)), 'checked');
  });

  it('leaves out the rows of a schema', () => {
    let options = toggleData(backup(), catalog, schemaNode('app'), false);
    assert.deepEqual(options.excludeTableData, [ref('app.customers'), ref('app.orders')]);
    assert.equal(rowsStateOf(options, catalog, schemaNode('app')), 'unchecked');
    options = toggleData(options, catalog, node('app.orders'), true);
    assert.equal(rowsStateOf(options, catalog, schemaNode('app')), 'mixed');
    assert.deepEqual(toggleData(options, catalog, schemaNode('app'), true).excludeTableData, []);
  });

  it('makes nodes when they are asked for, each once', () => {
    const whole = selectionTree(catalog);
    assert.equal(whole.size, allNodes(whole).length);
    const made = databaseObjects(sampleCatalog());
    let asked = 0;
    for (const { relations: entries } of made.index.schemas.values()) {
      for (const entry of entries) {
        const { relation: facts } = entry;
        Object.defineProperty(entry, 'relation', { get: () => (asked++, facts) });
      }
    }
    const [first, ...others] = made.tree.schemas;
    assert.ok(first && first.hasChildren && others.length > 0);
    assert.equal(asked, 0);
    const [child] = first.children;
    assert.ok(child);
    assert.equal(made.tree.node(child.id), child);
    assert.equal(made.tree.node(first.id), first);
    const below = allNodes({ ...made.tree, schemas: [first] }).length - 1;
    assert.equal(asked, below);
    assert.equal(made.tree.node('nothing'), undefined);
  });

  it('handles 20,000 tables', function () {
    // Anything quadratic takes minutes.
    const many: DatabaseCatalog = { ...sampleCatalog(), schemas: [], relations: [] };
    for (let s = 0; s < 20; s++) {
      many.schemas.push({ name: `s${s}`, extension: null });
      for (let t = 0; t < 1000; t++) many.relations.push(relation(`s${s}.t${t}`));
    }
    const tree = selectionTree(many);
    let options = backup();
    for (let t = 0; t < 20; t++) {
      options = toggle(options, many, node(`s0.t${t}`, many), true);
      for (const schema of tree.schemas) stateOf(options, many, schema);
    }
    assert.equal(stateOf(options, many, schemaNode('s0', many)), 'mixed');
    assert.equal(resolveSelection(options, many).tables.length, 20);
  });
});
