import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AppError } from '../../../src/core/errors';
import { memorySource } from '../../support/packed/memorySource';
import { restorePlan } from '../../../src/core/archive/selection/restorePlan';
import type { Toc } from '../../../src/core/archive/toc/toc';
import { readToc } from '../../../src/core/archive/file/tocReader';
import { readTocFrom } from '../../../src/core/archive/file/readTocFrom';
import { buildArchive, encodingEntry, type BuildOptions, type BuiltEntry } from './buildArchive';
import { fixture, fixtureNames, scratch } from './files';

const custom = { path: 'x.dump', file: 'x.dump', container: 'custom' as const, start: 0 };

function readBytesToc(bytes: Buffer): Promise<Toc> {
  return readTocFrom(memorySource(bytes), { ...custom, end: bytes.length });
}

function readBuilt(entries: readonly BuiltEntry[], options: BuildOptions = {}): Promise<Toc> {
  return readBytesToc(buildArchive(entries, options));
}

/** Type, name, schema and owner of each object, by the comments of a script of the same database. */
function commentsOf(script: string): string[] {
  const text = readFileSync(fixture(script), 'utf8');
  // No row of the sample looks like one.
  return [
    ...text.matchAll(/^-- (?:Data for )?Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)$/gm),
  ].map(
    ([, tag, desc, schema, owner]) =>
      `${desc} | ${schema} | ${tag} | ${owner === '-' ? '' : owner}`,
  );
}

/** The same of an archive, as pg_dump would write it: line ends in names become blanks. */
function lineOf(toc: Toc, i: number): string {
  const { desc, schema, tag, owner } = toc.entry(i);
  return `${desc} | ${schema ?? '-'} | ${tag.replaceAll('\n', ' ')} | ${owner}`;
}

