import assert from 'node:assert/strict';
import {
  filterTree,
  parentRow,
  treeRows,
  type TreeShape,
  typeAhead,
} from '../../../webview/shared/tree/rows';

interface Node {
  id: string;
  children: Node[];
}
const leaf = (id: string): Node => ({ id, children: [] });

const roots: Node[] = [
  {
    id: 'app',
    children: [leaf('orders'), { id: 'log', children: [leaf('log_1'), leaf('log_2')] }],
  },
  { id: 'empty', children: [] },
  { id: 'audit', children: [leaf('orders_old')] },
];
const shape: TreeShape<Node> = { roots, id: (n) => n.id, children: (n) => n.children };
const brief = (rows: ReturnType<typeof treeRows>): string[] =>
  rows.map((r) => `${r.level}:${r.id}:${r.position}/${r.setSize}:${String(r.expanded)}`);

describe('rows of a tree', () => {
  it('shows the top while everything is closed', () => {
    assert.deepEqual(brief(treeRows(shape, () => false, null)), [
      '1:app:1/3:false',
      '1:empty:2/3:null',
      '1:audit:3/3:false',
    ]);
  });

  it('goes down as deep as nodes are open', () => {
    const rows = treeRows(shape, (id) => id === 'app' || id === 'log', null);
    assert.deepEqual(brief(rows), [
      '1:app:1/3:true',
      '2:orders:1/2:null',
      '2:log:2/2:true',
      '3:log_1:1/2:null',
      '3:log_2:2/2:null',
      '1:empty:2/3:null',
      '1:audit:3/3:false',
    ]);
    assert.equal(parentRow(rows, 3), 2);
    assert.equal(parentRow(rows, 2), 0);
    assert.equal(parentRow(rows, 5), -1);
  });

  it('filters by every word, opens what holds a match, and counts matches only', () => {
    const filter = filterTree(shape, (n) => n.id, 'OLD  ord');
    assert.equal(filter?.matches, 1);
    assert.deepEqual(filter.hits, ['orders_old']);
    assert.deepEqual(brief(treeRows(shape, () => false, filter)), [
      '1:audit:1/1:true',
      '2:orders_old:1/1:null',
    ]);
  });

  it('keeps what is below a match within reach, but closed', () => {
    const filter = filterTree(shape, (n) => n.id, 'audit');
    assert.deepEqual(filter?.hits, ['audit']);
    assert.deepEqual(brief(treeRows(shape, () => false, filter)), ['1:audit:1/1:false']);
    assert.deepEqual(brief(treeRows(shape, () => true, filter)), [
      '1:audit:1/1:true',
      '2:orders_old:1/1:null',
    ]);
  });

  it('an empty query filters nothing, one without a match leaves nothing', () => {
    assert.equal(
      filterTree(shape, (n) => n.id, '  '),
      null,
    );
    const none = filterTree(shape, (n) => n.id, 'zzz');
    assert.deepEqual(
      treeRows(shape, () => true, none),
      [],
    );
  });

  it('finds the next row by its first letters, around the end', () => {
    const rows = treeRows(shape, () => true, null);
    const label = (id: string): string => id;
    const at = (prefix: string, start: number): string | undefined =>
      rows[typeAhead(rows, label, prefix, start)]?.id;
    assert.equal(at('l', 0), 'log');
    assert.equal(at('l', 3), 'log_1');
    assert.equal(at('A', 1), 'audit');
    assert.equal(at('ap', 3), 'app');
    assert.equal(at('x', 0), undefined);
  });

  it('holds 200,000 nodes', () => {
    const many: Node[] = Array.from({ length: 20 }, (_, s) => ({
      id: `s${s}`,
      children: Array.from({ length: 10_000 }, (_, t) => leaf(`s${s}.t${t}`)),
    }));
    const large: TreeShape<Node> = { ...shape, roots: many };
    const filter = filterTree(large, (n) => n.id, 't');
    assert.equal(filter?.matches, 200_000);
    assert.equal(treeRows(large, () => false, filter).length, 200_020);
  });
});
