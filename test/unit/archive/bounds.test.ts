/** What a dump may claim or repeat without end, and how much of it is taken. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { cpuTime } from '../../support/measure/cpuTime';
import { memorySource } from '../../support/packed/memorySource';
import { unpacked } from '../../../src/core/archive/compression/codecs';
import { decompressed } from '../../../src/core/archive/compression/decompress';
import { openArchiveDocument } from '../../../src/core/archive/document/archiveDocument';
import { previewRows } from '../../../src/core/archive/rows/dataPreview';
import { ddlOf } from '../../../src/core/archive/ddl/entryDdl';
import { ScriptScanner } from '../../../src/core/archive/script/scriptScan';
import type { ScriptScan } from '../../../src/core/archive/script/scriptTypes';
import { readSpan } from '../../../src/core/archive/toc/toc';
import { readTocFrom } from '../../../src/core/archive/file/readTocFrom';
import { AppError } from '../../../src/core/errors';
import { collect } from './documents/opened';
import { buildArchive, type BuiltEntry } from './buildArchive';
import { scratch } from './files';

function scan(text: string, tokens?: (words: readonly string[]) => void): ScriptScan {
  const bytes = Buffer.from(text);
  const scanner = new ScriptScanner({ statement: (_start, _end, words) => tokens?.(words) });
  scanner.push({ bytes, base: 0, last: true }, 0);
  return scanner.finish(bytes.length);
}

const rows = (data: string, copyStatement?: string): BuiltEntry[] => [
  {
    dumpId: 1,
    desc: 'TABLE DATA',
    tag: 't',
    schema: 's',
    data,
    ...(copyStatement === undefined ? {} : { copyStatement }),
  },
];

describe('bounds of what is read', () => {
  const files = scratch();

  it('a name of more than a megabyte is a damage, and what is before it is shown', async () => {
    const bytes = buildArchive([
      { dumpId: 1, desc: 'SCHEMA', tag: 'app' },
      { dumpId: 2, desc: 'TABLE', tag: 'x'.repeat((1 << 20) + 1), schema: 'app' },
      { dumpId: 3, desc: 'TABLE', tag: 'orders', schema: 'app' },
    ]);
    const place = {
      path: 'x',
      file: 'x',
      container: 'custom',
      start: 0,
      end: bytes.length,
    } as const;
    const toc = await readTocFrom(memorySource(bytes), place);
    assert.equal(toc.count, 1);
    assert.match(toc.damage?.reading ?? '', /of entry 2$/);
  });

  it('of a text that claims a gigabyte no more than 64 MB are read', async () => {
    const source = memorySource(Buffer.alloc((64 << 20) + 10, 'x'));
    const text = await readSpan(source, { offset: 5, length: 1 << 30 }, 'UTF8');
    assert.equal(text.length, 64 << 20);
  });

  it('a zstd frame that wants a window of more than 128 MB is refused', async () => {
    const frame = (log: number): Buffer =>
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3, 1, 0, 0]);
    const read = async (log: number): Promise<void> => {
      const file = files.write(`window${log}.zst`, frame(log));
      for await (const piece of decompressed(file, 'zstd')) assert.equal(piece.length, 0);
    };
    // An empty last block: that frame is whole.
    await read(27);
    await assert.rejects(
      read(28),
      (e) => AppError.is(e, 'archiveDamaged') && /window size/.test(e.details.reading),
    );
  });

  it('zstd frames of one block are unpacked in no more than a block needs, whatever window they want', async () => {
    const frame = [
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0,
      (27 - 10) << 3,
      (2 << 3) | 1,
      0,
      0,
      ...Buffer.from('ab'),
    ];
    const count = 100;
    const file = files.write('windows.zst', Buffer.from(Array<number[]>(count).fill(frame).flat()));
    const pieces: Buffer[] = [];
    const since = cpuTime();
    for await (const piece of decompressed(file, 'zstd')) pieces.push(piece);
    const ms = cpuTime() - since;
    assert.equal(Buffer.concat(pieces).toString(), 'ab'.repeat(count));
    // Windows as large as that would take ten seconds.
    assert.ok(ms < 1000, `${ms} ms`);
  });

  it('a small gzip stream that grows a thousandfold is unpacked piece by piece', async () => {
    const packed = gzipSync(Buffer.alloc(32 << 20));
    assert.ok(packed.length < 64 << 10);
    async function* stored(): AsyncGenerator<Buffer> {
      yield packed;
    }
    let total = 0;
    for await (const piece of unpacked(stored(), 'gzip')) {
      assert.ok(piece.length <= 4 << 20);
      total += piece.length;
    }
    assert.equal(total, 32 << 20);
  });

  it('of psql commands the first hundred are kept, of each its beginning', () => {
    const { metaCommands } = scan(`\\! ${'x'.repeat(1 << 20)}\n`.repeat(3) + '\\! y\n'.repeat(200));
    assert.equal(metaCommands.length, 100);
    assert.ok(metaCommands.every(({ text }) => text.length <= 200));
  });

  it('of kinds of statements five hundred are told apart', () => {
    const { statements } = scan(Array.from({ length: 2000 }, (_, i) => `k${i} x;\n`).join(''));
    assert.equal(statements.size, 500);
  });

  it('of a statement the first words are kept', () => {
    const seen: number[] = [];
    scan(`CREATE TABLE t (${'a b, '.repeat(50_000)}c d);\n`, (words) => seen.push(words.length));
    assert.equal(seen.length, 1);
    assert.ok(seen[0]! > 5 && seen[0]! <= 24, String(seen[0]));
  });

  it('of objects in a script of no tool’s 200,000 are kept', function () {
    const { objects } = scan('CREATE TABLE t();\n'.repeat(200_001));
    assert.equal(objects.length, 200_000);
  });

  it('a script with more roles and databases than are kept is not called whole', function () {
    const cluster = (roles: number): ScriptScan =>
      scan(
        '--\n-- PostgreSQL database cluster dump\n--\n\n' +
          'CREATE ROLE r;\n'.repeat(roles) +
          'DROP DATABASE live;\n' +
          '--\n-- PostgreSQL database cluster dump complete\n--\n\n',
      );
    assert.equal(cluster(10).complete, true);
    const most = cluster(99_999);
    assert.equal(most.complete, true);
    assert.deepEqual(most.globals.at(-1), { action: 'drop', kind: 'DATABASE', name: 'live' });
    const more = cluster(100_000);
    assert.equal(more.globals.length, 100_000);
    assert.equal(more.complete, false);
  });

  it('a statement that drops more roles than are kept of it is not called whole', () => {
    const dropping = (roles: readonly string[]): ScriptScan =>
      scan(
        '--\n-- PostgreSQL database cluster dump\n--\n\n' +
          `DROP ROLE IF EXISTS ${roles.join(', ')};\n` +
          '--\n-- PostgreSQL database cluster dump complete\n--\n\n',
      );
    const few = dropping(['a', '"B, c"', 'D']);
    assert.deepEqual(
      few.globals.map(({ name }) => name),
      ['a', 'B, c', 'd'],
    );
    assert.equal(few.complete, true);
    assert.equal(dropping(Array.from({ length: 30 }, (_, i) => `r${i}`)).complete, false);
  });

  it('a COPY statement of megabytes is not taken for a list of columns', async () => {
    const columns = Array.from({ length: 200_000 }, (_, i) => `c${i}`).join(', ');
    const entries = rows('1\n', `COPY s.t (${columns}) FROM stdin;\n`);
    const document = await openArchiveDocument(files.write('copy.dump', buildArchive(entries)));
    const found = await previewRows(document, 0);
    assert.equal(found.columns.length, 0);
  });

  it('for a preview no more is unpacked than some megabytes, however long a row is', async () => {
    const long = 'x'.repeat(40 << 20);
    for (const [name, entries] of [
      ['long-copy.dump', rows(`1\n${long}\n`, 'COPY s.t (a) FROM stdin;\n')],
      [
        'long-insert.dump',
        rows(`INSERT INTO s.t VALUES (1);\nINSERT INTO s.t VALUES ('${long}');\n`),
      ],
    ] as const) {
      const document = await openArchiveDocument(files.write(name, buildArchive(entries)));
      const found = await previewRows(document, 0);
      assert.deepEqual([found.rows[0], found.truncated], [['1'], true], name);
      assert.ok(found.bytesRead < 20 << 20, `${name}: ${found.bytesRead} bytes`);
    }
  });

  it('of wide tables fewer rows are shown', async () => {
    const wide = `${Array.from({ length: 1000 }, () => '1').join('\t')}\n`;
    const inserted = `INSERT INTO s.t VALUES (${'1, '.repeat(999)}1);\n`;
    for (const [name, entries] of [
      ['wide-copy.dump', rows(wide.repeat(150), 'COPY s.t FROM stdin;\n')],
      ['wide-insert.dump', rows(inserted.repeat(150))],
    ] as const) {
      const document = await openArchiveDocument(files.write(name, buildArchive(entries)));
      const { rows: shown, truncated } = await previewRows(document, 0);
      assert.ok(shown.length >= 60 && shown.length <= 61, `${name}: ${shown.length}`);
      assert.equal(truncated, true);
    }
  });

  it('of the INSERTs of a script their first lines are shown as SQL', async () => {
    const script = `--
-- PostgreSQL database dump
--

--
-- Data for Name: t; Type: TABLE DATA; Schema: s; Owner: o
--

${'INSERT INTO s.t VALUES (1);\n'.repeat(5000)}

--
-- PostgreSQL database dump complete
--

`;
    const document = await openArchiveDocument(files.write('inserts.sql', script));
    const ddl = (await collect(ddlOf(document, [0]))).join('');
    assert.match(ddl, /INSERT INTO s\.t VALUES \(1\);/);
    assert.ok(ddl.length < 5000, `${ddl.length} characters`);
  });
});