describe('the table of contents', () => {
  const names = fixtureNames(/\.(dump|dir|tar)$/);

  it('has archives of every major and format to be tested with', () => {
    for (const major of [12, 13, 14, 15, 16, 17, 18]) {
      for (const kind of ['dump', 'dir']) assert.ok(names.includes(`mini.${major}.${kind}`));
    }
    assert.ok(names.length >= 27);
  });

  for (const name of names) {
    const major = Number(/\d+/.exec(name)?.[0]);

    it(`is read from ${name}`, async () => {
      const toc = await readToc(fixture(name));
      const { header } = toc;
      assert.equal(toc.damage, null);
      assert.equal(header.archiveVersion, major <= 15 ? '1.14' : major === 16 ? '1.15' : '1.16');
      assert.equal(
        header.format,
        name.endsWith('.dir') ? 'directory' : name.endsWith('.tar') ? 'tar' : 'custom',
      );
      const named = /\.(none|lz4|zstd)\./.exec(name)?.[1];
      assert.equal(header.compression, named ?? (name.endsWith('.tar') ? 'none' : 'gzip'));
      assert.equal(header.database, 'mini');
      assert.ok(header.serverVersion.startsWith(`${major}.`), header.serverVersion);
      assert.equal(header.pgDumpVersion, header.serverVersion);
      assert.match(header.created, /^2026-11-22T07:\d\d:\d\d$/);
      assert.equal(toc.encoding, 'UTF8');
      // What `pg_restore -l` of each major lists.
      const listed = major <= 13 ? 180 : major <= 16 ? 183 : 182;
      assert.equal(toc.listed().length, listed);
      assert.equal(header.tocCount, listed + 6);
      assert.equal(toc.count, header.tocCount);
    });
  }

  for (const [script, archives] of [
    ['mini.17.sql', ['mini.17.dump', 'mini.17.dir', 'mini.17.zstd.dump', 'piped.17.dump']],
    ['mini.12.sql', ['mini.12.dump', 'mini.12.dir']],
  ] as const) {
    for (const archive of archives) {
      it(`of ${archive} has the objects of ${script}, in the order of a restore`, async () => {
        const toc = await readToc(fixture(archive));
        const { order, tablesWithData } = await restorePlan(toc, null);
        // Large objects were numbered by each dump's own database.
        const plain = (line: string): string =>
          line.replace(/^(BLOB\S*.*\| -) \| .* \|/, '$1 | oid |');
        assert.deepEqual(
          order.map((i) => plain(lineOf(toc, i))).filter((line) => !line.startsWith('BLOB')),
          commentsOf(script)
            .map(plain)
            .filter((line) => !line.startsWith('BLOB')),
        );
        assert.equal(tablesWithData, 37);
      });

      it(`of ${archive} gives each definition as ${script} has it`, async () => {
        const toc = await readToc(fixture(archive));
        const text = readFileSync(fixture(script), 'utf8');
        let compared = 0;
        for (const i of toc.listed()) {
          const span = toc.definition(i);
          if (span === null || span.length === 0 || toc.desc(i).startsWith('BLOB')) continue;
          const definition = await toc.readText(span);
          assert.ok(text.includes(definition.trimEnd()), `${lineOf(toc, i)}: ${definition}`);
          compared++;
        }
        assert.ok(compared > 130);
        const orders = toc
          .listed()
          .find((i) => toc.desc(i) === 'TABLE DATA' && toc.tag(i) === 'orders');
        assert.ok(orders !== undefined);
        const copy = toc.copyStatement(orders);
        assert.ok(copy !== null);
        assert.equal(
          await toc.readText(copy),
          'COPY app.orders (id, customer_id, st, total, note) FROM stdin;\n',
        );
        const table = toc.indexOf(toc.dependencies(orders)[0] ?? 0);
        const drop = toc.dropStatement(table);
        assert.ok(drop !== null);
        assert.equal(await toc.readText(drop), 'DROP TABLE app.orders;\n');
      });
    }
  }

  it('is the same in all formats of one database', async () => {
    const lines = async (name: string): Promise<string[]> => {
      const toc = await readToc(fixture(name));
      return Array.from({ length: toc.count }, (_, i) => lineOf(toc, i));
    };
    const expected = await lines('mini.18.dump');
    // What is packed once more is unpacked before it is read.
    for (const name of fixtureNames(/^mini\.18\.(?!tar\.xz$)/))
      assert.deepEqual(await lines(name), expected, name);
  });

  it('knows every field', async () => {
    const toc = await readBuilt([
      encodingEntry('UTF8'),
      {
        dumpId: 7,
        desc: 'TABLE DATA',
        tag: 'ta"b;\n é',
        schema: 'S p',
        owner: 'o w',
        copyStatement: 'COPY x FROM stdin;\n',
        dependencies: [3, 12],
        data: '1\n2\n',
      },
    ]);
    assert.equal(toc.header.created, '2026-11-22T12:34:56');
    const { definition, dropStatement, copyStatement, dataOffset, ...rest } = toc.entry(1);
    assert.deepEqual(rest, {
      dumpId: 7,
      hadDumper: true,
      tableOid: 0,
      oid: 0,
      tag: 'ta"b;\n é',
      desc: 'TABLE DATA',
      section: 'data',
      schema: 'S p',
      tablespace: null,
      tableAccessMethod: null,
      relkind: null,
      owner: 'o w',
      dependencies: [3, 12],
      dataState: 'offsetKnown',
      fileName: null,
    });
    assert.equal(definition?.length, 0);
    assert.equal(dropStatement?.length, 0);
    assert.equal(copyStatement?.length, 19);
    assert.equal(dataOffset, toc.endOffset);
    assert.equal(toc.indexOf(7), 1);
    assert.equal(toc.indexOf(8), -1);
    assert.throws(() => toc.tag(2), RangeError);
  });

  it('decodes names in the encoding of the dump', async () => {
    for (const [name, encoding, tag] of [
      ['LATIN1', 'latin1', 'café'],
      ['UTF8', 'utf8', 'таблица😀'],
      // Nobody knows what it is: UTF-8 where it can be, else byte by byte.
      ['SQL_ASCII', 'latin1', 'café'],
      ['SQL_ASCII', 'utf8', 'таблица'],
      ['WIN1251', 'latin1', '\xf2\xe0\xe1'],
    ] as const) {
      const toc = await readBuilt(
        [encodingEntry(name), { dumpId: 1, desc: 'TABLE', tag, schema: tag, owner: tag }],
        { encoding },
      );
      const expected = name === 'WIN1251' ? 'таб' : tag;
      const entry = toc.entry(1);
      assert.deepEqual([entry.tag, entry.schema, entry.owner], [expected, expected, expected]);
    }
  });

  it('is read in all versions, and with other sizes of numbers', async () => {
    for (const minor of [12, 13, 14, 15, 16]) {
      for (const intSize of [4, 8]) {
        const entries = [{ dumpId: 5, desc: 'TABLE', tag: 't', schema: 's', dependencies: [1] }];
        const toc = await readBuilt(entries, { minor, intSize });
        assert.equal(toc.damage, null);
        assert.deepEqual(toc.entry(0).dependencies, [1], `1.${minor}, int ${intSize}`);
        assert.equal(toc.header.archiveVersion, `1.${minor}`);
      }
    }
  });

  it('of a newer version says so and is read as far as it goes', async () => {
    const toc = await readBuilt([{ dumpId: 5, desc: 'TABLE', tag: 't' }], { minor: 17 });
    assert.equal(toc.header.newer, true);
    assert.equal(toc.header.archiveVersion, '1.17');
  });

  it('of a version that cannot be known is refused with it', async () => {
    const old = buildArchive([], { minor: 11 });
    await assert.rejects(readBytesToc(old), (e) => {
      assert.ok(AppError.is(e, 'archiveVersionUnsupported'));
      assert.equal(e.details.version, '1.11');
      return true;
    });
  });

  it('steps over texts larger than its window', async () => {
    const large = `${'x'.repeat(5 << 20)}\n`;
    const toc = await readBuilt([
      { dumpId: 1, desc: 'FUNCTION', tag: 'f()', definition: large, dropStatement: large },
      {
        dumpId: 2,
        desc: 'BLOBS',
        tag: 'BLOBS',
        dependencies: Array.from({ length: 300_000 }, (_, i) => i + 3),
      },
      { dumpId: 400_000, desc: 'TABLE', tag: 'last' },
    ]);
    assert.equal(toc.damage, null);
    assert.equal(toc.definition(0)?.length, large.length);
    assert.equal(toc.dependencies(1).length, 300_000);
    assert.equal(toc.dependencies(1).at(-1), 300_002);
    assert.equal(toc.tag(2), 'last');
  });

  it('tells partitions that attach themselves from children by inheritance', async () => {
    const toc = await readToc(fixture('mini.12.dump'));
    const attached = toc.listed().filter((i) => toc.attachesItself(i));
    assert.deepEqual(attached.map((i) => toc.tag(i)).sort(), [
      'log default',
      'log_2023',
      'log_2024',
    ]);
  });

  it('shows what can be read before a damage, and where it is', async () => {
    const bytes = readFileSync(fixture('mini.18.dump'));
    const whole = await readBytesToc(bytes);
    const cut = bytes.subarray(0, Math.floor(whole.endOffset / 2));
    const toc = await readBytesToc(cut);
    assert.ok(toc.count > 20 && toc.count < whole.count);
    assert.ok(toc.damage !== null);
    assert.ok(toc.damage.offset <= cut.length && toc.damage.offset > cut.length - 4096);
    assert.match(toc.damage.reading, new RegExp(`of entry ${toc.count + 1}$`));
    for (let i = 0; i < toc.count; i++) assert.deepEqual(toc.entry(i), whole.entry(i));
  });

  it('calls back with the header before the entries', async () => {
    const bytes = buildArchive([{ dumpId: 5, desc: 'TABLE', tag: 't' }]);
    const seen: number[] = [];
    await readTocFrom(
      memorySource(bytes),
      { ...custom, end: bytes.length },
      {
        onHeader: (header) => seen.push(header.tocCount),
      },
    );
    assert.deepEqual(seen, [1]);
  });

  it('has room for all its entries before they are read', async () => {
    const tags = Array.from({ length: 1000 }, (_, i) => `t${i}`);
    const bytes = buildArchive(tags.map((tag, i) => ({ dumpId: i + 1, desc: 'TABLE', tag })));
    const roomOf = (toc: Toc): unknown => (toc as unknown as { columns: unknown }).columns;
    let room: unknown;
    const place = { ...custom, end: bytes.length };
    const onHeader = (_header: unknown, made: Toc): void => void (room = roomOf(made));
    const toc = await readTocFrom(memorySource(bytes), place, { onHeader });
    assert.deepEqual(
      tags.map((_tag, i) => toc.tag(i)),
      tags,
    );
    assert.equal(roomOf(toc), room);
  });

  it('can be cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(readToc(fixture('mini.18.dump'), { signal: controller.signal }), (e) =>
      AppError.is(e, 'cancelled'),
    );
  });

  describe('of what is no archive', () => {
    const files = scratch();

    it('is refused', async () => {
      const text = files.write('x.dump', 'SELECT 1;\n');
      await assert.rejects(readToc(text), (e) => AppError.is(e, 'notADump'));
      await assert.rejects(readToc(`${text}.missing`), (e) => AppError.is(e, 'inputMissing'));
    });

    it('is reported with the offset of what is wrong in the header', async () => {
      const bytes = buildArchive([{ dumpId: 1, desc: 'TABLE', tag: 't' }]);
      bytes[10] = 77; // The format.
      await assert.rejects(readToc(files.write('bad.dump', bytes)), (e) => {
        assert.ok(AppError.is(e, 'archiveDamaged'));
        assert.deepEqual([e.details.offset, e.details.reading], [10, 'format']);
        return true;
      });
    });
  });
});
