import assert from 'node:assert/strict';
import type { BackupContents } from '../../../../src/core/model/archive';
import type { RestoreOptions } from '../../../../src/core/model/options';
import { relationKey } from '../../../../src/core/forms/selection/catalogIndex';
import {
  chosenContents,
  contentsTree,
  stateOfContents,
  toggleContents,
} from '../../../../src/core/forms/selection/contentsTree';

const contents: BackupContents = {
  schemas: ['public', 'app'],
  tables: [
    { schema: 'app', name: 'orders' },
    { schema: 'app', name: 'Customers' },
    { schema: 'public', name: 'app' },
    { schema: 'hidden', name: 't' },
  ],
  functions: 0,
  views: 0,
  sequences: 0,
  indexes: 0,
  triggers: 0,
  constraints: 0,
  hasBlobs: false,
  largeObjects: 0,
};
const tree = contentsTree(contents);
type Selection = Pick<RestoreOptions, 'schemas' | 'tables'>;
const nothing: Selection = { schemas: null, tables: null };

function node(schema: string, table?: string) {
  const found = tree.byId.get(
    table === undefined ? JSON.stringify(schema) : relationKey({ schema, name: table }),
  );
  assert.ok(found, `${schema}.${table ?? '*'} is in the tree`);
  return found;
}
const state = (selection: Selection, schema: string, table?: string): string =>
  stateOfContents(chosenContents(selection), node(schema, table));

describe('ticks over the contents of an archive', () => {
  it('sorts schemas and tables, and takes a schema that only its tables tell of', () => {
    assert.deepEqual(
      tree.schemas.map((s) => [s.schema, s.children.map((t) => t.table?.name)]),
      [
        ['app', ['Customers', 'orders']],
        ['hidden', ['t']],
        ['public', ['app']],
      ],
    );
  });

  it('nothing ticked shows nothing ticked', () => {
    assert.equal(state(nothing, 'app'), 'unchecked');
    assert.equal(state(nothing, 'app', 'orders'), 'unchecked');
  });

  it('a ticked schema is a schema, its tables follow', () => {
    const one = toggleContents(nothing, tree, node('app'), true);
    assert.deepEqual(one, { schemas: ['app'], tables: null });
    assert.equal(state(one, 'app', 'orders'), 'checked');
    assert.equal(state(one, 'public', 'app'), 'unchecked');
    assert.deepEqual(toggleContents(one, tree, node('app'), false), nothing);
  });

  it('a ticked table leaves its schema mixed', () => {
    const one = toggleContents(nothing, tree, node('app', 'orders'), true);
    assert.deepEqual(one, { schemas: null, tables: [{ schema: 'app', name: 'orders' }] });
    assert.equal(state(one, 'app'), 'mixed');
    assert.deepEqual(toggleContents(one, tree, node('app', 'orders'), false), nothing);
  });

  it('ticking a schema takes its tables out of the list, and nobody else’s', () => {
    const tables = [
      { schema: 'app', name: 'orders' },
      { schema: 'public', name: 'app' },
    ];
    assert.deepEqual(toggleContents({ schemas: null, tables }, tree, node('app'), true), {
      schemas: ['app'],
      tables: [{ schema: 'public', name: 'app' }],
    });
  });

  it('a table unticked in a ticked schema leaves the other tables', () => {
    const all = { schemas: ['app', 'public'], tables: [{ schema: 'hidden', name: 't' }] };
    assert.deepEqual(toggleContents(all, tree, node('app', 'orders'), false), {
      schemas: ['public'],
      tables: [
        { schema: 'hidden', name: 't' },
        { schema: 'app', name: 'Customers' },
      ],
    });
  });

  it('all tables ticked one by one do not bring the schema’s functions along', () => {
    const one = toggleContents(nothing, tree, node('app', 'orders'), true);
    const both = toggleContents(one, tree, node('app', 'Customers'), true);
    assert.equal(both.schemas, null);
    assert.equal(state(both, 'app'), 'mixed');
  });

  it('ticking what is ticked already changes nothing', () => {
    const schema = { schemas: ['app'], tables: null };
    assert.deepEqual(toggleContents(schema, tree, node('app', 'orders'), true), schema);
    const table = { schemas: null, tables: [{ schema: 'app', name: 'orders' }] };
    assert.deepEqual(toggleContents(table, tree, node('app', 'orders'), true), table);
  });
});
