import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors';
import { throwIfCancelled } from '../../abort';
import { inputError, openFileSource, readBytes } from '../bytes/byteSource';
import { CODECS } from '../compression/codecs';
import { decompressed } from '../compression/decompress';
import { endOfData } from './dataEnds';
import { isMemberName } from '../file/memberNames';
import { largeObjectFiles } from './largeObjectList';
import { holdsAll, LargeObjectSum, largeObjectsOfToc } from './largeObjectSum';
import { visitMembers } from './memberFiles';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import type { Toc } from '../toc/toc';
import type { Compression } from '../../model/archive';

/** A file with data in a directory archive. */
export interface DirectoryMember {
  /** Path in the archive's directory, never outside of it. */
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
    const sizes = new Map<string, number>();
    const names = await readdir(directory);
    await visitMembers(directory, names, (name, { size }) => sizes.set(name, size), signal);
    return sizes;
  } catch (error) {
    throw inputError(directory, error);
  }
}

/**
 * The file for a member name in the table of contents, with the suffix of its compression. Names that
 * pg_dump does not give count as missing, so that only files in the archive's directory are opened,
 * and only those that checksums cover.
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
 * The file with an entry's data. In an unpacked tar archive of pg_dump 15 and older, the list of large
 * objects has another name than the table of contents says; pg_restore knows both names.
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
 * Does a member's data end with `end`? null = there is no end mark, or the member was not read.
 * pg_restore restores too few rows and exits with 0 (measured) for truncated zstd and lz4 members (16
 * to 18), and for uncompressed ones that are cut after a row (12 to 18). pg_restore does detect
 * truncated gzip members, so these are read only on request.
 */
async function hasEnd(
  member: DirectoryMember,
  end: Buffer | null,
  { signal, gzip, walks = false }: CheckOptions,
): Promise<boolean | null> {
  if (member.compression === 'gzip' && gzip !== true) return null;
  if (member.compression === 'none') {
    // Large objects have no end mark.
    if (end === null) return null;
    const source = await openFileSource(member.path);
    try {
      const tail = await readBytes(source, Math.max(0, source.size - end.length), end.length);
      return tail.equals(end);
    } finally {
      await source.close();
    }
  }
  const how = { signal, walks: walks && member.compression !== 'gzip' };
  try {
    let tail: Buffer = Buffer.alloc(0);
    for await (const piece of decompressed(member.path, member.compression, how)) {
      throwIfCancelled(signal);
      if (end !== null) tail = Buffer.from(Buffer.concat([tail, piece]).subarray(-end.length));
    }
    return end === null || how.walks || tail.equals(end);
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
  /** So far all members have end marks, and all were checked. */
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

  /** `name`: of the expected file, where it is missing. */
  private async check(
    { member, name }: { member: DirectoryMember | null; name: string },
    dumpId: number,
    end: Buffer | null,
  ): Promise<void> {
    const { problems, options } = this;
    if (member === null) problems.add('missingData', name, dumpId);
    // Without rows, a compressed member still has some bytes, and an uncompressed one the end mark.
    else if (member.size === 0 && !mayBeEmpty(member)) {
      problems.add('truncatedData', member.name, dumpId, 0);
    } else if (options.full === true) {
      // An empty member may be truncated, or may always have been empty.
      const there = member.size === 0 ? null : await hasEnd(member, end, options);
      if (there === false) problems.add('truncatedData', member.name, dumpId, member.size);
      if (there === null) this.endsRead = false;
    }
  }

  /** Sum of the sizes of the large objects in a list. */
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

/** An empty large object is a gzip header in gzip, and zero bytes in all other compressions. */
export function mayBeEmpty({ name, compression }: DirectoryMember): boolean {
  return name.startsWith('blob_') && compression !== 'gzip';
}

/**
 * Checks that a directory archive has all files that it lists, and no empty file where content is
 * required; with `full`, also how the files end. Only if all ends were read is it reported complete.
 */
export async function checkDirectory(toc: Toc, options: CheckOptions): Promise<StructureReport> {
  return new DirectoryCheck(toc, await directorySizes(toc.path, options.signal), options).run();
}
