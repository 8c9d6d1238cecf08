import assert from 'node:assert/strict';
import { closeDependencies } from '../../../../src/core/archive/selection/closeDependencies';
import {
  entriesByDumpIds,
  selectEntries,
  writeListLines,
} from '../../../../src/core/archive/selection/restoreList';
import type { Toc } from '../../../../src/core/archive/toc/toc';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { AppError } from '../../../../src/core/errors';
import { fixture } from '../files';
import { built, name, tables } from './entries';

async function selected(toc: Toc, ...refs: string[]): Promise<string[]> {
  return (await selectEntries(toc, tables(...refs))).indexes.map((i) => name(toc, i));
}

describe('the entries of a selection', () => {
  for (const major of [12, 13, 14, 15, 16, 17, 18]) {
    it(`bring along what belongs to a table (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes, leftOut } = await selectEntries(toc, tables('app.orders'));
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
      const ofLog = await selected(toc, 'audit.log');
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
      assert.deepEqual((await selectEntries(toc, tables('audit.log'))).leftOut, []);
      // A child by inheritance is a table of its own.
      assert.deepEqual((await selected(toc, 'app.parent_inh')).sort(), [
        'ACL TABLE parent_inh',
        'TABLE DATA parent_inh',
        'TABLE parent_inh',
      ]);
    });

    it(`of a partition alone leave its attaching out (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes, leftOut } = await selectEntries(toc, tables('audit.log_2023'));
      assert.deepEqual(indexes.map((i) => name(toc, i)).sort(), [
        'CONSTRAINT log_2023 log_2023_pkey',
        'INDEX log_2023_who_idx',
        'TABLE DATA log_2023',
        'TABLE log_2023',
      ]);
      assert.ok(leftOut.every((e) => e.why === 'parent'));
      assert.equal(leftOut.length, major >= 14 ? 3 : 2);
      const closed = (await closeDependencies(toc, indexes)).added.map((i) => name(toc, i));
      // Before 14 the partition's own definition attaches it, so the parent must be there.
      const parent = major < 14 ? ['TABLE log'] : [];
      assert.deepEqual(closed.sort(), ['SCHEMA audit', 'SEQUENCE log_id_seq', ...parent].sort());
    });

    it(`of a schema are all in it, and itself (pg_dump ${major})`, async () => {
      const toc = await readToc(fixture(`mini.${major}.dump`));
      const { indexes, leftOut } = await selectEntries(toc, { schemas: ['app'], tables: null });
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
    const { indexes, leftOut } = await selectEntries(toc, {
      schemas: ['Sales Dept'],
      tables: null,
    });
    assert.deepEqual(
      leftOut.map((e) => e.tag),
      ['Order Details Order Details_order_id_fkey'],
    );
    assert.ok(!indexes.some((i) => toc.desc(i) === 'FK CONSTRAINT'));
    const both = await selectEntries(toc, {
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
    const names = await selected(toc, 'app.orders', 'app.customer');
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
      const indexes = (await selectEntries(toc, tables(ref))).indexes;
      const found = indexes.filter((i) => ['TABLE', 'SEQUENCE'].includes(toc.desc(i)));
      assert.deepEqual(found.map((i) => toc.tag(i)).sort(), [...relations].sort(), ref);
    }
  });

  it('may be views and sequences', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    assert.deepEqual((await selected(toc, 'app.v_paid')).sort(), [
      'ACL TABLE v_paid',
      'RULE v_paid r_ins',
      'VIEW v_paid',
    ]);
    assert.deepEqual((await selected(toc, 'app.mv_totals')).sort(), [
      'ACL TABLE mv_totals',
      'INDEX mv_totals_u',
      'MATERIALIZED VIEW DATA mv_totals',
      'MATERIALIZED VIEW mv_totals',
    ]);
    assert.deepEqual((await selected(toc, 'app.global_seq')).sort(), [
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
      await assert.rejects(
        () => selectEntries(toc, selection),
        (e) => AppError.is(e, 'objectUnknown'),
      );
    }
  });

  it('are all that pg_restore lists, without a selection', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    assert.equal((await selectEntries(toc, { schemas: null, tables: null })).indexes.length, 182);
    assert.deepEqual((await selectEntries(toc, { schemas: [], tables: [] })).indexes, []);
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
    assert.deepEqual(await selected(toc, 's.a'), [
      'TABLE a',
      'CONSTRAINT a b c',
      'POLICY a p',
      'STATISTICS st',
      'COMMENT STATISTICS st',
    ]);
    assert.deepEqual(await selected(toc, 'other.a b'), ['TABLE a b', 'TRIGGER a b t']);
    assert.deepEqual(
      (await selectEntries(toc, tables('s.a b'))).leftOut.map((e) => e.dumpId),
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
    assert.deepEqual(await selected(toc, 's.orders'), [
      'TABLE DATA orders',
      'SEQUENCE SET orders_id_seq',
    ]);
    const old = await selectEntries(toc, tables('s.orders_old'));
    assert.deepEqual((await closeDependencies(toc, old.indexes)).added, []);
  });

  it('are written as a list of ids', async () => {
    const toc = await readToc(fixture('mini.18.dump'));
    const { indexes } = await selectEntries(toc, tables('app.parent_inh'));
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
