import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { directorySizes } from '../../../src/core/archive/data/directoryMembers';
import { backupFiles, hashFiles } from '../../../src/core/backups/files/hashFiles';
import { AppError } from '../../../src/core/errors';
import { itNeeds } from '../../support/needs';
import { scratch } from '../archive/files';

/** What may have the name of a file, and how it gets there: file systems of Windows hold no pipes. */
const NO_FILES: Record<string, (name: string) => void> = {
  directory: (name) => mkdirSync(name),
  ...(process.platform !== 'win32' && { pipe: (name) => execFileSync('mkfifo', [name]) }),
};

describe('the checksums of a backup', () => {
  const { dir, write } = scratch();

  /** A directory with two members of these sizes. */
  function members(name: string, sizes: readonly number[]): string {
    mkdirSync(path.join(dir, name));
    sizes.forEach((size, i) => write(`${name}/${i + 1}.dat`, Buffer.alloc(size, i + 1)));
    return path.join(dir, name);
  }

  for (const [what, size] of [
    ['small', 10],
    ['large', 100_000],
  ] as const) {
    it(`are of what is in a ${what} file by then, though it has grown`, async () => {
      const backup = members(`grown ${what}`, [size]);
      const files = await backupFiles(backup);
      appendFileSync(path.join(backup, '1.dat'), Buffer.alloc(70_000));
      const whole = Buffer.concat([Buffer.alloc(size, 1), Buffer.alloc(70_000)]);
      assert.deepEqual(await hashFiles(backup, files), [
        {
          name: '1.dat',
          sizeBytes: whole.length,
          sha256: createHash('sha256').update(whole).digest('hex'),
        },
      ]);
    });

    for (const [kind, make] of Object.entries(NO_FILES)) {
      it(`are refused, not waited for, when a ${kind} has the name of a ${what} file`, async () => {
        const backup = members(`${kind} ${what}`, [5, size]);
        const files = await backupFiles(backup);
        const other = path.join(backup, '2.dat');
        rmSync(other);
        make(other);
        await assert.rejects(
          hashFiles(backup, files),
          (e) => AppError.is(e, 'inputUnreadable') && e.details.path === other,
        );
      });
    }
  }

  itNeeds(
    'links',
    'are of the members behind links that stay in the directory, alone',
    async () => {
      const backup = members('links', [1, 2, 3]);
      mkdirSync(path.join(backup, 'inner'));
      write('links/inner/rows', Buffer.alloc(40));
      write('outside.dat', Buffer.alloc(50));
      for (const [name, to] of [
        ['10.dat', path.join('inner', 'rows')],
        ['11.dat', '10.dat'],
        ['12.dat', path.join(backup, '3.dat')],
        ['20.dat', path.join('..', 'outside.dat')],
        ['21.dat', '20.dat'],
        ['22.dat', path.join(dir, 'outside.dat')],
        ['30.dat', 'nowhere'],
        ['31.dat', '31.dat'],
        ['32.dat', '33.dat'],
        ['33.dat', '32.dat'],
        ['34.dat', 'inner'],
        ['35.dat', '.'],
      ] as const) {
        symlinkSync(to, path.join(backup, name));
      }
      const files = await backupFiles(backup);
      const sizes = { '1.dat': 1, '10.dat': 40, '11.dat': 40, '12.dat': 3, '2.dat': 2, '3.dat': 3 };
      assert.deepEqual([...files.sizes], Object.entries(sizes));
      // What the archive's reader takes for its files.
      assert.deepEqual(Object.fromEntries(await directorySizes(backup)), sizes);
      const hashed = await hashFiles(backup, files);
      assert.deepEqual(
        hashed.map(({ name, sizeBytes }) => [name, sizeBytes]),
        Object.entries(sizes),
      );
    },
  );

  it('are not computed any further when one file cannot be read', async () => {
    const sizes = Array.from({ length: 40 }, () => 200_000);
    const backup = members('one missing', sizes);
    const files = await backupFiles(backup);
    rmSync(path.join(backup, '1.dat'));
    let read = 0;
    const hashing = hashFiles(backup, files, { onProgress: (bytes) => (read = bytes) });
    await assert.rejects(hashing, (e) => AppError.is(e, 'inputMissing'));
    assert.ok(read < 39 * 200_000, `${read} bytes were read`);
  });
});
