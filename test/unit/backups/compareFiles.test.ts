import assert from 'node:assert/strict';
import {
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { compareWithManifest } from '../../../src/core/backups/files/compareFiles';
import { backupFiles, hashFiles } from '../../../src/core/backups/files/hashFiles';
import { manifestPath } from '../../../src/core/backups/manifest/manifest';
import { writeManifest } from '../../../src/core/backups/manifest/writeManifest';
import { AppError } from '../../../src/core/errors';
import { itNeeds } from '../../support/needs';
import { fixture, scratch } from '../archive/files';

async function writeManifestOf(backup: string): Promise<void> {
  const files = await backupFiles(backup);
  await writeManifest(
    backup,
    {
      manifestVersion: 1,
      format: files.directory ? 'directory' : 'custom',
      backup: null,
      modified: new Date(files.modifiedMs).toISOString(),
      files: await hashFiles(backup, files),
      verifications: [],
    },
    '0123456789ab',
  );
}

/** Changes one byte and no size. */
function flip(file: string): void {
  const bytes = readFileSync(file);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

interface Case {
  what: string;
  of: 'mini.17.dump' | 'mini.17.dir';
  change: (backup: string) => void;
  /** By sizes alone, and by checksums: what differs, as `kind name`. */
  sizes: string[];
  checksums: string[];
}

const cases: Case[] = [
  { what: 'nothing', of: 'mini.17.dump', change: () => undefined, sizes: [], checksums: [] },
  { what: 'nothing', of: 'mini.17.dir', change: () => undefined, sizes: [], checksums: [] },
  {
    what: 'one byte',
    of: 'mini.17.dump',
    change: flip,
    sizes: [],
    checksums: ['checksumMismatch mini.17.dump'],
  },
  {
    what: 'one byte of a member',
    of: 'mini.17.dir',
    change: (backup) => flip(path.join(backup, 'toc.dat')),
    sizes: [],
    checksums: ['checksumMismatch toc.dat'],
  },
  {
    what: 'the end',
    of: 'mini.17.dump',
    change: (backup) => truncateSync(backup, 100),
    sizes: ['sizeChanged mini.17.dump'],
    checksums: ['sizeChanged mini.17.dump'],
  },
  {
    what: 'a member that was cut, one that is gone, one that was added',
    of: 'mini.17.dir',
    change: (backup) => {
      truncateSync(path.join(backup, 'toc.dat'), 100);
      renameSync(path.join(backup, 'blobs_3764.toc'), path.join(backup, 'blobs_1.toc'));
    },
    sizes: ['sizeChanged toc.dat', 'missing blobs_3764.toc', 'extraFile blobs_1.toc'],
    checksums: ['sizeChanged toc.dat', 'missing blobs_3764.toc', 'extraFile blobs_1.toc'],
  },
  {
    what: 'files of a file manager, which are no members',
    of: 'mini.17.dir',
    change: (backup) => writeFileSync(path.join(backup, '.DS_Store'), 'x'),
    sizes: [],
    checksums: [],
  },
];

describe('a backup against its manifest', () => {
  const files = scratch();

  it('tells of a large object that was cut, with what it had and has', async () => {
    const backup = path.join(files.dir, 'cut.dir');
    cpSync(fixture('mini.17.dir'), backup, { recursive: true });
    const largeObject = path.join(backup, 'blob_4711.dat');
    writeFileSync(largeObject, Buffer.alloc(9000, 7));
    await writeManifestOf(backup);
    truncateSync(largeObject, 4500);
    const { result, differences, differenceCount } = await compareWithManifest(backup);
    assert.deepEqual([result, differenceCount], ['differs', 1]);
    const kind = 'sizeChanged';
    assert.deepEqual(differences, [
      { kind, object: 'blob_4711.dat', detail: '9000 → 4500', offset: 4500 },
    ]);
  });

  for (const [i, { what, of, change, sizes, checksums }] of cases.entries()) {
    it(`tells that ${what} of ${of} has changed`, async () => {
      const backup = path.join(files.dir, `${i}`, of);
      cpSync(fixture(of), backup, { recursive: true });
      await writeManifestOf(backup);
      change(backup);
      for (const [wanted, options] of [
        [sizes, {}],
        [checksums, { checksums: true }],
      ] as const) {
        const found = await compareWithManifest(backup, options);
        const shown = found.differences.map(({ kind, object }) => `${kind} ${object}`);
        assert.deepEqual(shown.sort(), [...wanted].sort());
        assert.equal(found.differenceCount, wanted.length);
        assert.equal(found.result, wanted.length === 0 ? 'matches' : 'differs');
      }
    });
  }

  for (const to of ['nowhere', 'blobs_3764.toc', '../elsewhere']) {
    itNeeds('links', `misses a member that became a link to ${to}`, async () => {
      const backup = path.join(files.dir, `linked to ${to.replace('/', ' ')}`, 'mini.17.dir');
      cpSync(fixture('mini.17.dir'), backup, { recursive: true });
      await writeManifestOf(backup);
      renameSync(path.join(backup, 'blobs_3764.toc'), path.join(backup, '../elsewhere'));
      symlinkSync(to, path.join(backup, 'blobs_3764.toc'));
      const { result, differences } = await compareWithManifest(backup, { checksums: true });
      assert.equal(result, 'differs');
      assert.deepEqual(
        differences.map(({ kind, object }) => `${kind} ${object}`),
        ['missing blobs_3764.toc'],
      );
    });
  }

  it('has nothing to say without one, or with one that cannot be read', async () => {
    const backup = files.write('alone.dump', 'x');
    assert.equal((await compareWithManifest(backup)).result, 'none');
    writeFileSync(manifestPath(backup), '{"manifestVersion": 1');
    assert.equal((await compareWithManifest(backup)).result, 'unreadable');
  });

  it('follows a file that was renamed together with its manifest', async () => {
    const backup = files.write('before.dump', 'abc');
    await writeManifestOf(backup);
    const renamed = path.join(files.dir, 'after.dump');
    renameSync(backup, renamed);
    renameSync(manifestPath(backup), manifestPath(renamed));
    assert.equal((await compareWithManifest(renamed, { checksums: true })).result, 'matches');
  });

  it('says that the backup itself is gone', async () => {
    const backup = files.write('gone.dump', 'abc');
    await writeManifestOf(backup);
    rmSync(backup);
    await assert.rejects(compareWithManifest(backup), (error) =>
      AppError.is(error, 'inputMissing'),
    );
  });
});
