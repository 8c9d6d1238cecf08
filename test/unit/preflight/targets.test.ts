/** What is said of a target, by the facts about it. */
import assert from 'node:assert/strict';
import { FactsRecords } from '../../../src/core/catalog/restore/factsAnswer';
import { AppError } from '../../../src/core/errors';
import type { DatabaseFacts } from '../../../src/core/model/findings/preflightFacts';
import { isEmpty } from '../../../src/core/preflight/neededConfirmation';
import { DATABASE, judge, SERVER } from './judge';

const ORDERS: DatabaseFacts['relations'][number] = {
  ...{ schema: 'app', name: 'orders', kind: 'r', rows: 5 },
  ...{ unique: true, owned: true, mayInsert: true, rowSecurity: false },
};
const MADE = { dumpId: 1, desc: 'TABLE', schema: 'app', name: 'orders' };

describe('The target of a restore', () => {
  it('calls a target empty where the question before the restore does', async () => {
    const targets: readonly (readonly [DatabaseFacts['relations'], others: number])[] = [
      [[], 0],
      [[], 1],
      [[ORDERS], 0],
    ];
    for (const [relations, otherObjects] of targets) {
      const { verdict } = await judge({ database: { relations, otherObjects } });
      const contents = { tables: relations.length, views: 0, others: otherObjects };
      assert.equal(verdict.target === 'empty', isEmpty(contents), JSON.stringify(contents));
    }
  });

  it('tells tables apart whose names have dots', async () => {
    const there = { ...ORDERS, schema: 'a.b', name: 'c' };
    const ours = { ...MADE, schema: 'a', name: 'b.c' };
    const { findings, verdict } = await judge({
      file: { relations: [ours], rows: [] },
      database: { relations: [there] },
    });
    assert.deepEqual([findings, verdict.adds], [[], 1]);
  });

  it('counts all that depends on what is dropped, and offers what holds for all of it', async () => {
    const key = { drop: 'DROP', add: 'ADD' };
    const view = { object: 'view v', on: 'app.orders', relation: null, key: null };
    const rows: readonly (readonly [count: number, keys: number, remade: boolean, told: number])[] =
      [
        [5000, 5000, false, 5000],
        [5000, 4000, false, 5000],
        [5000, 4000, true, 1000],
      ];
    for (const [count, keys, remakeKeys, told] of rows) {
      const first = keys === count ? [{ ...view, key }] : [view];
      const { findings } = await judge({
        database: { relations: [ORDERS], dependents: { count, keys, first } },
        options: { clean: true, ifExists: true, singleTransaction: true, remakeKeys },
      });
      const found = findings.find(({ code }) => code === 'dependents');
      assert.equal(found?.count, told);
      const offered = found?.remedies.some(({ id }) => id === 'remakeKeys');
      assert.equal(offered, keys === count);
    }
  });

  it('is known although objects in it are dropped while it is read', () => {
    const schema = { name: 'app', mayCreate: true, empty: false };
    const view = { object: 'view v', on: 'app.orders', relation: null, key: null };
    const relation = (mayInsert: boolean | null): unknown[] => [
      ...['app', 'orders', 'r', 5, true, true, mayInsert, false],
      [['id', false, true]],
    ];
    const head = (gone: object): unknown => ({
      server: SERVER,
      database: {
        ...DATABASE,
        schemas: [schema, { ...schema, mayCreate: null }],
        dependents: { count: 2, keys: 0, first: [view, { ...view, ...gone }] },
      },
    });
    const records = new FactsRecords();
    const unusable = (error: unknown): boolean => AppError.is(error, 'answerUnusable');
    assert.throws(() => records.facts(), unusable);
    for (const each of [relation(null), head({ object: null }), relation(true)]) records.add(each);
    const { database } = records.facts();
    assert.deepEqual(database?.schemas, [schema]);
    const columns = [{ name: 'id', generated: false, required: true }];
    assert.deepEqual(database.relations, [{ ...ORDERS, columns }]);
    assert.deepEqual(database.dependents.first, [view]);
    for (const none of [head({ on: null }), [], relation(true).slice(1), 'x']) {
      assert.throws(() => records.add(none), unusable, JSON.stringify(none));
    }
  });
});
