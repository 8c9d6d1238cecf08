import path from 'node:path';
import { openFileSource, type ByteSource } from '../bytes/byteSource';
import { filePieces, sourcePieces, type PieceOptions } from '../bytes/pieces';
import { unpacked } from '../compression/codecs';
import type { DeflateContainer } from '../compression/gzipStream';
import { walkTar, type TarMember } from '../file/tarMembers';
import type { Compression } from '../../model/archive';
import type { Toc } from '../toc/toc';
import { BlockReader } from './blockReader';
import {
  directoryMember,
  directorySizes,
  memberOfEntry,
  type DirectoryMember,
} from './directoryMembers';
import { largeObjectFiles, listedLargeObjects } from './largeObjectList';
import { tarMemberNames } from './tarCheck';

/** The stored data of one table or of one large object. */
export interface StoredData {
  /** Index of the entry in the table of contents. */
  index: number;
  /** Name of the file or member with the data; for a custom archive, of the archive itself. */
  file: string;
  /** Offset of the data in that file. */
  offset: number;
  /** Expected number of stored bytes; known for tar archives only. */
  size?: number;
  compression: Compression;
  container: DeflateContainer;
  largeObject: boolean;
  /** Oid of a large object. */
  oid?: number;
  /** The data in pieces, which the caller may keep. */
  pieces: AsyncGenerator<Buffer>;
}

export interface StoredDataOptions extends PieceOptions {
  /** Called for an entry without data that should have some. */
  onMissing: (index: number, name: string) => void;
}

/**
 * All data of an archive, in the order of the file. Whatever the caller leaves unread is skipped
 * before the next data.
 * @throws `TocDamage` for invalid blocks of a custom archive; AppError `inputMissing`,
 *   `inputUnreadable`, `cancelled`
 */
export function storedData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  switch (toc.header.format) {
    case 'custom':
      return customData(toc, options);
    case 'directory':
      return directoryData(toc, options);
    case 'tar':
      return tarData(toc, options);
  }
}

/** The data in a custom archive's block, from the reader's position. */
export function blockData(toc: Toc, index: number, reader: BlockReader): StoredData {
  return {
    index,
    file: path.basename(toc.path),
    offset: reader.position,
    compression: toc.header.compression,
    container: 'zlib',
    largeObject: false,
    pieces: reader.chunks(),
  };
}

/** The data in a file of a directory archive. */
export function fileData(
  index: number,
  { name, path: file, compression }: DirectoryMember,
  options: PieceOptions,
): StoredData {
  const pieces = filePieces(file, options);
  const container = 'gzip';
  return { index, file: name, offset: 0, compression, container, largeObject: false, pieces };
}

/** The data in a member of a tar archive, which pg_dump never compresses. */
export function tarMemberData(
  source: ByteSource,
  index: number,
  { name, offset, size }: TarMember,
  options: PieceOptions,
): StoredData {
  return {
    index,
    file: name,
    offset: 0,
    compression: 'none',
    container: 'gzip',
    largeObject: false,
    size,
    pieces: sourcePieces(source, { start: offset, end: offset + size }, options),
  };
}

/**
 * Unpacks stored data to their end.
 *
 * @throws DecodeError as `unpacked`; the errors of reading
 */
export function unpackStored(data: StoredData, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const { compression, container, largeObject } = data;
  // A gzip file always has at least its header.
  const mayBeEmpty = largeObject && !(compression === 'gzip' && container === 'gzip');
  return unpacked(data.pieces, compression, { container, signal, mayBeEmpty });
}

async function* customData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  const source = await openFileSource(toc.file);
  try {
    const missing = new Set(toc.withData());
    const reader = new BlockReader(source, toc, toc.endOffset, options);
    while (missing.size > 0 && !reader.atEnd) {
      const { largeObjects, dumpId } = await reader.head();
      const index = toc.indexOf(dumpId);
      missing.delete(index);
      if (largeObjects) yield* largeObjectsOf(toc, index, reader);
      else {
        yield blockData(toc, index, reader);
        await reader.finishChunks();
      }
    }
    for (const index of missing) options.onMissing(index, toc.tag(index));
  } finally {
    await source.close();
  }
}

/** The large objects in a custom archive's block, from the reader's position. */
export async function* largeObjectsOf(
  toc: Toc,
  index: number,
  reader: BlockReader,
): AsyncGenerator<StoredData> {
  for (let oid = await reader.oid(); oid !== 0; oid = await reader.oid()) {
    yield { ...blockData(toc, index, reader), largeObject: true, oid };
    await reader.finishChunks();
  }
}

async function* directoryData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  const sizes = await directorySizes(toc.path, options.signal);
  for (const index of toc.withData()) yield* directoryEntry({ toc, sizes, index }, options);
}

/** The data of one entry of a directory archive. */
export async function* directoryEntry(
  { toc, sizes, index }: { toc: Toc; sizes: ReadonlyMap<string, number>; index: number },
  options: StoredDataOptions,
): AsyncGenerator<StoredData> {
  const member = memberOfEntry(toc, sizes, index);
  if (member === null) {
    options.onMissing(index, toc.fileName(index) ?? '');
  } else if (toc.desc(index) !== 'BLOBS') {
    yield fileData(index, member, options);
  } else {
    for await (const listed of largeObjectFiles(member.path, options.signal)) {
      const file = directoryMember(toc.path, sizes, listed.name);
      // An empty large object mostly has an empty file; a missing file means a missing large object.
      if (file === null) options.onMissing(index, listed.name || member.name);
      else yield { ...fileData(index, file, options), largeObject: true, oid: listed.oid };
    }
  }
}

/** The members of a tar archive by name. */
export async function membersOf(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TarMember>> {
  const { members } = await walkTar(source, { signal });
  return new Map(members.map((member) => [member.name, member]));
}

async function* tarData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  const source = await openFileSource(toc.file);
  try {
    const members = await membersOf(source, options.signal);
    for (const index of toc.withData()) yield* tarEntry({ toc, source, members, index }, options);
  } finally {
    await source.close();
  }
}

/** One entry of a tar archive, with the place of its data. */
export interface TarEntry {
  toc: Toc;
  source: ByteSource;
  members: ReadonlyMap<string, TarMember>;
  index: number;
}

/** The data of one entry of a tar archive. */
export async function* tarEntry(
  { toc, source, members, index }: TarEntry,
  options: StoredDataOptions,
): AsyncGenerator<StoredData> {
  const names = tarMemberNames(toc, index);
  const member = names.map((name) => members.get(name)).find((found) => found !== undefined);
  if (member === undefined) options.onMissing(index, names[0] ?? '');
  else if (toc.desc(index) !== 'BLOBS') yield tarMemberData(source, index, member, options);
  else {
    const end = member.offset + member.size;
    const listed = listedLargeObjects(source, member.offset, end, options.signal);
    for await (const { oid, name } of listed) {
      const object = members.get(name);
      if (object === undefined) options.onMissing(index, name || member.name);
      else yield { ...tarMemberData(source, index, object, options), largeObject: true, oid };
    }
  }
}
