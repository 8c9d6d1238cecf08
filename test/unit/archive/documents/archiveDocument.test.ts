import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { measuredData } from '../../../../src/core/archive/document/documentColumns';
import {
  COLUMN_SECTIONS,
  type ArchiveDocument,
  type DocumentEntry,
} from '../../../../src/core/archive/document/documentTypes';
import { readToc } from '../../../../src/core/archive/file/tocReader';
import { AppError } from '../../../../src/core/errors';
import { fixture, fixtureNames, scratch } from '../files';
import { collect, entriesOf, fixturesOf17, idOf, labelOf, openFixture } from './opened';

/** What the columns say, put back together. */
async function fromColumns(document: ArchiveDocument, chunk: number): Promise<DocumentEntry[]> {
  const strings: string[] = [];
  const entries: DocumentEntry[] = [];
  for await (const piece of document.columns({ chunk })) {
    const copy = JSON.parse(JSON.stringify(piece)) as typeof piece;
    assert.equal(copy.stringsFrom, strings.length);
    assert.equal(copy.from, entries.length);
    strings.push(...copy.strings);
    for (let k = 0; k < copy.count; k++) {
      const id = copy.from + k;
      const size = copy.dataBytes[k]!;
      entries.push({
        ...document.entryAt(id),
        desc: strings[copy.desc[k]!]!,
        schema: copy.schema[k] === -1 ? null : strings[copy.schema[k]!]!,
        owner: strings[copy.owner[k]!]!,
        tag: copy.tag[k]!,
        section: COLUMN_SECTIONS[copy.section[k]!]!,
        database: copy.database?.[k] ?? -1,
        hasData: size !== -2,
        dataBytes: size < 0 ? null : size,
        parentId: copy.parent[k] === -1 ? null : copy.parent[k]!,
      });
    }
    assert.equal(copy.last, entries.length === document.count);
  }
  return entries;
}

