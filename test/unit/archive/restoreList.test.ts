import assert from 'node:assert/strict';
import { memorySource } from '../../support/memorySource';
import { closeDependencies } from '../../../src/core/archive/selection/closeDependencies';
import {
  entriesByDumpIds,
  selectEntries,
  writeListLines,
} from '../../../src/core/archive/selection/restoreList';
import { refreshedEmpty } from '../../../src/core/archive/selection/refreshRows';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import type { Toc } from '../../../src/core/archive/toc/toc';
import { readToc, readTocFrom } from '../../../src/core/archive/file/tocReader';
import { AppError } from '../../../src/core/errors';
import type { TableRef } from '../../../src/core/model/options';
import { seededRandom } from '../../support/seededRandom';
import { buildArchive, type BuiltEntry } from './buildArchive';
import { fixture } from './files';

async function built(entries: readonly BuiltEntry[]): Promise<Toc> {
  const bytes = buildArchive(entries);
  const place = { path: 'x', file: 'x', container: 'custom' as const, start: 0, end: bytes.length };
  return readTocFrom(memorySource(bytes), place);
}

const name = (toc: Toc, i: number): string => `${toc.desc(i)} ${toc.tag(i)}`;
const tables = (...refs: string[]): { schemas: null; tables: TableRef[] } => ({
  schemas: null,
  tables: refs.map((ref) => {
    const dot = ref.indexOf('.');
    return { schema: ref.slice(0, dot), name: ref.slice(dot + 1) };
  }),
});

function selected(toc: Toc, ...refs: string[]): string[] {
  return selectEntries(toc, tables(...refs)).indexes.map((i) => name(toc, i));
}

const entry = (
  dumpId: number,
  desc: string,
  tag: string,
  dependencies: number[],
  more: object = {},
): BuiltEntry => ({
  dumpId,
  desc,
  tag,
  schema: 'app',
  owner: 'me',
  definition: `-- ${tag};\n`,
  section: 2,
  dependencies,
  ...more,
});

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

