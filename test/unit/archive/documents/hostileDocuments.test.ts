import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openArchiveDocument } from '../../../../src/core/archive/document/archiveDocument';
import { previewRows } from '../../../../src/core/archive/rows/dataPreview';
import { ddlOf } from '../../../../src/core/archive/ddl/entryDdl';
import { closeSelection } from '../../../../src/core/archive/document/selection';
import { openTableData } from '../../../../src/core/archive/rows/tableData';
import { AppError } from '../../../../src/core/errors';
import { buildArchive, type BuiltEntry } from '../buildArchive';
import { scratch } from '../files';
import { collect } from './opened';
import { useBytes } from './useDump';
import { itNeeds } from '../../../support/needs';

describe('a hostile dump as a document', () => {
  const files = scratch();

  it('whose entries depend on themselves and on each other can be selected', async () => {
    const ring = Array.from({ length: 50 }, (_, i): BuiltEntry => {
      const desc = ['TABLE', 'INDEX', 'COMMENT', 'TABLE ATTACH', 'SEQUENCE'][i % 5]!;
      return {
        dumpId: i + 1,
        desc,
        tag: `x${i % 7}`,
        schema: 's',
        dependencies: [i + 1, ((i + 1) % 50) + 1, 1],
      };
    });
    const file = files.write('ring.dump', buildArchive(ring));
    const document = await openArchiveDocument(file);
    const closed = await closeSelection(document, [10]);
    assert.ok(closed.ids.length > 1 && closed.ids.length <= 50);
    await useBytes(buildArchive(ring));
  });

  it('that uses a dump id twice has entries of its own for both', async () => {
    const entries: BuiltEntry[] = [
      { dumpId: 1, desc: 'TABLE', tag: 'a', schema: 's', definition: 'CREATE TABLE a ();\n' },
      { dumpId: 1, desc: 'TABLE', tag: 'b', schema: 's', definition: 'CREATE TABLE b ();\n' },
    ];
    const document = await openArchiveDocument(files.write('twice.dump', buildArchive(entries)));
    assert.deepEqual([document.names(0).tag, document.names(1).tag], ['a', 'b']);
    assert.match((await collect(ddlOf(document, [1]))).join(''), /CREATE TABLE b/);
  });

  it('with rows of a million fields shows as many as a table can have', async () => {
    const wide = `${'\t'.repeat(1_000_000)}\n`;
    const copyStatement = 'COPY s.t (a, b) FROM stdin;\n';
    const entries: BuiltEntry[] = [
      { dumpId: 1, desc: 'TABLE DATA', tag: 't', schema: 's', copyStatement, data: wide.repeat(3) },
      {
        dumpId: 2,
        desc: 'TABLE DATA',
        tag: 'u',
        schema: 's',
        data: `INSERT INTO s.u VALUES (${'1,'.repeat(100_000)}1);\n`.repeat(3),
      },
    ];
    const document = await openArchiveDocument(files.write('wide.dump', buildArchive(entries)));
    for (const id of [0, 1]) {
      const { rows, truncated } = await previewRows(document, id);
      assert.deepEqual([rows.length, rows[0]?.length, truncated], [1, 2000, true]);
    }
  });

  itNeeds(
    'links',
    'in a directory whose files lead out of it shows none of what is there',
    async function () {
      const outside = files.write('secret.txt', '1\tsecret\n\\.\n\n\n');
      const dir = path.join(files.dir, 'links.dir');
      mkdirSync(path.join(dir, 'inner'), { recursive: true });
      const entries = [1, 2, 3, 4].map((dumpId): BuiltEntry => ({
        dumpId,
        desc: 'TABLE DATA',
        tag: `t${dumpId}`,
        schema: 's',
        copyStatement: 'COPY s.t (a, b) FROM stdin;\n',
        data: '',
      }));
      writeFileSync(path.join(dir, 'toc.dat'), buildArchive(entries, { format: 'directory' }));
      writeFileSync(path.join(dir, 'inner', 'rows'), '1\tinner\n\\.\n\n\n');
      try {
        symlinkSync(outside, path.join(dir, '1.dat'));
        symlinkSync('../secret.txt', path.join(dir, '2.dat'));
        symlinkSync('3.dat', path.join(dir, '3.dat'));
        symlinkSync(path.join('inner', 'rows'), path.join(dir, '4.dat'));
      } catch (error) {
        // Windows lets only some users make links.
        assert.equal((error as NodeJS.ErrnoException).code, 'EPERM');
        return;
      }
      const document = await openArchiveDocument(dir);
      for (const id of [0, 1, 2]) {
        await assert.rejects(previewRows(document, id), (e) => AppError.is(e, 'rowsUnavailable'));
      }
      assert.deepEqual((await previewRows(document, 3)).rows, [['1', 'inner']]);
      const { complete, problems } = await document.measure();
      assert.equal(complete, false);
      assert.deepEqual(
        problems.map(({ dumpId }) => dumpId),
        [1, 2, 3],
      );
    },
  );

  it('in a directory with a list of many large objects, one name without an end, is read', async () => {
    const dir = path.join(files.dir, 'blobs.dir');
    mkdirSync(dir);
    const entries: BuiltEntry[] = [{ dumpId: 7, desc: 'BLOBS', tag: 'BLOBS', data: '' }];
    writeFileSync(path.join(dir, 'toc.dat'), buildArchive(entries, { format: 'directory' }));
    const lines = Array.from({ length: 60_000 }, (_, i) => `${i} blob_${i}.dat\n`).join('');
    writeFileSync(path.join(dir, '7.dat'), `${lines}../../x ${'y'.repeat(3 << 20)}`);
    for (const i of [0, 40_000, 59_999]) writeFileSync(path.join(dir, `blob_${i}.dat`), 'abc');
    const document = await openArchiveDocument(dir);
    const { dataSizes, complete } = await document.measure();
    assert.equal(complete, false);
    assert.equal(dataSizes.get(7), 9);
  });

  it('that connects to more databases than any server has is not called whole', async () => {
    const head = '--\n-- PostgreSQL database cluster dump\n--\n\n';
    const lines = Array.from({ length: 30_000 }, (_, i) => `\\connect d${i}\n`).join('');
    const end = '--\n-- PostgreSQL database cluster dump complete\n--\n\n';
    const document = await openArchiveDocument(files.write('many.sql', head + lines + end));
    assert.equal(document.databases.length, 10_000);
    assert.notEqual(document.damage, null);
  });

  const rows = (): BuiltEntry[] => [
    {
      dumpId: 1,
      desc: 'TABLE DATA',
      tag: 't',
      schema: 's',
      copyStatement: 'COPY s.t (a) FROM stdin;\n',
      data: '1\n'.repeat(600_000),
    },
  ];

  const replaced = async (): Promise<void> => {
    const file = files.write('replaced.dump', buildArchive(rows()));
    const document = await openArchiveDocument(file);
    const { pieces } = await openTableData(document, 0);
    assert.ok((await pieces.next()).value);
    // Another file under the same name: what is being read is still the old one.
    rmSync(file);
    files.write('replaced.dump', buildArchive(rows()).subarray(0, 900_000));
    let bytes = 0;
    for await (const piece of pieces) {
      assert.match(piece.toString('latin1', 0, 10), /^[1\n]+$/);
      bytes += piece.length;
    }
    assert.ok(bytes > 1_000_000);
    await assert.rejects(previewRows(document, 0), (e) => AppError.is(e, 'inputChanged'));
  };
  itNeeds(
    'replacement of open files',
    'that is replaced while it is read is not taken for the one that was opened',
    replaced,
  );

  it('that is cut while it is read ends early, with an error', async () => {
    const file = files.write('cut.dump', buildArchive(rows()));
    const cut = await openTableData(await openArchiveDocument(file), 0);
    await cut.pieces.next();
    truncateSync(file, 400_000);
    await assert.rejects(
      async () => {
        for await (const piece of cut.pieces) assert.ok(piece.length > 0);
      },
      (e) => AppError.is(e, 'inputChanged') || AppError.is(e, 'archiveDamaged'),
    );
  });
});