describe('an archive as a document', () => {
  for (const name of fixtureNames(/\.(dump|dir|tar)$/)) {
    it(`${name}: has the entries that pg_restore lists, and sizes of their data`, async () => {
      const document = await openFixture(name);
      const toc = await readToc(fixture(name));
      const listed = toc.listed();
      assert.equal(document.count, listed.length);
      assert.deepEqual(
        entriesOf(document).map((e) => e.dumpId),
        listed.map((i) => toc.dumpId(i)),
      );
      assert.equal(document.header.tocCount, toc.count);
      assert.equal(document.finished, true);
      assert.equal(document.damage, null);
      const report = await document.measure();
      assert.equal(report.complete, name.endsWith('.dir') ? null : true);
      for (const entry of entriesOf(document)) {
        if (entry.desc === 'TABLE DATA') {
          assert.ok((entry.dataBytes ?? 0) > 0, labelOf(document, entry.id));
        } else if (entry.desc !== 'BLOBS') assert.equal(entry.hasData, false);
      }
      const info = await document.info();
      assert.equal(info.database, 'mini');
      assert.equal(info.contents.tables.length, 38);
    });
  }

  for (const name of ['mini.12.dump', 'mini.18.dir', 'mini.15.tar', 'mini.17.sql']) {
    it(`${name}: columns tell the same as the entries, in pieces of any size`, async () => {
      const document = await openFixture(name);
      await document.measure();
      const entries = entriesOf(document);
      for (const chunk of [1, 7, 4096]) {
        assert.deepEqual(await fromColumns(document, chunk), entries);
      }
      assert.deepEqual(await measuredData(document), {
        sizes: entries.map((e) => (e.hasData ? (e.dataBytes ?? -1) : -2)),
        cut: [],
      });
      const some = await collect(document.columns({ from: 100, chunk: 50 }));
      assert.deepEqual(
        some.map((piece) => piece.from),
        [100, 150],
      );
    });
  }

  it('finds the same objects in every format, scripts included', async () => {
    const rows = (document: ArchiveDocument): string[] =>
      entriesOf(document)
        .map((e) => `${labelOf(document, e.id)} ${e.owner} ${e.section}`)
        .sort();
    const wanted = rows(await openFixture('mini.17.dump'));
    assert.equal(wanted.length, 182);
    for (const name of fixturesOf17) assert.deepEqual(rows(await openFixture(name)), wanted, name);
  });

  it('tells what belongs to what', async () => {
    const parents: Record<string, string> = {
      'TABLE DATA orders': 'TABLE orders',
      'CONSTRAINT orders orders_pkey': 'TABLE orders',
      'FK CONSTRAINT orders orders_customer_id_fkey': 'TABLE orders',
      'INDEX orders_cust': 'TABLE orders',
      'POLICY orders only paid': 'TABLE orders',
      'ROW SECURITY orders': 'TABLE orders',
      'TRIGGER customer touch_customer': 'TABLE customer',
      'RULE v_paid r_ins': 'VIEW v_paid',
      'COMMENT TABLE orders': 'TABLE orders',
      'COMMENT COLUMN orders.note': 'TABLE orders',
      'ACL COLUMN customer.name': 'TABLE customer',
      'ACL SCHEMA app': 'SCHEMA app',
      'COMMENT EXTENSION pg_trgm': 'EXTENSION pg_trgm',
      'SEQUENCE SET orders_id_seq': 'SEQUENCE orders_id_seq',
      'SEQUENCE OWNED BY log_id_seq': 'SEQUENCE log_id_seq',
      'MATERIALIZED VIEW DATA mv_totals': 'MATERIALIZED VIEW mv_totals',
      'TABLE ATTACH log_2023': 'TABLE log_2023',
      'PUBLICATION TABLE pub_all orders': 'TABLE orders',
      'DEFAULT customer id': 'TABLE customer',
    };
    for (const name of ['mini.17.dump', 'mini.18.tar', 'mini.17.sql']) {
      const document = await openFixture(name);
      const entries = entriesOf(document);
      for (const [child, parent] of Object.entries(parents)) {
        const entry = entries.find((e) => `${e.desc} ${e.tag}` === child);
        assert.ok(entry, `${name}: ${child}`);
        assert.ok(entry.parentId !== null, `${name}: ${child}`);
        const found = document.entryAt(entry.parentId);
        assert.equal(`${found.desc} ${found.tag}`, parent, `${name}: ${child}`);
        assert.ok((await document.children(found.id)).includes(entry.id));
      }
    }
  });

  it('knows dependencies both ways', async () => {
    const document = await openFixture('mini.17.dump');
    const pairs = new Set<string>();
    for (const { id } of entriesOf(document)) {
      for (const dependency of document.dependencies(id)) pairs.add(`${dependency} ${id}`);
    }
    const back = new Set<string>();
    for (const { id } of entriesOf(document)) {
      for (const user of await document.dependents(id)) back.add(`${id} ${user}`);
    }
    assert.ok(pairs.size > 100);
    assert.deepEqual([...back].sort(), [...pairs].sort());
    const view = idOf(document, 'VIEW', 'v_paid');
    assert.deepEqual(
      document
        .dependencies(view)
        .map((id) => labelOf(document, id))
        .sort(),
      ['SCHEMA -.app', 'TABLE app.customer', 'TABLE app.orders', 'TYPE app.status'],
    );
  });

  it('finds the rows of a table', async () => {
    for (const name of ['mini.17.dump', 'mini.17.sql']) {
      const document = await openFixture(name);
      const data = idOf(document, 'TABLE DATA', 'orders');
      assert.equal(document.dataEntryOf(idOf(document, 'TABLE', 'orders')), data);
      assert.equal(document.dataEntryOf(data), data);
      assert.equal(document.dataEntryOf(idOf(document, 'VIEW', 'v_paid')), null);
      // A partitioned table has none of its own.
      assert.equal(document.dataEntryOf(idOf(document, 'TABLE', 'log')), null);
    }
  });

  it('is there with its header before it is whole', async () => {
    const seen: string[] = [];
    const document = await openArchiveDocument(fixture('mini.17.dump'), {
      onHeader: (header, growing) => {
        seen.push(`${header.format} ${header.serverVersion.split(' ')[0]} ${growing.finished}`);
      },
    });
    assert.deepEqual(seen, ['custom 17.11 false']);
    assert.equal(document.finished, true);
  });

  it('keeps what is before a damage, and tells where it is', async () => {
    const whole = await openFixture('mini.17.dump');
    const bytes = readFileSync(fixture('mini.17.dump'));
    const file = files.write('cut.dump', bytes.subarray(0, 20_000));
    const document = await openArchiveDocument(file);
    assert.ok(document.damage !== null && document.damage.offset <= 20_000);
    assert.match(document.damage.reading, /of entry \d+$/);
    assert.ok(document.count > 10 && document.count < whole.count);
    assert.deepEqual(entriesOf(document)[10]?.tag, entriesOf(whole)[10]?.tag);
    assert.equal((await document.measure()).complete, false);
  });

  it('refuses to read from a file that has changed since', async () => {
    const file = path.join(files.dir, 'changing.dump');
    copyFileSync(fixture('mini.17.dump'), file);
    const document = await openArchiveDocument(file);
    await document.assertUnchanged();
    appendFileSync(file, 'x');
    const changed = (e: unknown): boolean => AppError.is(e, 'inputChanged');
    await assert.rejects(document.assertUnchanged(), changed);
    await assert.rejects(document.openSource(), changed);
    const directory = path.join(files.dir, 'changing.dir');
    cpSync(fixture('mini.17.dir'), directory, { recursive: true });
    const other = await openArchiveDocument(directory);
    appendFileSync(path.join(directory, 'toc.dat'), 'x');
    await assert.rejects(other.assertUnchanged(), changed);
  });

  it('can be cancelled', async () => {
    for (const name of ['mini.17.dump', 'plain.sql.zst']) {
      await assert.rejects(
        openArchiveDocument(fixture(name), { signal: AbortSignal.abort() }),
        (e: unknown) => AppError.is(e, 'cancelled'),
      );
    }
  });

  it('says what is none', async () => {
    const refused: [string, string | Uint8Array, string][] = [
      ['empty', '', 'notADump'],
      ['text', 'hello world', 'notADump'],
      [
        'version',
        Buffer.from('PGDMP\x02\x01\x00\x04\x08\x01', 'latin1'),
        'archiveVersionUnsupported',
      ],
      ['7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), 'compressionUnsupported'],
    ];
    for (const [name, content, code] of refused) {
      await assert.rejects(
        openArchiveDocument(files.write(name, content)),
        (e: unknown) => AppError.is(e) && e.code === code,
        name,
      );
    }
  });

  const files = scratch();
});