describe('the entries of a selection', () => {
  for (const major of [12, 13, 14, 15, 16, 17, 18]) {
    it(`bring along what belongs to a table (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes, leftOut } = selectEntries(toc, tables('app.orders'));
      assert.deepEqual(indexes.map((i) => name(toc, i)).sort(), [
        'ACL TABLE orders',
        'COMMENT COLUMN orders.note',
        'COMMENT TABLE orders',
        'CONSTRAINT orders orders_pkey',
        'INDEX orders_cust',
        'INDEX orders_note_trgm',
        'POLICY orders only paid',
        'PUBLICATION TABLE pub_all orders',
        'ROW SECURITY orders',
        'SEQUENCE SET orders_id_seq',
        'SEQUENCE orders_id_seq',
        'STATISTICS st_orders',
        'TABLE DATA orders',
        'TABLE orders',
      ]);
      assert.deepEqual(
        leftOut.map((e) => [e.desc, e.tag, e.why]),
        [['FK CONSTRAINT', 'orders orders_customer_id_fkey', 'references']],
      );
      assert.deepEqual(
        indexes,
        [...indexes].sort((a, b) => a - b),
      );
    });

    it(`bring the partitions of a table, and only those (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const ofLog = selected(toc, 'audit.log');
      const partitions = ['log default', 'log_2023', 'log_2024'];
      for (const partition of partitions) {
        assert.ok(ofLog.includes(`TABLE ${partition}`));
        assert.ok(ofLog.includes(`TABLE DATA ${partition}`));
        assert.ok(ofLog.includes(`CONSTRAINT ${partition} ${partition}_pkey`));
        assert.ok(ofLog.includes(`INDEX ${partition}_who_idx`));
        assert.ok(ofLog.includes(`INDEX ATTACH ${partition}_pkey`));
        assert.equal(ofLog.includes(`TABLE ATTACH ${partition}`), major >= 14);
      }
      for (const own of ['SEQUENCE log_id_seq', 'SEQUENCE OWNED BY log_id_seq', 'DEFAULT log id']) {
        assert.ok(ofLog.includes(own), own);
      }
      assert.deepEqual(selectEntries(toc, tables('audit.log')).leftOut, []);
      // A child by inheritance is a table of its own.
      assert.deepEqual(selected(toc, 'app.parent_inh').sort(), [
        'ACL TABLE parent_inh',
        'TABLE DATA parent_inh',
        'TABLE parent_inh',
      ]);
    });

    it(`of a partition alone leave its attaching out (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes, leftOut } = selectEntries(toc, tables('audit.log_2023'));
      assert.deepEqual(indexes.map((i) => name(toc, i)).sort(), [
        'CONSTRAINT log_2023 log_2023_pkey',
        'INDEX log_2023_who_idx',
        'TABLE DATA log_2023',
        'TABLE log_2023',
      ]);
      assert.ok(leftOut.every((e) => e.why === 'parent'));
      assert.equal(leftOut.length, major >= 14 ? 3 : 2);
      const closed = closeDependencies(toc, indexes).added.map((i) => name(toc, i));
      // Before 14 the partition's own definition attaches it, so the parent must be there.
      const parent = major < 14 ? ['TABLE log'] : [];
      assert.deepEqual(closed.sort(), ['SCHEMA audit', 'SEQUENCE log_id_seq', ...parent].sort());
    });

    it(`of a schema are all in it, and itself (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes, leftOut } = selectEntries(toc, { schemas: ['app'], tables: null });
      const expected = toc
        .listed()
        .filter(
          (i) =>
            toc.schema(i) === 'app' ||
            /^SCHEMA app$/.test(toc.tag(i)) ||
            name(toc, i) === 'SCHEMA app',
        );
      assert.deepEqual(indexes, expected);
      assert.ok(indexes.length > 50);
      assert.deepEqual(leftOut, []);
    });
  }

  it('of a schema leave out foreign keys into others', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes, leftOut } = selectEntries(toc, { schemas: ['Sales Dept'], tables: null });
    assert.deepEqual(
      leftOut.map((e) => e.tag),
      ['Order Details Order Details_order_id_fkey'],
    );
    assert.ok(!indexes.some((i) => toc.desc(i) === 'FK CONSTRAINT'));
    const both = selectEntries(toc, {
      schemas: ['Sales Dept'],
      ...{ tables: tables('app.orders').tables },
    });
    assert.ok(both.indexes.some((i) => toc.tag(i) === 'Order Details Order Details_order_id_fkey'));
    assert.deepEqual(
      both.leftOut.map((e) => e.tag),
      ['orders orders_customer_id_fkey'],
    );
  });

  it('have foreign keys where both ends are ticked', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const names = selected(toc, 'app.orders', 'app.customer');
    assert.ok(names.includes('FK CONSTRAINT orders orders_customer_id_fkey'));
    assert.ok(names.includes('TRIGGER customer touch_customer'));
    assert.ok(names.includes('ACL COLUMN customer.id'));
    assert.ok(!names.some((n) => n.includes('Order Details')));
  });

  it('are told apart by exact names', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const cases: [string, string[]][] = [
      ['Sales Dept.mixedcase', ['mixedcase', 'mixedcase_id_seq']],
      ['public.under_score', ['under_score']],
      ['public.new\nline', ['new\nline']],
      ['public."fully quoted"', ['"fully quoted"']],
      ['public. lead', [' lead']],
      ['public.semi;colon', ['semi;colon']],
      ['naïve✓.таблица', ['таблица', 'таблица_id_seq']],
    ];
    for (const [ref, relations] of cases) {
      const indexes = selectEntries(toc, tables(ref)).indexes;
      const found = indexes.filter((i) => ['TABLE', 'SEQUENCE'].includes(toc.desc(i)));
      assert.deepEqual(found.map((i) => toc.tag(i)).sort(), [...relations].sort(), ref);
    }
  });

  it('may be views and sequences', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    assert.deepEqual(selected(toc, 'app.v_paid').sort(), [
      'ACL TABLE v_paid',
      'RULE v_paid r_ins',
      'VIEW v_paid',
    ]);
    assert.deepEqual(selected(toc, 'app.mv_totals').sort(), [
      'ACL TABLE mv_totals',
      'INDEX mv_totals_u',
      'MATERIALIZED VIEW DATA mv_totals',
      'MATERIALIZED VIEW mv_totals',
    ]);
    assert.deepEqual(selected(toc, 'app.global_seq').sort(), [
      'SEQUENCE SET global_seq',
      'SEQUENCE global_seq',
    ]);
  });

  it('that are not there are an error', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    for (const selection of [
      tables('app.nosuch'),
      tables('public.orders'),
      { schemas: ['nosuch'], tables: null },
    ]) {
      assert.throws(
        () => selectEntries(toc, selection),
        (e) => AppError.is(e, 'objectUnknown'),
      );
    }
  });

  it('are all that pg_restore lists, without a selection', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    assert.equal(selectEntries(toc, { schemas: null, tables: null }).indexes.length, 182);
    assert.deepEqual(selectEntries(toc, { schemas: [], tables: [] }).indexes, []);
  });

  it('belong to the table that their name and dependencies say', async () => {
    // Names that begin with each other and a blank.
    const toc = await built([
      { dumpId: 1, desc: 'TABLE', tag: 'a', schema: 's' },
      { dumpId: 2, desc: 'TABLE', tag: 'a b', schema: 's' },
      { dumpId: 3, desc: 'TABLE', tag: 'a b', schema: 'other' },
      {
        dumpId: 4,
        desc: 'FK CONSTRAINT',
        tag: 'a b c',
        schema: 's',
        section: 4,
        dependencies: [1, 2],
      },
      { dumpId: 5, desc: 'CONSTRAINT', tag: 'a b c', schema: 's', section: 4, dependencies: [1] },
      { dumpId: 6, desc: 'POLICY', tag: 'a p', schema: 's', section: 4, dependencies: [2, 1, 3] },
      {
        dumpId: 7,
        desc: 'TRIGGER',
        tag: 'a b t',
        schema: 'other',
        section: 4,
        dependencies: [2, 3],
      },
      { dumpId: 8, desc: 'STATISTICS', tag: 'st', schema: 'other', section: 4, dependencies: [1] },
      {
        dumpId: 9,
        desc: 'COMMENT',
        tag: 'STATISTICS st',
        schema: 'other',
        section: 1,
        dependencies: [8],
      },
    ]);
    assert.deepEqual(selected(toc, 's.a'), [
      'TABLE a',
      'CONSTRAINT a b c',
      'POLICY a p',
      'STATISTICS st',
      'COMMENT STATISTICS st',
    ]);
    assert.deepEqual(selected(toc, 'other.a b'), ['TABLE a b', 'TRIGGER a b t']);
    assert.deepEqual(
      selectEntries(toc, tables('s.a b')).leftOut.map((e) => e.dumpId),
      [4],
    );
  });

  it('of an archive of data alone are found by name', async () => {
    const toc = await built([
      { dumpId: 1, desc: 'TABLE DATA', tag: 'orders', schema: 's', data: '' },
      {
        dumpId: 2,
        desc: 'TABLE DATA',
        tag: 'orders_old',
        schema: 's',
        data: '',
        dependencies: [1],
      },
      { dumpId: 3, desc: 'SEQUENCE SET', tag: 'orders_id_seq', schema: 's', section: 3 },
      { dumpId: 4, desc: 'SEQUENCE SET', tag: 'orders_old_id_seq', schema: 's', section: 3 },
    ]);
    assert.deepEqual(selected(toc, 's.orders'), [
      'TABLE DATA orders',
      'SEQUENCE SET orders_id_seq',
    ]);
    const old = selectEntries(toc, tables('s.orders_old'));
    assert.deepEqual(closeDependencies(toc, old.indexes).added, []);
  });

  it('are written as a list of ids', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = selectEntries(toc, tables('app.parent_inh'));
    assert.equal(writeListLines(toc, indexes), '267;\n3835;\n3812;\n');
  });
});

