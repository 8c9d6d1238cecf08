import assert from 'node:assert/strict';
import { EntrySearch } from '../../../webview/archive/entries/entrySearch';
import { EntryStore, NO_DATA, UNKNOWN_SIZE } from '../../../webview/archive/entries/entryStore';
import { EntryTree } from '../../../webview/archive/entries/entryTree';
import { sortEntries } from '../../../webview/archive/entries/sortEntries';
import { sortInTimeSlices } from '../../../webview/archive/entries/timeSlices';
import { EntrySelection } from '../../../webview/archive/entries/entrySelection';
import { cpuTime } from '../../support/measure/cpuTime';
import { seededRandom } from '../../support/seededRandom';

interface Entry {
  desc: string;
  schema?: string;
  tag: string;
  size?: number;
  parent?: number;
  database?: number;
}

/** A store filled in pieces of `chunk`, as the host sends them. */
function storeOf(entries: Entry[], chunk = 3): EntryStore {
  const store = new EntryStore();
  let numbers = new Map<string, number>();
  for (let from = 0; from < entries.length; from += chunk) {
    const piece = entries.slice(from, from + chunk);
    // Every second piece begins a run of its own, with numbers of its own.
    const restart = (from / chunk) % 2 === 0;
    if (restart) numbers = new Map();
    const stringsFrom = numbers.size;
    const strings: string[] = [];
    const number = (text: string): number => {
      if (!numbers.has(text)) {
        numbers.set(text, numbers.size);
        strings.push(text);
      }
      return numbers.get(text) ?? -1;
    };
    const columns = {
      from,
      count: piece.length,
      tag: piece.map(({ tag }) => tag),
      desc: piece.map(({ desc }) => number(desc)),
      schema: piece.map(({ schema }) => (schema === undefined ? -1 : number(schema))),
      owner: piece.map(() => number('postgres')),
      section: piece.map(() => 1),
      dataBytes: piece.map(({ size }) => size ?? NO_DATA),
      parent: piece.map(({ parent }) => parent ?? -1),
      database: piece.map(({ database }) => database ?? -1),
      strings,
      stringsFrom,
      last: from + chunk >= entries.length,
    };
    store.add({ columns, restart });
  }
  return store;
}

const shop: Entry[] = [
  { desc: 'SCHEMA', tag: 'app' },
  { desc: 'EXTENSION', tag: 'pg_trgm' },
  { desc: 'TABLE', schema: 'app', tag: 'orders' },
  { desc: 'TABLE', schema: 'app', tag: 'customer' },
  { desc: 'TABLE DATA', schema: 'app', tag: 'orders', size: 500, parent: 2 },
  { desc: 'TABLE DATA', schema: 'app', tag: 'customer', size: UNKNOWN_SIZE, parent: 3 },
  { desc: 'INDEX', schema: 'app', tag: 'orders_total', parent: 2 },
  { desc: 'COMMENT', schema: 'app', tag: 'INDEX orders_total', parent: 6 },
  { desc: 'VIEW', schema: 'report', tag: 'Totals' },
];
const never = new AbortController().signal;

describe('The entries of the archive page', () => {
  it('keep names over pieces that number their strings anew', () => {
    const store = storeOf(shop);
    assert.equal(store.count, shop.length);
    shop.forEach((entry, id) => {
      assert.equal(store.desc(id), entry.desc);
      assert.equal(store.schema(id), entry.schema ?? null);
      assert.equal(store.tag(id), entry.tag);
      assert.equal(store.owner(id), 'postgres');
    });
    assert.equal(store.fullName(8), 'report.Totals');
  });

  it('add up what belongs together', () => {
    const store = storeOf(shop);
    assert.deepEqual(store.family(2), [2, 4, 6, 7]);
    assert.equal(store.total(2), 500);
    assert.equal(store.total(3), UNKNOWN_SIZE);
    assert.equal(store.total(8), NO_DATA);
    store.setSizes([-2, -2, -2, -2, 700, 20, -2, -2, -2], []);
    assert.equal(store.total(2), 700);
    assert.equal(store.total(3), 20);
  });

  it('know which data are cut, and what these belong to', () => {
    const store = storeOf(shop);
    assert.equal(store.cutCount, 0);
    store.setSizes([-2, -2, -2, -2, 700, 20, -2, -2, -2], [4]);
    assert.equal(store.cutCount, 1);
    assert.deepEqual([store.isCut(4), store.isCut(2), store.isCut(5)], [true, false, false]);
    assert.deepEqual(
      [4, 2, 3, 5].map((id) => store.holdsCut(id)),
      [true, true, false, false],
    );
  });

  it('survive entries that belong to each other', () => {
    const store = storeOf([
      { desc: 'TABLE', schema: 'a', tag: 'x', size: 5, parent: 1 },
      { desc: 'TABLE', schema: 'a', tag: 'y', parent: 0 },
      { desc: 'TABLE', schema: 'a', tag: 'z', parent: 2 },
      { desc: 'TABLE', schema: 'a', tag: 'v', parent: 99 },
    ]);
    const tree = new EntryTree(store, []);
    assert.deepEqual(store.family(0), [0, 1]);
    assert.ok(store.total(0) >= 5);
    assert.equal(tree.rows(() => true, null).length > 0, true);
  });
});

