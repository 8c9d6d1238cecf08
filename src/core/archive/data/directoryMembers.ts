import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors';
import { throwIfCancelled } from '../bytes/abort';
import { inputError, openFileSource, readBytes } from '../bytes/byteSource';
import { CODECS } from '../compression/codecs';
import { decompressed } from '../compression/decompress';
import { endOfData } from './dataEnds';
import { isMemberName } from '../file/memberNames';
import { largeObjectFiles } from './largeObjectList';
import { holdsAll, LargeObjectSum, largeObjectsOfToc } from './largeObjectSum';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import type { Toc } from '../toc/toc';
import type { Compression } from '../../model/archive';
import { isWithin } from '../../files/samePath';

/** A file of a directory archive that holds data. */
export interface DirectoryMember {
  /** In the archive's directory, never outside it. */
  path: string;
  name: string;
  size: number;
  compression: Compression;
}

/**
 * Sizes of the regular files in a directory.
 * @throws AppError `inputMissing` or `inputUnreadable`
 */
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
  } catch (error) {
    throw inputError(directory, error);
  }
}

/**
 * Size of a regular file of an archive; null for other files, and for a link out of the archive's
 * directory: the archive's author must not choose other files to be read.
 */
export async function memberSize(root: string, file: string): Promise<number | null> {
  const stats = await lstat(file);
  if (!stats.isSymbolicLink()) return stats.isFile() ? stats.size : null;
  try {
    const target = await realpath(file);
    if (!isWithin(target, root)) return null;
    const linked = await stat(target);
    return linked.isFile() ? linked.size : null;
  } catch {
    // It leads nowhere, or in a circle.
    return null;
  }
}

/**
 * The file behind a name that an archive gives, with the ending of its compression. A name that
 * pg_dump does not give is taken for missing: nothing outside the directory is ever opened, and
 * nothing that checksums would not see.
 */
export function directoryMember(
  directory: string,
  sizes: ReadonlyMap<string, number>,
  name: string,
): DirectoryMember | null {
  if (!isMemberName(name)) return null;
  for (const { name: compression, ending } of CODECS) {
    if (ending === null) continue;
    const size = sizes.get(name + ending);
    if (size !== undefined) {
      return { path: join(directory, name + ending), name: name + ending, size, compression };
    }
  }
  return null;
}

/**
 * The file with an entry's data. The list of large objects of a tar archive of pg_dump 15 and older,
 * which somebody has unpacked, has another name than its table of contents says; pg_restore knows.
 */
export function memberOfEntry(
  toc: Toc,
  sizes: ReadonlyMap<string, number>,
  index: number,
): DirectoryMember | null {
  const named = directoryMember(toc.path, sizes, toc.fileName(index) ?? '');
  if (named !== null || toc.desc(index) !== 'BLOBS') return named;
  return directoryMember(toc.path, sizes, 'blobs.toc');
}

/**
 * Is the end of a member's data there? null: it has no end mark, or was not read. pg_restore (16 to
 * 18) takes a zstd or lz4 file that is cut for a short one, and 12 to 18 an uncompressed one that
 * is cut behind a line: they restore fewer rows and exit with 0 (measured). They detect a cut gzip
 * file themselves, so that is only read on request.
 */
async function hasEnd(
  member: DirectoryMember,
  end: Buffer | null,
  { signal, gzip }: CheckOptions,
): Promise<boolean | null> {
  if (member.compression === 'gzip' && gzip !== true) return null;
  if (member.compression === 'none') {
    // Contents of large objects have no end mark.
    if (end === null) return null;
    const source = await openFileSource(member.path);
    try {
      const tail = await readBytes(source, Math.max(0, source.size - end.length), end.length);
      return tail.equals(end);
    } finally {
      await source.close();
    }
  }
  try {
    let tail: Buffer = Buffer.alloc(0);
    for await (const piece of decompressed(member.path, member.compression, { signal })) {
      throwIfCancelled(signal);
      if (end !== null) tail = Buffer.from(Buffer.concat([tail, piece]).subarray(-end.length));
    }
    return end === null || tail.equals(end);
  } catch (error) {
    if (AppError.is(error, 'archiveDamaged')) return false;
    throw error;
  }
}

/** Checks the members of one directory archive. */
class DirectoryCheck {
  readonly problems = new ProblemList();
  readonly dataSizes = new Map<number, number>();
  private readonly held = new LargeObjectSum();
  /** Were the ends of all members checked, and do all have end marks? */
  private endsRead: boolean;

  constructor(
    private readonly toc: Toc,
    private readonly sizes: ReadonlyMap<string, number>,
    private readonly options: CheckOptions,
  ) {
    this.endsRead = options.full === true;
  }

  async run(): Promise<StructureReport> {
    const { toc, problems, dataSizes } = this;
    let largeObjects = false;
    for (const i of toc.withData()) {
      throwIfCancelled(this.options.signal);
      const dumpId = toc.dumpId(i);
      const isList = toc.desc(i) === 'BLOBS';
      const member = memberOfEntry(toc, this.sizes, i);
      await this.check({ member, name: toc.fileName(i) ?? '' }, dumpId, endOfData(toc, i));
      if (member !== null) {
        dataSizes.set(dumpId, isList ? await this.checkList(member, dumpId) : member.size);
      }
      largeObjects ||= isList;
    }
    if (largeObjects && holdsAll(await largeObjectsOfToc(toc), this.held) === false) {
      problems.add('missingData', 'large objects');
    }
    const totalBytes = [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
    const complete = problems.count > 0 ? false : this.endsRead ? true : null;
    return { problems: problems.items, complete, dataSizes, cut: problems.cut, totalBytes };
  }

  /** `name`: what is promised, where it is not there. */
  private async check(
    { member, name }: { member: DirectoryMember | null; name: string },
    dumpId: number,
    end: Buffer | null,
  ): Promise<void> {
    const { problems, options } = this;
    if (member === null) problems.add('missingData', name, dumpId);
    // Even no rows at all leave a compressed file of some bytes, and an uncompressed one its end mark.
    else if (member.size === 0 && !mayBeEmpty(member)) {
      problems.add('truncatedData', member.name, dumpId, 0);
    } else if (options.full === true) {
      // An empty member may have been cut, or empty from the start.
      const there = member.size === 0 ? null : await hasEnd(member, end, options);
      if (there === false) problems.add('truncatedData', member.name, dumpId, member.size);
      if (there === null) this.endsRead = false;
    }
  }

  /** Bytes of the large objects in a list. */
  private async checkList(list: DirectoryMember, dumpId: number): Promise<number> {
    let size = 0;
    for await (const { oid, name } of largeObjectFiles(list.path, this.options.signal)) {
      this.held.add(oid);
      if (name === '') this.problems.add('damaged', list.name, dumpId);
      else {
        const member = directoryMember(this.toc.path, this.sizes, name);
        await this.check({ member, name }, dumpId, null);
        size += member?.size ?? 0;
      }
    }
    return size;
  }
}

/** An empty large object leaves gzip's header, and nothing at all in the other forms. */
export function mayBeEmpty({ name, compression }: DirectoryMember): boolean {
  return name.startsWith('blob_') && compression !== 'gzip';
}

/**
 * Checks that a directory archive has every file it promises, and no empty one that must have
 * content; with `full` also their ends. It only counts as whole when all ends were read.
 */
export async function checkDirectory(toc: Toc, options: CheckOptions): Promise<StructureReport> {
  return new DirectoryCheck(toc, await directorySizes(toc.path, options.signal), options).run();
}
