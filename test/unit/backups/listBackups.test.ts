import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../src/core/errors';
import { backupFiles, hashFiles } from '../../../src/core/backups/files/hashFiles';
import { listBackups } from '../../../src/core/backups/list/listBackups';
import type { Manifest } from '../../../src/core/backups/manifest/manifest';
import { writeManifest } from '../../../src/core/backups/manifest/writeManifest';
import { MachineRecords } from '../../../src/core/backups/records/machineRecords';
import { fixture, scratch } from '../archive/files';
import { describeNeeds } from '../../support/needs';

const passed: Manifest['verifications'][number] = {
  level: 'fullRead',
  outcome: 'passed',
  at: '2099-01-01T00:00:00.000Z',
  durationMs: 5,
  tool: 'pg_restore 17.11',
  checksums: 'matched',
  blind: false,
  problems: [],
  problemCount: 0,
  tables: 1,
  rows: 1,
};

async function keep(
  file: string,
  format: Manifest['format'],
  times = { started: '2026-01-01T00:00:00.000Z', finished: '2026-01-01T00:00:01.000Z' },
): Promise<void> {
  const files = await backupFiles(file);
  await writeManifest(
    file,
    {
      manifestVersion: 1,
      format,
      backup: {
        connectionId: 'staging',
        database: 'shop',
        command: ['pg_dump'],
        tool: { name: 'pg_dump', version: '17.11' },
        serverVersion: '17.11',
        options: {},
        ...times,
        snapshot: null,
        tables: [],
        largeObjects: 0,
        git: { branch: 'main', commit: null },
      },
      modified: new Date(files.modifiedMs).toISOString(),
      files: await hashFiles(file, files),
      verifications: [passed],
    },
    '0123456789ab',
  );
}

