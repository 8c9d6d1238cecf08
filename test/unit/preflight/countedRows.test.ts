/** Rows that were counted in the place of estimates, and what is said of them. */
import assert from 'node:assert/strict';
import type {
  DatabaseFacts,
  TargetFactsRead,
} from '../../../src/core/model/findings/preflightFacts';
import type { RestoreOptions } from '../../../src/core/model/options';
import { tableKey, withCounts } from '../../../src/core/preflight/countedRows';
import { RowCounts } from '../../../src/core/preflight/rowCounts';
import { findingText } from '../../../src/core/text/findingText';
import { objectText } from '../../../src/core/text/rowsText';
import { verdictText } from '../../../src/core/text/findings/verdictText';
import { judge } from './judge';

type Relation = DatabaseFacts['relations'][number];

const ORDERS: Relation = {
  ...{ schema: 'app', name: 'orders', kind: 'r', rows: 5 },
  ...{ unique: false, owned: true, mayInsert: true, rowSecurity: false },
};
const LINES: Relation = { ...ORDERS, name: 'lines', rows: null };
const PARENT: Relation = { ...ORDERS, name: 'parent', kind: 'p', rows: 0 };
const counted = (relation: Relation, rows: number): Relation => ({
  ...relation,
  rows,
  counted: true,
});

const CLEAN = { clean: true, ifExists: true, safetyBackup: false };
const REPLACES = {
  replaceRows: true,
  dataOnly: true,
  singleTransaction: true,
  safetyBackup: false,
};
const ADDS = { dataOnly: true, singleTransaction: true };

const cases: readonly {
  title: string;
  relations: Relation[];
  options: Partial<RestoreOptions>;
  /** Sentence, tables that can be counted, verdict; null = it is not found. */
  says: [sentence: string, counts: string[], verdict: string] | null;
}[] = [
  {
    title: 'estimates, which can be counted, the largest first',
    relations: [LINES, ORDERS],
    options: CLEAN,
    says: [
      'Drops 2 tables with about 5 rows: app.orders, app.lines.',
      ['orders', 'lines'],
      'Drops 2 tables with about 5 rows.',
    ],
  },
  {
    title: 'some are counted: all together is an estimate',
    relations: [LINES, counted(ORDERS, 1234)],
    options: CLEAN,
    says: [
      'Drops 2 tables with about 1,234 rows: app.orders, app.lines.',
      ['lines'],
      'Drops 2 tables with about 1,234 rows.',
    ],
  },
  {
    title: 'all are counted; a parent of partitions keeps no rows itself',
    relations: [counted(LINES, 6), counted(ORDERS, 1234), PARENT],
    options: CLEAN,
    says: [
      'Drops 3 tables with exactly 1,240 rows: app.orders, app.lines, app.parent.',
      [],
      'Drops 3 tables with exactly 1,240 rows.',
    ],
  },
  {
    title: 'one cannot be counted: it is not offered again',
    relations: [{ ...LINES, counted: false }, counted(ORDERS, 1)],
    options: CLEAN,
    says: [
      'Drops 2 tables with about 1 rows: app.orders, app.lines.',
      [],
      'Drops 2 tables with about 1 rows.',
    ],
  },
  {
    title: 'one row that is replaced',
    relations: [counted(ORDERS, 1)],
    options: REPLACES,
    says: [
      'Replaces exactly 1 row of 1 table by those of the backup: app.orders.',
      [],
      'Replaces exactly 1 row of 1 table.',
    ],
  },
  {
    title: 'rows that are doubled, estimated',
    relations: [ORDERS],
    options: ADDS,
    says: [
      'Not empty and without a key: rows are added to those that are there (about 5 rows), and may then be there twice: app.orders.',
      ['orders'],
      'Adds rows to 1 tables that are not empty.',
    ],
  },
  {
    title: 'counted and found empty: nothing is doubled',
    relations: [counted(ORDERS, 0)],
    options: ADDS,
    says: null,
  },
];

const made = (name: string): { dumpId: number; desc: string; schema: string; name: string } => ({
  ...{ dumpId: 1, desc: 'TABLE', schema: 'app', name },
});

describe('Rows at stake', () => {
  for (const { title, relations, options, says } of cases) {
    it(title, async () => {
      const file = { relations: relations.map(({ name }) => made(name)) };
      const { findings, verdict } = await judge({ file, options, database: { relations } });
      const finding = findings.find(({ rows }) => rows !== undefined);
      if (says === null) {
        assert.equal(finding, undefined);
        return;
      }
      assert.ok(finding);
      const steps = finding.remedies.flatMap((each) =>
        each.kind === 'step' && each.step.do === 'countRows' ? each.step.tables : [],
      );
      const [sentence, counts, verdictSays] = says;
      assert.deepEqual(
        [findingText(finding), steps.map(({ name }) => name), verdictText(verdict)],
        [sentence, counts, verdictSays],
      );
      assert.equal(finding.rows?.length, finding.objects.length);
    });
  }

  it('are told for each table', async () => {
    const relations = [counted(ORDERS, 1234), LINES, { ...ORDERS, name: 'x', rows: 7 }];
    const file = { relations: relations.map(({ name }) => made(name)) };
    const { findings } = await judge({ file, options: CLEAN, database: { relations } });
    const [finding] = findings;
    assert.ok(finding);
    assert.deepEqual(
      finding.objects.map((_, i) => objectText(finding, i)),
      ['app.orders: exactly 1,234 rows', 'app.x: about 7 rows', 'app.lines: rows not counted'],
    );
  });

  it('come in the place of estimates, by schema and name', () => {
    const dotted = { ...ORDERS, schema: 'a.b', name: 'c' };
    const other = { ...ORDERS, schema: 'a', name: 'b.c' };
    const database = { relations: [dotted, other, LINES] } as DatabaseFacts;
    const facts = { database } as TargetFactsRead;
    const counts = new Map([
      [tableKey(dotted), 8],
      [tableKey(LINES), null],
    ]);
    assert.deepEqual(withCounts(facts, counts).database?.relations, [
      { ...dotted, rows: 8, counted: true },
      other,
      { ...LINES, counted: false },
    ]);
    assert.equal(withCounts(facts, new Map()), facts);
  });

  it('are known for ten minutes, and until something is done on their connection', () => {
    const counts = new RowCounts();
    const minutes = (n: number): number => n * 60_000;
    counts.add('one', 'shop', new Map([['a', 1]]), 0);
    counts.add('one', 'shop', new Map([['b', 2]]), minutes(5));
    counts.add('one', undefined, new Map([['c', 3]]), minutes(5));
    counts.add('onetwo', 'shop', new Map([['d', 4]]), minutes(5));
    const known = (id: string, database?: string, at = 5): unknown => {
      const rows = counts.in(id, database, minutes(at));
      return rows && Object.fromEntries(rows);
    };
    assert.deepEqual(known('one', 'shop'), { a: 1, b: 2 });
    assert.deepEqual(known('one'), { c: 3 });
    assert.equal(known('one', 'other'), undefined);
    assert.equal(known('one', 'shop', 15), undefined);
    counts.forget('one');
    assert.equal(known('one', 'shop'), undefined);
    assert.equal(known('one'), undefined);
    assert.deepEqual(known('onetwo', 'shop'), { d: 4 });
    counts.clear();
    assert.equal(known('onetwo', 'shop'), undefined);
  });
});
