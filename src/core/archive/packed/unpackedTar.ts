import { copyFile, link, mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from '../../abort';
import { directorySizes } from '../data/directoryMembers';
import { isMemberName } from '../file/memberNames';
import type { OpenPackedOptions } from './openPackedOptions';
import { UnpackBudget } from './unpackBudget';

/**
 * A list of large objects with a number. In a tar archive of pg_dump 16 and later, the table of
 * contents calls it `NNNN.dat`. pg_restore reads an unpacked tar archive as a directory archive and
 * looks for that name (measured: 17 and 18 fail).
 */
const LIST = /^blobs_(\d+)\.toc$/;

/** Renames the lists of large objects in our folder to the names in the table of contents. */
export async function nameLargeObjectLists(folder: string): Promise<void> {
  const names = await readdir(folder);
  const [only, ...more] = names.filter((name) => LIST.test(name));
  if (only !== undefined && more.length === 0 && !names.includes('blobs.toc')) {
    // An old table of contents can refer to one list only, under this name.
    await linkOrCopy(path.join(folder, only), path.join(folder, 'blobs.toc'));
  }
  for (const name of names) {
    const number = LIST.exec(name)?.[1];
    if (number !== undefined)
      await linkOrCopy(path.join(folder, name), path.join(folder, `${number}.dat`));
  }
}

/**
 * The directory archive in the folder of an unpacked tar archive: the folder itself, or, where
 * pg_restore would not find large objects in it, a new folder with the same files under the names
 * that pg_restore looks for.
 *
 * @throws AppError as `openPacked`
 */
export async function viewOfUnpackedTar(
  folder: string,
  options: OpenPackedOptions,
): Promise<string> {
  const names = new Set(await readdir(folder));
  const isUnpacked = names.has('restore.sql');
  const lists = [...names].filter((name) => {
    const number = LIST.exec(name)?.[1];
    return number !== undefined && !names.has(`${number}.dat`);
  });
  if (!isUnpacked || lists.length === 0) return folder;
  const view = path.join(await options.folder(), 'unpacked-tar');
  await mkdir(view, { mode: 0o700 });
  const sizes = await directorySizes(folder, options.signal);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const budget = new UnpackBudget(folder, total, view);
  // Files on another disk cannot be linked, so they are copied.
  await budget.expect(total);
  for (const name of sizes.keys()) {
    throwIfCancelled(options.signal);
    if (!isMemberName(name)) continue;
    await linkOrCopy(await realpath(path.join(folder, name)), path.join(view, name));
  }
  await nameLargeObjectLists(view);
  return view;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to);
  }
}