describe('The tree of the archive page', () => {
  const label = (store: EntryStore, tree: EntryTree, id: string): string => {
    const node = tree.find(id);
    if (node === null) return '?';
    return 'entry' in node ? store.tag(node.entry) : (node.group.name ?? 'none');
  };

  it('groups by schema and type, parts below what they belong to', () => {
    const store = storeOf(shop);
    const tree = new EntryTree(store, []);
    const rows = tree.rows(() => true, null);
    assert.deepEqual(
      rows.map(({ id, level }) => `${'  '.repeat(level - 1)}${label(store, tree, id)}`),
      [
        'none',
        '  SCHEMA',
        '    app',
        '  EXTENSION',
        '    pg_trgm',
        'app',
        '  TABLE',
        '    customer',
        '      customer',
        '    orders',
        '      orders',
        '      orders_total',
        '        INDEX orders_total',
        'report',
        '  VIEW',
        '    Totals',
      ],
    );
    const [, app] = tree.roots;
    assert.equal(app?.count, 2);
    assert.equal(app?.size, 500);
  });

  it('keeps the databases of a script apart', () => {
    const store = storeOf([
      { desc: 'ROLE', tag: 'deploy' },
      { desc: 'TABLE', schema: 'public', tag: 't', database: 0 },
      { desc: 'TABLE', schema: 'public', tag: 't', database: 1 },
    ]);
    const tree = new EntryTree(store, ['shop', 'audit', 'postgres']);
    assert.deepEqual(
      tree.roots.map(({ kind, name }) => [kind, name]),
      [
        ['database', null],
        ['database', 'audit'],
        ['database', 'postgres'],
        ['database', 'shop'],
      ],
    );
    // There is nothing to open in a database that is empty.
    const rows = tree.rows(() => false, null);
    assert.deepEqual(
      rows.map(({ expanded }) => expanded),
      [false, false, null, false],
    );
  });

  it('shows what a search found with what is above it, and tells the way to an entry', async () => {
    const store = storeOf(shop);
    const tree = new EntryTree(store, []);
    const found = await new EntrySearch(store).find('Orders_T index', never);
    assert.deepEqual([...(found?.ids ?? [])], [6, 7]);
    assert.ok(found);
    const rows = tree.rows(() => true, tree.withAncestors(found.fits, found.ids));
    assert.deepEqual(
      rows.map(({ id }) => label(store, tree, id)),
      ['app', 'TABLE', 'orders', 'orders_total', 'INDEX orders_total'],
    );
    assert.deepEqual(
      tree.pathTo(7).map((id) => label(store, tree, id)),
      ['app', 'TABLE', 'orders', 'orders_total'],
    );
  });
});

describe('The search of the archive page', () => {
  const many = storeOf(
    Array.from({ length: 3000 }, (_, i) => ({
      desc: i % 3 === 0 ? 'INDEX' : 'TABLE',
      schema: `s${i % 7}`,
      tag: `orders_${i}`,
    })),
    500,
  );

  it('finds the same whether a query is typed letter by letter or at once', async () => {
    const typing = new EntrySearch(many);
    for (const query of [
      'o',
      'or',
      'orders_1',
      'orders_12',
      'orders_12 ',
      'orders_12 in',
      's3',
      '',
    ]) {
      const step = await typing.find(query, never);
      const fresh = await new EntrySearch(many).find(query, never);
      assert.deepEqual(step?.ids, fresh?.ids, query);
    }
    const all = await typing.find('', never);
    assert.equal(all?.ids.length, 3000);
    const some = await typing.find('s3 orders_10 table', never);
    const expected = many.tags.flatMap((tag, id) =>
      id % 7 === 3 && id % 3 !== 0 && tag.startsWith('orders_10') ? [id] : [],
    );
    assert.ok(expected.length > 3);
    assert.deepEqual([...(some?.ids ?? [])], expected);
  });

  it('is called off between two slices', async () => {
    const controller = new AbortController();
    controller.abort();
    assert.equal(await new EntrySearch(many).find('orders', controller.signal), null);
  });
});

