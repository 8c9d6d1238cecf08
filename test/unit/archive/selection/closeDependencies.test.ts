import assert from 'node:assert/strict';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { closeDependencies } from '../../../../src/core/archive/selection/closeDependencies';
import { refreshedEmpty } from '../../../../src/core/archive/selection/refreshRows';
import {
  entriesByDumpIds,
  selectEntries,
} from '../../../../src/core/archive/selection/restoreList';
import { seededRandom } from '../../../support/seededRandom';
import type { BuiltEntry } from '../buildArchive';
import { fixture } from '../files';
import { built, entry, name, tables } from './entries';

/** Materialized views over a view with a query of its own, partitions, a child by inheritance. */
const readByViews: BuiltEntry[] = [
  entry(1, 'TABLE', 'base', []),
  entry(2, 'TABLE', 'part', []),
  entry(3, 'TABLE ATTACH', 'part', [1, 2]),
  entry(4, 'TABLE', 'child', [1]),
  entry(5, 'TABLE', 'other', []),
  entry(10, 'VIEW', 'v', []),
  entry(11, 'FUNCTION', 'f()', [5]),
  entry(20, 'MATERIALIZED VIEW', 'mv', [10]),
  entry(21, 'MATERIALIZED VIEW', 'mv2', [20]),
  entry(22, 'MATERIALIZED VIEW', 'mv3', [11]),
  entry(30, 'TABLE DATA', 'base', [1], { section: 3, data: 'x' }),
  entry(31, 'TABLE DATA', 'part', [2], { section: 3, data: 'x' }),
  entry(32, 'TABLE DATA', 'child', [4], { section: 3, data: 'x' }),
  entry(33, 'TABLE DATA', 'other', [5], { section: 3, data: 'x' }),
  entry(39, 'RULE', 'v _RETURN', [10, 1], { section: 4 }),
  entry(40, 'MATERIALIZED VIEW DATA', 'mv', [20], { section: 4 }),
  entry(41, 'MATERIALIZED VIEW DATA', 'mv2', [21, 40], { section: 4 }),
  entry(42, 'MATERIALIZED VIEW DATA', 'mv3', [22], { section: 4 }),
];

describe('the closure of a selection', () => {
  it('has what the entries need, and says what was added', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = await selectEntries(toc, tables('app.orders', 'app.customer'));
    const closed = await closeDependencies(toc, indexes);
    assert.deepEqual(
      closed.added.map((i) => name(toc, i)),
      [
        'SCHEMA app',
        'EXTENSION pg_trgm',
        'TYPE addr',
        'DOMAIN email',
        'TYPE status',
        'FUNCTION touch()',
        'PUBLICATION pub_all',
      ],
    );
    assert.deepEqual(closed.addedByType, [
      { desc: 'SCHEMA', count: 1 },
      { desc: 'EXTENSION', count: 1 },
      { desc: 'TYPE', count: 2 },
      { desc: 'DOMAIN', count: 1 },
      { desc: 'FUNCTION', count: 1 },
      { desc: 'PUBLICATION', count: 1 },
    ]);
    assert.deepEqual(
      [...closed.indexes].sort((a, b) => a - b),
      closed.indexes,
    );
    assert.equal(closed.indexes.length, indexes.length + closed.added.length);
  });

  it('of a view has its tables, without their rows', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = await selectEntries(toc, tables('app.v_paid'));
    const added = (await closeDependencies(toc, indexes)).added.map((i) => name(toc, i));
    assert.deepEqual(added, [
      'SCHEMA app',
      'TYPE addr',
      'DOMAIN email',
      'TYPE status',
      'TABLE customer',
      'TABLE orders',
    ]);
  });

  it('of a materialized view has the rows that its refresh reads, wherever they are', async () => {
    for (const major of [12, 15, 18]) {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes } = await selectEntries(toc, tables('app.mv_totals'));
      const added = (await closeDependencies(toc, indexes)).added.map((i) => name(toc, i));
      assert.ok(added.includes('TABLE DATA orders'), `${major}: ${added.join(', ')}`);
      // A table that is referred to is not read.
      assert.ok(!added.includes('TABLE DATA customer'));
    }
    const toc = await built(readByViews);
    const of = async (...ids: number[]): Promise<string[]> =>
      (await closeDependencies(toc, entriesByDumpIds(toc, ids))).added.map((i) => name(toc, i));
    assert.deepEqual(
      await of(20),
      ['TABLE base', 'VIEW v', 'RULE v _RETURN'],
      'the definition alone',
    );
    const rows = ['TABLE DATA base', 'TABLE DATA part', 'TABLE DATA child'];
    const attached = ['TABLE child', 'TABLE ATTACH part', 'TABLE part'];
    const all = ['TABLE base', ...attached, 'VIEW v', 'RULE v _RETURN', ...rows];
    assert.deepEqual((await of(20, 40)).sort(), [...all].sort());
    const outer = (await of(21, 41)).sort();
    const inner = ['MATERIALIZED VIEW mv', 'MATERIALIZED VIEW DATA mv'];
    assert.deepEqual(outer, [...all, ...inner].sort(), 'one over another');
    const without = (...ids: number[]): string[] => refreshedEmpty(toc, entriesByDumpIds(toc, ids));
    assert.deepEqual(without(1, 10, 20, 40), ['app.mv'], 'made empty');
    assert.deepEqual(without(1, 30, 10, 39, 20, 40), [], 'all that is made has its rows');
    assert.deepEqual(without(20, 40), [], 'the tables are there already');
    assert.deepEqual(without(1, 20), []);
    assert.deepEqual(
      await of(22, 42),
      ['TABLE other', 'FUNCTION f()', 'TABLE DATA other'],
      'a function',
    );
  });

  it('is closed, whatever was selected', async () => {
    const seed = 20261122;
    const random = seededRandom(seed);
    const toc = await readToc(fixture('mini.17.dump'));
    const relations = toc
      .listed()
      .filter((i) => /^(TABLE|VIEW|MATERIALIZED VIEW)$/.test(toc.desc(i)));
    for (let run = 0; run < 200; run++) {
      const refs = relations
        .filter(() => random() < 0.1)
        .map((i) => ({ schema: toc.schema(i) ?? '', name: toc.tag(i) }));
      const { indexes } = await selectEntries(toc, { schemas: null, tables: refs });
      const closed = await closeDependencies(toc, indexes);
      assert.deepEqual(
        (await closeDependencies(toc, closed.indexes)).added,
        [],
        `seed ${seed}, run ${run}`,
      );
      for (const i of closed.indexes) {
        const schema = toc.schema(i);
        if (schema === null || schema === 'public') continue;
        assert.ok(
          closed.indexes.some((k) => name(toc, k) === `SCHEMA ${schema}`),
          name(toc, i),
        );
      }
    }
  });
});