describe('entries chosen by their numbers', () => {
  it('come in the order of the archive, each once, and nothing else', async () => {
    const toc = await readToc(fixture('mini.17.dump'));
    const listed = toc.listed();
    const [first, second, third] = [listed[3]!, listed[40]!, listed[41]!];
    const numbers = [third, first, second, first].map((i) => toc.dumpId(i));
    assert.deepEqual(entriesByDumpIds(toc, numbers), [first, second, third]);
    const lines = writeListLines(toc, entriesByDumpIds(toc, numbers));
    assert.equal(lines, [first, second, third].map((i) => `${toc.dumpId(i)};\n`).join(''));
    assert.deepEqual(entriesByDumpIds(toc, []), []);
  });

  it('that the archive does not have are refused', async () => {
    const toc = await readToc(fixture('mini.17.dump'));
    for (const number of [0, -1, 2 ** 31 - 1, 2 ** 40]) {
      assert.throws(
        () => entriesByDumpIds(toc, [number]),
        (e) => AppError.is(e, 'objectUnknown') && e.details.name === String(number),
      );
    }
  });
});

describe('the closure of a selection', () => {
  it('has what the entries need, and says what was added', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = selectEntries(toc, tables('app.orders', 'app.customer'));
    const closed = closeDependencies(toc, indexes);
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
    const { indexes } = selectEntries(toc, tables('app.v_paid'));
    const added = closeDependencies(toc, indexes).added.map((i) => name(toc, i));
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
      const { indexes } = selectEntries(toc, tables('app.mv_totals'));
      const added = closeDependencies(toc, indexes).added.map((i) => name(toc, i));
      assert.ok(added.includes('TABLE DATA orders'), `${major}: ${added.join(', ')}`);
      // A table that is referred to is not read.
      assert.ok(!added.includes('TABLE DATA customer'));
    }
    const toc = await built(readByViews);
    const of = (...ids: number[]): string[] =>
      closeDependencies(toc, entriesByDumpIds(toc, ids)).added.map((i) => name(toc, i));
    assert.deepEqual(of(20), ['TABLE base', 'VIEW v', 'RULE v _RETURN'], 'the definition alone');
    const rows = ['TABLE DATA base', 'TABLE DATA part', 'TABLE DATA child'];
    const attached = ['TABLE child', 'TABLE ATTACH part', 'TABLE part'];
    const all = ['TABLE base', ...attached, 'VIEW v', 'RULE v _RETURN', ...rows];
    assert.deepEqual(of(20, 40).sort(), [...all].sort());
    const outer = of(21, 41).sort();
    const inner = ['MATERIALIZED VIEW mv', 'MATERIALIZED VIEW DATA mv'];
    assert.deepEqual(outer, [...all, ...inner].sort(), 'one over another');
    const without = (...ids: number[]): string[] => refreshedEmpty(toc, entriesByDumpIds(toc, ids));
    assert.deepEqual(without(1, 10, 20, 40), ['app.mv'], 'made empty');
    assert.deepEqual(without(1, 30, 10, 39, 20, 40), [], 'all that is made has its rows');
    assert.deepEqual(without(20, 40), [], 'the tables are there already');
    assert.deepEqual(without(1, 20), []);
    assert.deepEqual(of(22, 42), ['TABLE other', 'FUNCTION f()', 'TABLE DATA other'], 'a function');
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
      const { indexes } = selectEntries(toc, { schemas: null, tables: refs });
      const closed = closeDependencies(toc, indexes);
      assert.deepEqual(
        closeDependencies(toc, closed.indexes).added,
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

describe('the plan of a restore', () => {
  it('leaves out what pg_restore is told to', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const types = (parts: Parameters<typeof restorePlan>[2]): Set<string> =>
      new Set(restorePlan(toc, null, parts).order.map((i) => toc.desc(i)));
    const schema = restorePlan(toc, null, { schemaOnly: true });
    assert.equal(schema.tablesWithData, 0);
    assert.ok(!types({ schemaOnly: true }).has('SEQUENCE SET'));
    assert.deepEqual([...types({ dataOnly: true })].sort(), [
      'ACL',
      'BLOB METADATA',
      'BLOBS',
      'COMMENT',
      'SEQUENCE SET',
      'TABLE DATA',
    ]);
    // Every entry is either.
    const data = restorePlan(toc, null, { dataOnly: true });
    assert.equal(schema.order.length + data.order.length, 182);
    assert.ok(!types({ noPrivileges: true }).has('ACL'));
    assert.ok(!types({ noPrivileges: true }).has('DEFAULT ACL'));
    assert.ok(!types({ noComments: true }).has('COMMENT'));
    assert.ok(!types({ noPublications: true }).has('PUBLICATION TABLE'));
  });

  it('follows a list in its order, with privileges behind', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = selectEntries(toc, tables('app.orders'));
    const { order } = restorePlan(toc, [...indexes].reverse());
    assert.equal(name(toc, order.at(-1) ?? -1), 'ACL TABLE orders');
    assert.equal(name(toc, order[0] ?? -1), name(toc, indexes.at(-1) ?? -1));
  });
});