describe('The list of the archive page', () => {
  it('sorts like Array.sort, stable, in slices', async () => {
    const random = seededRandom(7);
    for (const length of [0, 1, 511, 512, 513, 5000]) {
      const keys = Array.from({ length }, () => Math.floor(random() * 50));
      const compare = (a: number, b: number): number => (keys[a] ?? 0) - (keys[b] ?? 0);
      const ids = Int32Array.from(keys.keys());
      const sorted = await sortInTimeSlices(ids, compare, never);
      assert.deepEqual([...(sorted ?? [])], [...keys.keys()].sort(compare), `of ${length}`);
    }
  });

  it('sorts by any column, equals by name', async () => {
    const store = storeOf(shop);
    const by = async (
      key: 'name' | 'size' | 'schema' | 'type',
      descending = false,
    ): Promise<string[]> => {
      const ids = await sortEntries(store, null, { key, descending }, never);
      return [...(ids ?? [])].map((id) => store.tag(id));
    };
    assert.equal((await by('size', true))[0], 'orders');
    assert.equal((await by('name'))[0], 'INDEX orders_total');
    assert.equal((await by('schema', true))[0], 'Totals');
    assert.equal((await by('type'))[0], 'INDEX orders_total');
  });
});

describe('The ticks of the archive page', () => {
  it('show groups and families as all, some or none', () => {
    const store = storeOf(shop);
    const tree = new EntryTree(store, []);
    const [none, app, report] = tree.roots;
    assert.ok(none && app && report);
    let ticks = EntrySelection.none.with(store.family(2), true);
    assert.equal(ticks.stateOf(store, 2), 'checked');
    assert.equal(ticks.stateOfGroup(tree, app), 'mixed');
    assert.equal(ticks.stateOfGroup(tree, report), 'unchecked');
    ticks = ticks.with([7], false);
    assert.equal(ticks.stateOf(store, 2), 'mixed');
    ticks = ticks.with(tree.entriesBelow(app), true);
    assert.equal(ticks.stateOfGroup(tree, app), 'checked');
    assert.deepEqual(ticks.ids(), [2, 3, 4, 5, 6, 7]);
    assert.equal(EntrySelection.none.size, 0);
  });

  it('know the types, schemas and bytes of what is ticked, also when sizes come later', () => {
    const store = storeOf(shop);
    const ticks = EntrySelection.of([4, 5, 8, 1]);
    const { descs, schemas, bytes } = ticks.facts(store);
    assert.deepEqual([...descs].sort(), ['EXTENSION', 'TABLE DATA', 'VIEW']);
    assert.deepEqual(schemas, ['app', 'report']);
    assert.equal(bytes, 500);
    store.setSizes(
      shop.map(({ size }) => (size === UNKNOWN_SIZE ? 70 : (size ?? NO_DATA))),
      [],
    );
    assert.equal(ticks.facts(store).bytes, 570);
  });

  it('are counted by group whatever belongs to what, circles and long chains included', () => {
    const count = 100_000;
    const chain = Array.from({ length: count }, (_, id): Entry => {
      return { desc: 'TABLE', schema: 's', tag: `t${id}`, parent: (id + 1) % count };
    });
    const store = storeOf(chain, 10_000);
    const start = cpuTime();
    const tree = new EntryTree(store, []);
    const [schema] = tree.roots;
    assert.ok(schema);
    const all = EntrySelection.of(chain.map((_, id) => id));
    assert.equal(tree.totalOf(schema), count);
    assert.equal(all.stateOfGroup(tree, schema), 'checked');
    assert.equal(all.with([5], false).stateOfGroup(tree, schema), 'mixed');
    assert.equal(tree.entriesBelow(schema).length, count);
    assert.ok(cpuTime() - start < 5000);
  });
});
