import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { AppError } from '../../../../src/core/errors';
import { getBackupInfo } from '../../../../src/core/archive/inspect/backupInfo';
import type { BackupInfo } from '../../../../src/core/model/archive';
import { buildArchive, encodingEntry } from '../buildArchive';
import { fixture, fixtureNames, scratch } from '../files';
import { itNeeds } from '../../../support/needs';

/** What the sample database holds, counted in its own script. */
const sample = {
  schemas: ['Sales Dept', 'app', 'audit', 'naïve✓', 'public'],
  functions: 6,
  views: 2,
  sequences: 7,
  indexes: 8,
  triggers: 1,
  constraints: 15,
  hasBlobs: true,
  largeObjects: 4,
};

describe('the info of a backup', () => {
  const files = scratch();

  for (const name of [
    ...fixtureNames(/\.(dump|dir|tar)$/),
    ...fixtureNames(/^(mini\.\d+|plain)\.sql/),
  ]) {
    it(`of ${name} tells what is in it`, async () => {
      const info = await getBackupInfo(fixture(name));
      const { tables, otherRelations = [], ...contents } = info.contents;
      assert.deepEqual(contents, sample);
      // Views and sequences can be named beside tables.
      assert.equal(otherRelations.length, sample.views + sample.sequences);
      assert.equal(tables.length, 38);
      assert.ok(tables.some((t) => t.schema === 'naïve✓' && t.name === 'emoji 😀 tbl'));
      // Of a directory the ends of members would have to be read.
      assert.equal(info.complete, info.format === 'directory' ? null : true);
      assert.equal(info.encoding, 'UTF8');
      assert.match(info.serverVersion, /^1[2-8]\.\d+ \(/);
      assert.equal(info.pgDumpVersion, info.serverVersion);
      // Plain JSON, as the command API promises.
      assert.deepEqual(JSON.parse(JSON.stringify(info)), info);
      if (info.format === 'plain') return;
      assert.equal(info.database, 'mini');
      assert.equal(info.databaseEncoding, 'UTF8');
      assert.deepEqual(info.locale, { collate: 'C.UTF-8', ctype: 'C.UTF-8' });
      assert.ok(!Number.isNaN(Date.parse(info.created)));
    });
  }

  it('knows the foreign keys between tables, and which of them the order of the rows breaks', async () => {
    for (const name of fixtureNames(/^mini\.\d+\.dump$/)) {
      const { foreignKeys = [], contents } = await getBackupInfo(fixture(name));
      const told = foreignKeys.map(({ from, to, inOrder }) => {
        const [a, b] = [from, to].map((end) => contents.tables[end.tables[0] ?? -1]?.name);
        return `${a} > ${b} ${inOrder}`;
      });
      assert.deepEqual(
        told.sort(),
        ['Order Details > orders false', 'orders > customer true'],
        name,
      );
      assert.ok(foreignKeys.every(({ from, to }) => from.rows.length + to.rows.length === 2));
    }
  });

  it('knows the partitions of tables, whichever pg_dump wrote them', async () => {
    for (const name of fixtureNames(/^mini\.\d+\.(dump|dir|tar)$/)) {
      const { partitions = [], contents } = await getBackupInfo(fixture(name));
      const told = partitions.map((pair) => pair.map((i) => contents.tables[i]?.name).join(' of '));
      const expected = ['log default of log', 'log_2023 of log', 'log_2024 of log'];
      assert.deepEqual(told.sort(), expected, name);
    }
    assert.equal((await getBackupInfo(fixture('mini.17.sql'))).partitions, undefined);
  });

  it('has the size on disk', async () => {
    for (const name of ['mini.18.dump', 'mini.18.tar', 'plain.sql.gz']) {
      assert.equal((await getBackupInfo(fixture(name))).sizeBytes, statSync(fixture(name)).size);
    }
  });

  it('warns of what matters to a restore', async () => {
    const warnings = async (name: string): Promise<BackupInfo['warnings']> =>
      (await getBackupInfo(fixture(name))).warnings;
    assert.deepEqual(await warnings('mini.17.dump'), ['attachedIndexes']);
    assert.deepEqual(await warnings('piped.17.dump'), ['attachedIndexes', 'noDataOffsets']);
    assert.deepEqual(await warnings('mini.17.sql'), ['restrictKeys', 'attachedIndexes']);
    assert.deepEqual(await warnings('mini.12.sql'), ['attachedIndexes']);
    assert.deepEqual(await warnings('sample-schema.sql'), ['metaCommands']);
    const newer = files.write('newer.dump', buildArchive([encodingEntry('UTF8')], { minor: 17 }));
    const info = await getBackupInfo(newer);
    assert.deepEqual([info.warnings, info.archiveVersion], [['newerVersion'], '1.17']);
  });

  it('reads the locale of older and newer CREATE DATABASE', async () => {
    for (const [definition, encoding, locale] of [
      [
        "CREATE DATABASE x WITH TEMPLATE = template0 ENCODING = 'LATIN1' LC_COLLATE = 'C' LC_CTYPE = 'de_DE';",
        'LATIN1',
        { collate: 'C', ctype: 'de_DE' },
      ],
      [
        "CREATE DATABASE x WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu LOCALE = 'en_US.UTF-8' ICU_LOCALE = 'en-US';",
        'UTF8',
        {
          collate: 'en_US.UTF-8',
          ctype: 'en_US.UTF-8',
          provider: { kind: 'icu', locale: 'en-US' },
        },
      ],
      [
        "CREATE DATABASE x WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu LOCALE = 'C' ICU_LOCALE = 'de' ICU_RULES = '&a < ''b''';",
        'UTF8',
        {
          collate: 'C',
          ctype: 'C',
          provider: { kind: 'icu', locale: 'de', rules: "&a < 'b'" },
        },
      ],
      [
        "CREATE DATABASE x WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = builtin LOCALE = 'C' BUILTIN_LOCALE = 'C.UTF-8';",
        'UTF8',
        { collate: 'C', ctype: 'C', provider: { kind: 'builtin', locale: 'C.UTF-8' } },
      ],
      ['CREATE DATABASE x WITH TEMPLATE = template0;', null, null],
    ] as const) {
      const bytes = buildArchive([{ dumpId: 1, desc: 'DATABASE', tag: 'x', definition }]);
      const info = await getBackupInfo(files.write('locale.dump', bytes));
      assert.deepEqual([info.databaseEncoding, info.locale], [encoding, locale]);
    }
  });

  it('of a damaged archive is what can be read of it', async () => {
    const bytes = readFileSync(fixture('mini.18.dump')).subarray(0, 30_000);
    const info = await getBackupInfo(files.write('cut.dump', bytes));
    assert.equal(info.complete, false);
    assert.ok(info.warnings.includes('damagedToc'));
    assert.equal(info.database, 'mini');
    assert.ok(info.contents.tables.length > 5);
  });

  it('of an archive of data alone lists the tables that the data belong to', async () => {
    const entry = { desc: 'TABLE DATA', schema: 's', data: 'x\n' };
    const bytes = buildArchive([
      { ...entry, dumpId: 1, tag: 'a' },
      { ...entry, dumpId: 2, tag: 'b.c' },
    ]);
    const { contents } = await getBackupInfo(files.write('data.dump', bytes));
    assert.deepEqual(contents.tables, [
      { schema: 's', name: 'a' },
      { schema: 's', name: 'b.c' },
    ]);
    assert.deepEqual(contents.schemas, ['s']);
  });

  it('can be cancelled, and is none of what is missing', async () => {
    const controller = new AbortController();
    controller.abort();
    for (const name of [
      'mini.18.dump',
      'mini.17.sql',
      'mini.17.dir',
      'mini.18.tar',
      'plain.sql.zst',
    ]) {
      await assert.rejects(getBackupInfo(fixture(name), { signal: controller.signal }), (e) =>
        AppError.is(e, 'cancelled'),
      );
    }
    await assert.rejects(getBackupInfo(fixture('nothing')), (e) => AppError.is(e, 'inputMissing'));
  });

  itNeeds('modes of files', 'of a file that may not be read says so', async function () {
    const file = files.write('closed.dump', 'x');
    chmodSync(file, 0o000);
    // The superuser reads everything.
    const expected = process.getuid?.() === 0 ? 'notADump' : 'inputUnreadable';
    await assert.rejects(getBackupInfo(file), (e) => AppError.is(e, expected));
  });
});
