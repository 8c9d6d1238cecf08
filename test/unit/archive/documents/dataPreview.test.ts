import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { openFileSource } from '../../../../src/core/archive/bytes/byteSource';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { previewRows } from '../../../../src/core/archive/rows/dataPreview';
import { AppError } from '../../../../src/core/errors';
import { buildArchive, type BuiltEntry } from '../buildArchive';
import { fixture, fixtureNames, scratch } from '../files';
import { entriesOf, fixturesOf17, idOf, labelOf, openFixture } from './opened';

const copy = 'COPY s.t (a, b) FROM stdin;\n';

function table(
  dumpId: number,
  tag: string,
  data: string,
  more: Partial<BuiltEntry> = {},
): BuiltEntry {
  return { dumpId, desc: 'TABLE DATA', tag, schema: 's', copyStatement: copy, data, ...more };
}

describe('a preview of rows', () => {
  const files = scratch();

  it('is the same from every format and compression', async function () {
    const previews = new Map<string, unknown>();
    for (const name of fixturesOf17) {
      const document = await openFixture(name);
      const tables = entriesOf(document).filter((e) => e.desc === 'TABLE DATA');
      assert.equal(tables.length, 37);
      for (const { id } of tables) {
        const rows = await previewRows(document, id);
        assert.equal(rows.damage, null);
        assert.ok(rows.rows.every((row) => row.length === rows.columns.length));
        const label = labelOf(document, id);
        const shown = { columns: rows.columns, rows: rows.rows, truncated: rows.truncated };
        if (!previews.has(label)) previews.set(label, shown);
        else assert.deepEqual(shown, previews.get(label), `${name}: ${label}`);
      }
    }
    assert.equal(previews.size, 37);
  });

  for (const name of fixtureNames(/^mini.*\.(dump|dir|tar|sql)$/)) {
    it(`${name}: shows what is in the sample`, async () => {
      const document = await openFixture(name);
      const orders = await previewRows(document, idOf(document, 'TABLE', 'orders'), { limit: 2 });
      assert.deepEqual(orders.columns, ['id', 'customer_id', 'st', 'total', 'note']);
      assert.deepEqual(
        orders.rows.map((row) => row.slice(0, 4)),
        [
          ['1', '2', 'paid', '79.19'],
          ['2', '3', 'shipped', '158.38'],
        ],
      );
      assert.equal(orders.truncated, true);
      assert.equal(orders.style, 'copy');
    });
  }

  it('tells whether there is more', async () => {
    const file = files.write(
      'three.dump',
      buildArchive([table(1, 't', '1\tx\n2\ty\n3\t\\N\n\\.\n\n\n')]),
    );
    const document = await openArchiveDocument(file);
    const rows = [
      ['1', 'x'],
      ['2', 'y'],
      ['3', null],
    ];
    for (const limit of [1, 2, 3, 4]) {
      const found = await previewRows(document, 0, { limit });
      assert.deepEqual(found.rows, rows.slice(0, limit));
      assert.equal(found.truncated, limit < 3);
      assert.deepEqual(found.columns, ['a', 'b']);
    }
  });

  it('costs the same reads wherever the rows lie', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i}\tvalue ${i}\n`).join('');
    const filler = `${'x'.repeat(1000)}\ty\n`.repeat(16_000);
    const file = files.write(
      'large.dump',
      buildArchive([
        table(1, 'first', rows),
        table(2, 'before', filler),
        table(3, 'middle', rows),
        table(4, 'after', filler),
        table(5, 'last', rows),
      ]),
    );
    let reads = 0;
    let bytes = 0;
    const document = await openArchiveDocument(file, {
      openSource: async (name) => {
        const source = await openFileSource(name);
        return {
          size: source.size,
          read: (target, position) => {
            reads++;
            bytes += target.length;
            return source.read(target, position);
          },
          close: () => source.close(),
        };
      },
    });
    for (const tag of ['first', 'middle', 'last']) {
      reads = bytes = 0;
      const found = await previewRows(document, idOf(document, 'TABLE DATA', tag));
      assert.equal(found.rows.length, 200);
      assert.ok(reads > 0 && reads <= 2, `${tag}: ${reads} reads`);
      assert.ok(bytes <= 256 << 10, `${tag}: ${bytes} bytes`);
    }
  });

  it('searches archives that were piped, going on where it stopped', async () => {
    const many = Array.from({ length: 50 }, (_, i) => table(i + 1, `t${i}`, `${i}\tx\n\\.\n`));
    const file = files.write('piped.dump', buildArchive(many, { withoutOffsets: true }));
    const document = await openArchiveDocument(file);
    const searched: number[] = [];
    const onSearch = (position: number): void => void searched.push(position);
    for (const id of [49, 3, 20]) {
      const found = await previewRows(document, id, { onSearch });
      assert.deepEqual(found.rows, [[String(id), 'x']]);
    }
    // Only the first of them had to look.
    assert.equal(searched.length, 1);
    await assert.rejects(
      previewRows(await openArchiveDocument(file), 40, { signal: AbortSignal.abort() }),
      (e: unknown) => AppError.is(e, 'cancelled'),
    );
  });

  it('cuts long cells and says so', async () => {
    const data = `${'ä'.repeat(10_000)}\tshort\n1\t${'y'.repeat(50)}\n`;
    const file = files.write('wide.dump', buildArchive([table(1, 't', data)]));
    const found = await previewRows(await openArchiveDocument(file), 0, { maxCell: 41 });
    assert.deepEqual(found.rows, [
      ['ä'.repeat(20), 'short'],
      ['1', 'y'.repeat(41)],
    ]);
    assert.deepEqual(found.cut, [
      [0, 0],
      [1, 1],
    ]);
  });

  it('decodes the dump’s encoding', async () => {
    const entries: BuiltEntry[] = [
      {
        dumpId: 1,
        desc: 'ENCODING',
        tag: 'ENCODING',
        definition: "SET client_encoding = 'LATIN1';\n",
      },
      table(2, 'café', 'née\t\\N\n'),
    ];
    const file = files.write('latin1.dump', buildArchive(entries, { encoding: 'latin1' }));
    const document = await openArchiveDocument(file);
    const found = await previewRows(document, idOf(document, 'TABLE DATA', 'café'));
    assert.deepEqual(found.rows, [['née', null]]);
  });

  it('shows rows of INSERT statements', async () => {
    const data = "INSERT INTO s.t VALUES (1, 'x');\nINSERT INTO s.t VALUES (2, NULL);\n\n\n";
    const file = files.write(
      'inserts.dump',
      buildArchive([table(1, 't', data, { copyStatement: null })]),
    );
    const script = files.write(
      'inserts.sql',
      `--\n-- PostgreSQL database dump\n--\n\n--\n-- Data for Name: t; Type: TABLE DATA; Schema: s; Owner: o\n--\n\n${data}`,
    );
    for (const name of [file, script]) {
      const found = await previewRows(await openArchiveDocument(name), 0);
      assert.equal(found.style, 'inserts');
      assert.deepEqual(found.columns, ['column1', 'column2']);
      assert.deepEqual(found.rows, [
        ['1', 'x'],
        ['2', null],
      ]);
      assert.equal(found.truncated, false);
    }
  });

  it('of a table without columns has rows nevertheless', async () => {
    const entry = table(1, 't', '\n\n\n\\.\n', { copyStatement: 'COPY s.t () FROM stdin;\n' });
    const file = files.write('none.dump', buildArchive([entry]));
    const found = await previewRows(await openArchiveDocument(file), 0);
    assert.deepEqual(found.columns, []);
    assert.deepEqual(found.rows, [[], [], []]);
  });

  it('says why there is none', async () => {
    const document = await openFixture('mini.17.dump');
    const reasons: [number, string][] = [
      [idOf(document, 'VIEW', 'v_paid'), 'none'],
      [idOf(document, 'BLOBS', '424242'), 'largeObjects'],
    ];
    for (const [id, reason] of reasons) {
      await assert.rejects(
        previewRows(document, id),
        (e: unknown) => AppError.is(e, 'rowsUnavailable') && e.details.reason === reason,
      );
    }
    await assert.rejects(previewRows(document, 1e9), RangeError);
  });

  it('shows the rows before a damage', async () => {
    const whole = await openFixture('mini.17.none.dump');
    const id = idOf(whole, 'TABLE DATA', 'plain_text');
    const wanted = await previewRows(whole, id);
    const toc = whole.toc!;
    const offset = toc.dataOffset(whole.tocIndex(id))!;
    const bytes = readFileSync(fixture('mini.17.none.dump'));
    const file = files.write('cut.dump', bytes.subarray(0, offset + 3000));
    const found = await previewRows(await openArchiveDocument(file), id);
    assert.ok(found.damage !== null && found.truncated);
    assert.equal(found.damage.offset, offset + 3000);
    assert.ok(found.rows.length > 2 && found.rows.length < wanted.rows.length);
    assert.deepEqual(found.rows.slice(0, -1), wanted.rows.slice(0, found.rows.length - 1));
  });

  it('of a directory without the member says so, and opens nothing outside of it', async () => {
    const directory = path.join(files.dir, 'holes.dir');
    cpSync(fixture('mini.17.dir'), directory, { recursive: true });
    const document = await openArchiveDocument(directory);
    const id = idOf(document, 'TABLE DATA', 'orders');
    const name = document.toc!.fileName(document.tocIndex(id))!;
    truncateSync(path.join(directory, `${name}.gz`), 100);
    assert.notEqual((await previewRows(document, id)).damage, null);
    rmSync(path.join(directory, `${name}.gz`));
    await assert.rejects(
      previewRows(document, id),
      (e: unknown) => AppError.is(e, 'rowsUnavailable') && e.details.reason === 'missing',
    );
  });
});
