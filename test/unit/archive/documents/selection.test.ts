import assert from 'node:assert/strict';
import {
  allIds,
  applyFilter,
  closeSelection,
  dataOfTables,
  dependentsOf,
  entriesOfSchema,
  listLines,
  type SelectionFilter,
} from '../../../../src/core/archive/document/selection';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { AppError } from '../../../../src/core/errors';
import { buildArchive } from '../buildArchive';
import { scratch } from '../files';
import { idOf, labelOf, openFixture } from './opened';

const majors = [12, 13, 14, 15, 16, 17, 18];

describe('a selection of entries', () => {
  const files = scratch();

  for (const major of majors) {
    const name = `mini.${major}.dump`;

    it(`${name}: ready filters take out what they say`, async () => {
      const document = await openFixture(name);
      const all = allIds(document);
      const takenOut = (filter: SelectionFilter): string[] => {
        const left = new Set(applyFilter(document, all, filter));
        return all.filter((id) => !left.has(id)).map((id) => labelOf(document, id));
      };
      assert.deepEqual(takenOut('extensions'), [
        'EXTENSION -.pg_trgm',
        'COMMENT -.EXTENSION pg_trgm',
      ]);
      assert.deepEqual(takenOut('publications'), [
        'PUBLICATION -.pub_all',
        'PUBLICATION TABLE app.pub_all customer',
        'PUBLICATION TABLE app.pub_all orders',
      ]);
      assert.deepEqual(takenOut('subscriptions'), []);
      for (const label of takenOut('privileges')) assert.match(label, /^(DEFAULT )?ACL /);
      assert.ok(takenOut('privileges').length > 10);
      for (const label of takenOut('comments')) assert.match(label, /^COMMENT /);
      assert.equal(takenOut('comments').length, 5);
    });

    it(`${name}: a schema is itself and all in it`, async () => {
      const document = await openFixture(name);
      const labels = entriesOfSchema(document, 'audit').map((id) => labelOf(document, id));
      assert.ok(labels.includes('SCHEMA -.audit'));
      assert.ok(labels.every((label) => /^[A-Z ]+ audit\.|^SCHEMA -\.audit$/.test(label)));
      const app = entriesOfSchema(document, 'app').map((id) => labelOf(document, id));
      assert.ok(app.includes('COMMENT -.SCHEMA app') && app.includes('ACL -.SCHEMA app'));
      assert.deepEqual(entriesOfSchema(document, 'nosuch'), []);
      const some = entriesOfSchema(document, 'app').slice(0, 7);
      const audit = entriesOfSchema(document, 'audit');
      assert.deepEqual(entriesOfSchema(document, 'app', [...some, ...audit]), some);
    });

    it(`${name}: data of tables are rows, of partitions too, and values of sequences`, async () => {
      const document = await openFixture(name);
      const tables = [idOf(document, 'TABLE', 'orders'), idOf(document, 'TABLE', 'log')];
      const found = await dataOfTables(document, tables);
      assert.deepEqual(found.map((id) => labelOf(document, id)).sort(), [
        'SEQUENCE SET app.orders_id_seq',
        'SEQUENCE SET audit.log_id_seq',
        'TABLE DATA app.orders',
        'TABLE DATA audit.log default',
        'TABLE DATA audit.log_2023',
        'TABLE DATA audit.log_2024',
      ]);
    });

    it(`${name}: a table offers what belongs to it`, async () => {
      const document = await openFixture(name);
      const orders = idOf(document, 'TABLE', 'orders');
      const { ids, byType, leftOut } = await dependentsOf(document, [orders]);
      assert.deepEqual(ids.map((id) => labelOf(document, id)).sort(), [
        'ACL app.TABLE orders',
        'COMMENT app.COLUMN orders.note',
        'COMMENT app.TABLE orders',
        'CONSTRAINT app.orders orders_pkey',
        'INDEX app.orders_cust',
        'INDEX app.orders_note_trgm',
        'POLICY app.orders only paid',
        'PUBLICATION TABLE app.pub_all orders',
        'ROW SECURITY app.orders',
        'SEQUENCE SET app.orders_id_seq',
        'SEQUENCE app.orders_id_seq',
        'STATISTICS app.st_orders',
        'TABLE DATA app.orders',
      ]);
      assert.equal(
        byType.reduce((sum, { count }) => sum + count, 0),
        ids.length,
      );
      assert.deepEqual(
        leftOut.map(({ desc, tag, why }) => [desc, tag, why]),
        [['FK CONSTRAINT', 'orders orders_customer_id_fkey', 'references']],
      );
      // With the other table it comes along.
      const both = await dependentsOf(document, [orders, idOf(document, 'TABLE', 'customer')]);
      assert.deepEqual(both.leftOut, []);
      assert.ok(both.ids.some((id) => document.names(id).tag === 'orders orders_customer_id_fkey'));
      // A schema's privileges are offered, not what is in it.
      const schema = await dependentsOf(document, [idOf(document, 'SCHEMA', 'app')]);
      assert.deepEqual(schema.ids.map((id) => labelOf(document, id)).sort(), [
        'ACL -.SCHEMA app',
        'COMMENT -.SCHEMA app',
      ]);
    });

    it(`${name}: is closed, with the rows that foreign keys are checked for`, async () => {
      const document = await openFixture(name);
      const orders = idOf(document, 'TABLE', 'orders');
      const closed = await closeSelection(document, [orders]);
      assert.deepEqual(closed.addedByType, [
        { desc: 'SCHEMA', count: 1 },
        { desc: 'TYPE', count: 1 },
      ]);
      assert.deepEqual(closed.ids, [...closed.added, orders]);
      const key = idOf(document, 'FK CONSTRAINT', 'orders orders_customer_id_fkey');
      const rows = idOf(document, 'TABLE DATA', 'orders');
      const labels = async (ids: number[]): Promise<string[]> =>
        (await closeSelection(document, ids)).added.map((id) => labelOf(document, id));
      assert.ok(!(await labels([key])).includes('TABLE DATA app.customer'));
      const needed = await labels([key, rows]);
      assert.ok(needed.includes('TABLE DATA app.customer'));
      assert.ok(needed.includes('CONSTRAINT app.customer customer_pkey'));
    });
  }

  it('is closed by what the archive’s dependencies do not tell', async () => {
    const added = async (name: string, desc: string, tag: string): Promise<string[]> => {
      const document = await openFixture(name);
      const { added: ids } = await closeSelection(document, [idOf(document, desc, tag)]);
      return ids.map((id) => labelOf(document, id));
    };
    for (const name of ['mini.13.dump', 'mini.17.dump']) {
      const owned = await added(name, 'SEQUENCE OWNED BY', 'customer_id_seq');
      assert.ok(owned.includes('TABLE app.customer'), name);
    }
    const attached = await added('mini.17.dump', 'INDEX ATTACH', 'log_2023_who_idx');
    assert.ok(attached.includes('TABLE ATTACH audit.log_2023'));
    assert.ok(!attached.includes('TABLE ATTACH audit.log_2024'));
    const objects = await added('mini.13.dump', 'BLOBS', 'BLOBS');
    assert.equal(objects.filter((label) => label.startsWith('BLOB -.')).length, 4);
    const file = files.write(
      'mapping.dump',
      buildArchive([
        { dumpId: 1, desc: 'SERVER', tag: 'x SERVER y' },
        { dumpId: 2, desc: 'SERVER', tag: 'z' },
        { dumpId: 3, desc: 'USER MAPPING', tag: 'USER MAPPING a SERVER x SERVER y' },
      ]),
    );
    const document = await openArchiveDocument(file);
    assert.deepEqual((await closeSelection(document, [2])).added, [0]);
  });

  it('is a list in the archive’s own order', async () => {
    const document = await openFixture('mini.17.dump');
    const ids = [50, 3, 120];
    const lines = listLines(document, ids).split('\n');
    assert.deepEqual(lines, [3, 50, 120].map((id) => `${document.entryAt(id).dumpId};`).concat(''));
  });

  it('is for archives only', async () => {
    const script = await openFixture('mini.17.sql');
    const refused = (e: unknown): boolean => AppError.is(e, 'notADump');
    await assert.rejects(closeSelection(script, [0]), refused);
    await assert.rejects(dependentsOf(script, [0]), refused);
    assert.throws(() => listLines(script, [0]), refused);
    // What a script tells by names works there too.
    assert.ok(entriesOfSchema(script, 'app').length > 50);
  });
});
