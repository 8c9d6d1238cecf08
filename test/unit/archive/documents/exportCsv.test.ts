import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { exportTableCsv } from '../../../../src/core/archive/rows/exportCsv';
import { previewRows } from '../../../../src/core/archive/rows/dataPreview';
import { AppError } from '../../../../src/core/errors';
import { buildArchive, type BuiltEntry } from '../buildArchive';
import { fixture, scratch } from '../files';
import { entriesOf, idOf, openFixture } from './opened';
import { itNeeds } from '../../../support/needs';

function table(data: string, more: Partial<BuiltEntry> = {}): BuiltEntry {
  return {
    dumpId: 9,
    desc: 'TABLE DATA',
    tag: 't',
    schema: 's',
    copyStatement: 'COPY s.t (a, "b ""x"", y") FROM stdin;\n',
    data,
    ...more,
  };
}

const header = 'a,"b ""x"", y"\r\n';

/** Reads CSV back, by a reader of its own: null is an empty field without quotes. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let m = field.exec(text); m !== null; m = field.exec(text)) {
    row.push(m[1] !== undefined ? m[1].replaceAll('""', '"') : m[2] === '' ? null : m[2]!);
    if (m[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  assert.equal(row.length, 0);
  return rows;
}

describe('an export as CSV', () => {
  const files = scratch();
  const target = (name: string): string => path.join(files.dir, name);

  it('is RFC 4180 with a header, NULL told from the empty string', async () => {
    const data = 'plain\t1\n\\N\t\nco,mma\tqu"ote\nli\\nne\tcr\\rx\ntab\\tx\t "\n\\.\n';
    const file = files.write('small.dump', buildArchive([table(data)]));
    const document = await openArchiveDocument(file);
    const result = await exportTableCsv(document, 0, target('small.csv'));
    const expected =
      header + 'plain,1\r\n,""\r\n"co,mma","qu""ote"\r\n"li\nne","cr\rx"\r\ntab\tx," """\r\n';
    assert.equal(readFileSync(target('small.csv'), 'utf8'), expected);
    assert.deepEqual(result, { rows: 5, bytes: Buffer.byteLength(expected) });
  });

  for (const name of ['mini.18.dump', 'mini.18.zstd.dir', 'mini.15.tar', 'plain.sql.gz']) {
    it(`${name}: has every row and value`, async function () {
      const document = await openFixture(name);
      let rows = 0;
      for (const { id } of entriesOf(document).filter((e) => e.desc === 'TABLE DATA')) {
        const shown = await previewRows(document, id, { limit: 1e6, maxCell: 1e9 });
        const result = await exportTableCsv(document, id, target('table.csv'));
        assert.equal(result.rows, shown.rows.length);
        rows += result.rows;
        const [columns, ...values] = parseCsv(readFileSync(target('table.csv'), 'utf8'));
        assert.deepEqual(columns, shown.columns);
        assert.deepEqual(values, shown.rows);
      }
      assert.equal(rows, 4362);
    });
  }

  it('writes fields of any length, in constant memory', async () => {
    const long = 'x"y'.repeat(100_000);
    const file = files.write('long.dump', buildArchive([table(`${long}\t${long}\n1\t2\n`)]));
    const document = await openArchiveDocument(file);
    await exportTableCsv(document, 0, target('long.csv'));
    assert.deepEqual(parseCsv(readFileSync(target('long.csv'), 'utf8')).slice(1), [
      [long, long],
      ['1', '2'],
    ]);
  });

  it('is UTF-8 whatever the dump is in', async () => {
    const cases: [string, Buffer, string][] = [
      ['LATIN1', Buffer.from([0xe9, 0x09, 0x80, 0x0a]), 'é,\x80'],
      ['WIN1252', Buffer.from([0xe9, 0x09, 0x80, 0x0a]), 'é,€'],
      ['SJIS', Buffer.from([0x95, 0x5c, 0x09, 0x41, 0x0a]), '表,A'],
      ['UTF8', Buffer.from('\ufeffé\tx\n'), '\ufeffé,x'],
    ];
    for (const [encoding, bytes, line] of cases) {
      const built = buildArchive(
        [
          {
            dumpId: 1,
            desc: 'ENCODING',
            tag: 'ENCODING',
            definition: `SET client_encoding = '${encoding}';\n`,
          },
          table(bytes.toString('latin1')),
        ],
        { encoding: 'latin1' },
      );
      const document = await openArchiveDocument(files.write(`${encoding}.dump`, built));
      await exportTableCsv(document, 0, target('encoded.csv'));
      assert.equal(readFileSync(target('encoded.csv'), 'utf8'), `${header}${line}\r\n`, encoding);
    }
    // Nobody knows what it is: the bytes stay as they are.
    const built = buildArchive([table('\xe9\t"\n')], { encoding: 'latin1' });
    const document = await openArchiveDocument(files.write('ascii.dump', built));
    await exportTableCsv(document, 0, target('ascii.csv'));
    assert.equal(readFileSync(target('ascii.csv'), 'latin1'), `${header}\xe9,""""\r\n`);
  });

  it('takes INSERT statements too', async () => {
    const data =
      "INSERT INTO s.t (a, b) VALUES (1, 'é,');\nINSERT INTO s.t (a, b) VALUES (NULL, '');\n";
    const file = files.write('inserts.dump', buildArchive([table(data, { copyStatement: null })]));
    const document = await openArchiveDocument(file);
    const { rows } = await exportTableCsv(document, 0, target('inserts.csv'));
    assert.equal(rows, 2);
    assert.equal(readFileSync(target('inserts.csv'), 'utf8'), 'a,b\r\n1,"é,"\r\n,""\r\n');
  });

  it('of an empty table is its header', async () => {
    const file = files.write('empty.dump', buildArchive([table('\\.\n')]));
    const document = await openArchiveDocument(file);
    assert.equal((await exportTableCsv(document, 0, target('empty.csv'))).rows, 0);
    assert.equal(readFileSync(target('empty.csv'), 'utf8'), header);
  });

  it('goes into a stream, no faster than that takes it', async () => {
    const document = await openFixture('mini.18.dump');
    const id = idOf(document, 'TABLE DATA', 'plain_text');
    const chunks: Buffer[] = [];
    let waiting = 0;
    let most = 0;
    const stream = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, done) {
        most = Math.max(most, ++waiting);
        chunks.push(Buffer.from(chunk));
        setImmediate(() => {
          waiting--;
          done();
        });
      },
    });
    const progress: number[] = [];
    await exportTableCsv(document, id, stream, { onProgress: ({ bytes }) => progress.push(bytes) });
    await exportTableCsv(document, id, target('stream.csv'));
    assert.equal(most, 1);
    assert.ok(progress.length > 0);
    assert.equal(Buffer.concat(chunks).toString(), readFileSync(target('stream.csv'), 'utf8'));
    assert.equal(stream.writableEnded, false);
  });

  itNeeds('links', 'goes through a link, and leaves the link', async () => {
    const document = await openArchiveDocument(
      files.write('link.dump', buildArchive([table('1\t2\n')])),
    );
    mkdirSync(target('links'));
    mkdirSync(target('real'));
    symlinkSync('../real/x.csv', target('links/x.csv'));
    await exportTableCsv(document, 0, target('links/x.csv'));
    assert.equal(readFileSync(target('real/x.csv'), 'utf8'), `${header}1,2\r\n`);
    assert.ok(lstatSync(target('links/x.csv')).isSymbolicLink());
    assert.deepEqual(readdirSync(target('links')), ['x.csv']);
  });

  const wide = 'x'.repeat(100_000);
  const cells: [value: string, safe: string][] = [
    ['=1+1', "'=1+1"],
    ['=cmd|"/c calc"!A1', '"\'=cmd|""/c calc""!A1"'],
    ['+49 30 123', "'+49 30 123"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['＝1+1', "'＝1+1"],
    [`=${wide}`, `"'=${wide}"`],
    ['-', "'-"],
    ['-1', '-1'],
    ['+1.5e-3', '+1.5e-3'],
    ['-0.25', '-0.25'],
    ['1-1', '1-1'],
    ['a=b', 'a=b'],
    ["'=1", "'=1"],
    ['', '""'],
  ];
  for (const [value, safe] of cells) {
    it(`for spreadsheets is text where it would be a formula: ${JSON.stringify(value.slice(0, 20))}`, async () => {
      const escaped = value.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
      const file = files.write('formula.dump', buildArchive([table(`${escaped}\t\\N\n`)]));
      const document = await openArchiveDocument(file);
      await exportTableCsv(document, 0, target('safe.csv'), { forSpreadsheets: true });
      assert.equal(readFileSync(target('safe.csv'), 'utf8'), `${header}${safe},\r\n`);
      await exportTableCsv(document, 0, target('exact.csv'));
      const [, row] = parseCsv(readFileSync(target('exact.csv'), 'utf8'));
      assert.deepEqual(row, [value, null]);
    });
  }

  it('for spreadsheets has no formula in its header, nor in INSERT statements', async () => {
    const copyStatement = 'COPY s.t ("=x", b) FROM stdin;\n';
    const named = buildArchive([table('1\t2\n', { copyStatement })]);
    const inserts = buildArchive([
      table("INSERT INTO s.t VALUES ('=1', '-1');\n\n\n", { copyStatement: '' }),
    ]);
    for (const [bytes, text] of [
      [named, "'=x,b\r\n1,2\r\n"],
      [inserts, "column1,column2\r\n'=1,-1\r\n"],
    ] as const) {
      const document = await openArchiveDocument(files.write('header.dump', bytes));
      await exportTableCsv(document, 0, target('header.csv'), { forSpreadsheets: true });
      assert.equal(readFileSync(target('header.csv'), 'utf8'), text);
    }
  });

  it('leaves nothing and touches nothing when it fails', async () => {
    const dir = target('out');
    mkdirSync(dir);
    writeFileSync(path.join(dir, 'old.csv'), 'old');
    const whole = await openFixture('mini.17.none.dump');
    const offset = whole.toc!.dataOffset(whole.tocIndex(idOf(whole, 'TABLE DATA', 'plain_text')))!;
    const bytes = readFileSync(fixture('mini.17.none.dump')).subarray(0, offset + 3000);
    const cut = await openArchiveDocument(files.write('cut.dump', bytes));
    const id = idOf(cut, 'TABLE DATA', 'plain_text');
    await assert.rejects(exportTableCsv(cut, id, path.join(dir, 'old.csv')), (e: unknown) =>
      AppError.is(e, 'archiveDamaged'),
    );
    await assert.rejects(
      exportTableCsv(whole, id, path.join(dir, 'old.csv'), { signal: AbortSignal.abort() }),
      (e: unknown) => AppError.is(e, 'cancelled'),
    );
    await assert.rejects(
      exportTableCsv(whole, id, path.join(dir, 'no such', 'x.csv')),
      (e: unknown) => AppError.is(e, 'outputNotWritable'),
    );
    assert.deepEqual(readdirSync(dir), ['old.csv']);
    assert.equal(readFileSync(path.join(dir, 'old.csv'), 'utf8'), 'old');
    await exportTableCsv(whole, id, path.join(dir, 'old.csv'));
    assert.deepEqual(readdirSync(dir), ['old.csv']);
    assert.notEqual(readFileSync(path.join(dir, 'old.csv'), 'utf8'), 'old');
  });
});
