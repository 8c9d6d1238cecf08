import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { AppError } from '../../errors';
import { throwIfCancelled } from '../bytes/abort';
import { inputError, openFileSource, readBytes } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { largeObjectFiles } from './largeObjectList';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import type { Toc } from '../toc/toc';
import type { Compression } from '../../model/archive';

/** A file of a directory archive that holds data. */
export interface DirectoryMember {
  /** In the archive's directory, never outside it. */
  path: string;
  name: string;
  size: number;
  compression: Compression;
}

const endings: readonly [string, Compression][] = [
  ['', 'none'],
  ['.gz', 'gzip'],
  ['.lz4', 'lz4'],
  ['.zst', 'zstd'],
];

/** Sizes of the regular files in a directory. Throws `inputMissing` or `inputUnreadable`. */
export async function directorySizes(
  directory: string,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  try {
    const names = await readdir(directory);
    const root = await realpath(directory);
    const sizes = new Map<string, number>();
    const atOnce = 64;
    for (let i = 0; i < names.length; i += atOnce) {
      throwIfCancelled(signal);
      await Promise.all(
        names.slice(i, i + atOnce).map(async (name) => {
          const size = await memberSize(root, join(directory, name));
          if (size !== null) sizes.set(name, size);
        }),
      );
    }
    return sizes;
  } catch (e) {
    throw inputError(directory, e);
  }
}

/**
 * Size of a regular file of an archive; null for what is none, and for a link that leads out of the
 * archive's directory: whoever made the archive does not choose what else is read.
 */
export async function memberSize(root: string, file: string): Promise<number | null> {
  const stats = await lstat(file);
  if (!stats.isSymbolicLink()) return stats.isFile() ? stats.size : null;
  try {
    const target = await realpath(file);
    if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
    const linked = await stat(target);
    return linked.isFile() ? linked.size : null;
  } catch {
    // It leads nowhere, or in a circle.
    return null;
  }
}

/**
 * The file behind a name that an archive gives, with the ending of its compression. A name that is
 * not a plain file name is taken for missing: nothing outside the directory is ever opened.
 */
export function directoryMember(
  directory: string,
  sizes: ReadonlyMap<string, number>,
  name: string,
): DirectoryMember | null {
  if (!/^[\w-][\w.-]*$/.test(name)) return null;
  for (const [ending, compression] of endings) {
    const size = sizes.get(name + ending);
    if (size !== undefined) {
      return { path: join(directory, name + ending), name: name + ending, size, compression };
    }
  }
  return null;
}

/** How the rows of a table end: COPY's end mark, or the last of the INSERTs. */
const endOfCopy = Buffer.from('\\.\n\n\n');
const endOfInserts = Buffer.from('\n\n');

/**
 * Is the end of a member's data there? pg_restore (16 to 18) takes a zstd or lz4 file that is cut for
 * a short one, and 12 to 18 an uncompressed one that is cut behind a line: they restore fewer rows
 * and end with 0 (measured). What is cut of gzip they tell themselves, so that is not read twice.
 */
async function hasEnd(
  member: DirectoryMember,
  end: Buffer | null,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (member.compression === 'gzip') return true;
  if (member.compression === 'none') {
    if (end === null) return true;
    const source = await openFileSource(member.path);
    try {
      const tail = await readBytes(source, Math.max(0, source.size - end.length), end.length);
      return tail.equals(end);
    } finally {
      await source.close();
    }
  }
  try {
    const pieces = decompressed(member.path, member.compression, { signal });
    while ((await pieces.next()).done !== true) throwIfCancelled(signal);
    return true;
  } catch (e) {
    if (AppError.is(e, 'archiveDamaged')) return false;
    throw e;
  }
}

/**
 * Checks that a directory archive has every file it promises, none of them empty; with `full` also
 * that their ends are there, as far as pg_restore would not tell.
 */
export async function checkDirectory(toc: Toc, options: CheckOptions): Promise<StructureReport> {
  const problems = new ProblemList();
  const dataSizes = new Map<number, number>();
  const sizes = await directorySizes(toc.path, options.signal);
  const check = async (
    name: string,
    dumpId: number,
    end: Buffer | null,
  ): Promise<DirectoryMember | null> => {
    const member = directoryMember(toc.path, sizes, name);
    if (member === null) problems.add('missingData', name, dumpId);
    // Even no rows at all leave a compressed file of some bytes, and an uncompressed one its end mark;
    // an empty large object leaves gzip's header.
    else if (member.size === 0 && (!name.startsWith('blob_') || member.compression === 'gzip')) {
      problems.add('truncatedData', member.name, dumpId, 0);
    } else if (
      options.full === true &&
      member.size > 0 &&
      !(await hasEnd(member, end, options.signal))
    ) {
      problems.add('truncatedData', member.name, dumpId, member.size);
    }
    return member;
  };
  for (const i of toc.withData()) {
    throwIfCancelled(options.signal);
    const dumpId = toc.dumpId(i);
    const copies = (toc.copyStatement(i)?.length ?? 0) > 0;
    const ends = copies ? endOfCopy : endOfInserts;
    const member = await check(
      toc.fileName(i) ?? '',
      dumpId,
      toc.desc(i) === 'TABLE DATA' ? ends : null,
    );
    if (member === null) continue;
    let size = member.size;
    if (toc.desc(i) === 'BLOBS') {
      size = 0;
      for await (const name of largeObjectFiles(member.path, options.signal)) {
        size += (await check(name, dumpId, null))?.size ?? 0;
      }
    }
    dataSizes.set(dumpId, size);
  }
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { problems: problems.items, complete: problems.count === 0, dataSizes, totalBytes };
}