describeNeeds('links', 'the backups in a directory', () => {
  const files = scratch();
  const at = (name: string): string => path.join(files.dir, name);
  const copy = (from: string, to: string): void =>
    cpSync(fixture(from), at(to), { recursive: true });

  before(async () => {
    copy('mini.17.dump', 'with.dump');
    await keep(at('with.dump'), 'custom');
    copy('mini.15.tar', 'tar.backup');
    copy('mini.18.dir', 'members');
    await keep(at('members'), 'directory');
    copy('mini.17.sql', 'script.sql');
    copy('plain.sql.gz', 'script.sql.gz');
    mkdirSync(at('older/deeper'), { recursive: true });
    copy('mini.13.dump', 'older/old.dump');
    copy('mini.13.dir', 'older/old.dir');
    copy('mini.13.dump', 'older/deeper/unseen.dump');
    copy('mini.17.dump', 'copied.dump');
    await keep(at('copied.dump'), 'custom');
    utimesSync(at('copied.dump'), 1_000_000_000, 1_000_000_000);
    copy('mini.17.dump', 'replaced.dump');
    await keep(at('replaced.dump'), 'custom');
    copy('mini.16.dump', 'replaced.dump');
    utimesSync(at('replaced.dump'), 4_200_000_000, 4_200_000_000);
    copy('mini.17.dump', 'gone.dump');
    await keep(at('gone.dump'), 'custom');
    renameSync(at('gone.dump'), at('renamed.dump'));
    copy('mini.13.dir', 'older/moved');
    await keep(at('older/moved'), 'directory');
    rmSync(at('older/moved'), { recursive: true });
    files.write('settings.backup.json', '{"somebody": "else\'s"}');
    files.write('hostile.dump.backup.json', '{"manifestVersion": 1, "files": 5}');
    copy('mini.17.dump', 'hostile.dump');
    files.write('cut.dump', 'PGDMP\x01');
    files.write('notes.txt', 'SELECT 1;\n');
    files.write('migration.sql', 'CREATE TABLE t (id int);\n');
    files.write('.hidden.dump', 'PGDMP');
    files.write('.x.dump.pgbackup-0123456789ab.partial', '12345');
    mkdirSync(at('.d.pgbackup-0123456789ab.old'));
    writeFileSync(at('.d.pgbackup-0123456789ab.old/toc.dat'), '123');
    symlinkSync('with.dump', at('link.dump'));
    symlinkSync('nowhere', at('broken.dump'));
    symlinkSync('.', at('loop'));
  });

  it('are found with what their manifests and headers tell', async () => {
    const seen: string[] = [];
    const listing = await listBackups(files.dir, {
      onEntries: (entries) => seen.push(...entries.map((entry) => entry.name)),
    });
    const told = Object.fromEntries(
      listing.entries.map((each) => [
        each.name,
        [each.format, each.compression, each.database, each.serverVersion, each.manifest],
      ]),
    );
    for (const [name, [, , database]] of Object.entries(told)) {
      if (database === '') continue;
      // What the file itself says counts, and not what its manifest says: that would be `shop`.
      assert.match(database ?? '', /^mini/, name);
      told[name]![2] = 'mini';
    }
    assert.deepEqual(told, {
      'with.dump': ['custom', 'gzip', 'mini', '17.11', 'fresh'],
      'link.dump': ['custom', 'gzip', 'mini', '17.11', 'fresh'],
      'tar.backup': ['tar', 'none', 'mini', '15.18', 'none'],
      members: ['directory', 'gzip', 'mini', '18.6', 'fresh'],
      'script.sql': ['plain', 'none', '', '17.11', 'none'],
      'script.sql.gz': ['plain', 'gzip', '', '17.11', 'none'],
      'older/old.dump': ['custom', 'gzip', 'mini', '13.23', 'none'],
      'older/old.dir': ['directory', 'gzip', 'mini', '13.23', 'none'],
      'copied.dump': ['custom', 'gzip', 'mini', '17.11', 'touched'],
      'replaced.dump': ['custom', 'gzip', 'mini', '16.15', 'stale'],
      'renamed.dump': ['custom', 'gzip', 'mini', '17.11', 'none'],
      'hostile.dump': ['custom', 'gzip', 'mini', '17.11', 'unreadable'],
      'cut.dump': ['custom', 'none', '', '', 'none'],
    });
    assert.deepEqual(seen.sort(), Object.keys(told).sort());
    const newestFirst = listing.entries.map((entry) => entry.modified);
    assert.deepEqual(newestFirst, [...newestFirst].sort().reverse());
    const gone = { database: 'shop', created: '2026-01-01T00:00:01.000Z' };
    assert.deepEqual(listing.orphans, [
      { ...gone, path: at('gone.dump.backup.json'), name: 'gone.dump' },
      { ...gone, path: at('older/moved.backup.json'), name: 'older/moved' },
    ]);
    assert.deepEqual(
      listing.leftovers.map((each) => [path.basename(each.path), each.sizeBytes]).sort(),
      [
        ['.d.pgbackup-0123456789ab.old', 3],
        ['.x.dump.pgbackup-0123456789ab.partial', 5],
      ],
    );
    assert.deepEqual(
      listing.problems.map((problem) => path.basename(problem.path)),
      ['broken.dump'],
    );
    assert.equal(listing.incomplete, false);
  });

  it('have no manifest that is outside the directory, whatever its name says', async () => {
    const root = path.join(files.dir, 'outside');
    const dir = path.join(root, 'listed');
    mkdirSync(dir, { recursive: true });
    for (const place of [dir, root]) {
      await writeManifest(
        place,
        {
          manifestVersion: 1,
          format: 'directory',
          backup: null,
          modified: '2026-01-01T00:00:00.000Z',
          files: [],
          verifications: [],
        },
        '0123456789ab',
      );
    }
    for (const name of ['', '.', '..']) writeFileSync(path.join(dir, `${name}.backup.json`), '');
    const listing = await listBackups(dir);
    rmSync(root, { recursive: true });
    rmSync(`${root}.backup.json`);
    assert.deepEqual([listing.orphans, listing.problems], [[], []]);
  });

  it('never count as verified by what a manifest says', async () => {
    const { entries } = await listBackups(files.dir, { records: new MachineRecords(at('none')) });
    assert.ok(entries.every(({ verified, verifications }) => !verified && !verifications.fullRead));
    const claimed = entries.filter(({ claims }) => claims.fullRead !== undefined);
    assert.deepEqual(claimed.map(({ name }) => name).sort(), [
      'copied.dump',
      'link.dump',
      'members',
      'with.dump',
    ]);
    const fresh = entries.find((each) => each.name === 'with.dump');
    assert.deepEqual(fresh?.claims, { fullRead: passed });
    assert.equal(fresh.connectionId, 'staging');
    assert.deepEqual(fresh.git, { branch: 'main', commit: null });
    const cut = entries.find((each) => each.name === 'cut.dump');
    assert.equal(cut?.truncated, true);
  });

  it('of one that is missing is an error, and a cancelled look ends', async () => {
    const missing = (e: unknown): boolean => AppError.is(e, 'inputMissing');
    await assert.rejects(listBackups(at('nowhere')), missing);
    const signal = AbortSignal.abort();
    await assert.rejects(listBackups(files.dir, { signal }), (e) => AppError.is(e, 'cancelled'));
  });

  it('are listed in a moment when there are 2,000, and the host goes on meanwhile', async () => {
    const many = scratch2000(files.dir);
    let turns = 0;
    const ticker = setInterval(() => turns++, 5);
    try {
      const listing = await listBackups(many);
      assert.equal(listing.entries.length, 2_000);
    } finally {
      clearInterval(ticker);
    }
    assert.ok(turns > 10, `${turns} turns`);
  });
});

/** Small ones: what is read of a backup does not depend on its size. */
function scratch2000(dir: string): string {
  const many = path.join(dir, 'older', 'deeper', 'many');
  mkdirSync(many);
  for (let i = 0; i < 2_000; i++) {
    writeFileSync(path.join(many, `${i}.sql`), '--\n-- PostgreSQL database dump\n--\n');
  }
  return many;
}

describe('when a backup was made', () => {
  const files = scratch();
  const days = 24 * 3_600_000;
  const toldBy: [string, number, 'manifest' | 'file'][] = [
    ['at the very moment', 0, 'manifest'],
    ['in another zone', days / 2, 'manifest'],
    ['the day before', -days, 'file'],
    ['years later', 1000 * days, 'file'],
  ];
  for (const [when, apart, source] of toldBy) {
    it(`is what the ${source} says where its manifest says ${when}`, async () => {
      const backup = path.join(files.dir, `${apart}.dump`);
      cpSync(fixture('mini.17.dump'), backup);
      const [entry] = (await listBackups(files.dir)).entries.filter(({ path: p }) => p === backup);
      const byFile = entry?.created ?? '';
      assert.match(byFile, /^\d{4}-\d\d-\d\dT[\d:]+$/);
      const told = new Date(Date.parse(`${byFile}Z`) + apart).toISOString();
      await keep(backup, 'custom', { started: told, finished: told });
      const again = (await listBackups(files.dir)).entries.find(({ path: p }) => p === backup);
      assert.equal(again?.created, source === 'manifest' ? told : byFile);
    });
  }
});
