import path from 'node:path';
import { throwIfCancelled } from '../../archive/bytes/abort';
import { blockTypes } from '../../archive/data/blockCursor';
import { openFileSource, readBytes, type ByteSource } from '../../archive/bytes/byteSource';
import { ChunkReader } from '../../archive/data/chunkReader';
import {
  directoryMember,
  directorySizes,
  type DirectoryMember,
} from '../../archive/data/directoryMembers';
import { largeObjectFiles, listedLargeObjects } from '../../archive/data/largeObjectList';
import { tarMemberNames } from '../../archive/data/tarCheck';
import { walkTar, type TarMember } from '../../archive/file/tarMembers';
import type { Toc } from '../../archive/toc/toc';
import type { Compression } from '../../model/archive';

const WINDOW = 1 << 20;

/** The data of one table or of one large object as they are stored. */
export interface StoredData {
  /** Index of the entry in the table of contents. */
  index: number;
  /** Name of the file or member they lie in; the archive's own in a custom one. */
  file: string;
  /** Of their first byte, in that file. */
  offset: number;
  compression: Compression;
  container: 'zlib' | 'gzip';
  largeObject: boolean;
  /** Of a large object. */
  oid?: number;
  /** Each piece is the caller's until it asks for the next one. */
  pieces: AsyncGenerator<Buffer>;
}

export interface StoredDataOptions {
  signal?: AbortSignal | undefined;
  /** Called for each piece with its stored bytes. */
  onRead?: ((bytes: number) => void) | undefined;
  /** Something that an entry promises is not there. */
  onMissing: (index: number, name: string) => void;
}

/**
 * All data of an archive, in the order of the file, each to be read to its end before the next
 * (what is left is stepped over). Throws `TocDamage` where a custom archive's blocks make no sense;
 * `inputMissing`, `inputUnreadable`, `cancelled`.
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

/** Reads a custom archive's data from one end to the other. */
class BlockReader extends ChunkReader {
  /** Type and dump id of the next block. */
  async head(): Promise<{ largeObjects: boolean; dumpId: number }> {
    const { cursor } = this;
    const at = this.position;
    cursor.reading = 'data block';
    const type = await this.read(() => cursor.byte());
    const dumpId = await this.read(() => cursor.int());
    const largeObjects = type === blockTypes.largeObjects;
    if ((!largeObjects && type !== blockTypes.rows) || dumpId <= 0) throw cursor.damage(at);
    cursor.reading = `data of entry ${dumpId}`;
    return { largeObjects, dumpId };
  }

  /** The oid of the next large object of a block, 0 behind the last. */
  async oid(): Promise<number> {
    return this.read(() => this.cursor.int());
  }

  protected windowSize(): number {
    return WINDOW;
  }
}

async function* customData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  const source = await openFileSource(toc.file);
  try {
    const missing = new Set(toc.withData());
    const reader = new BlockReader(source, toc, toc.endOffset, options);
    const { compression } = toc.header;
    const one = (index: number): StoredData => ({
      index,
      file: path.basename(toc.path),
      offset: reader.position,
      compression,
      container: 'zlib',
      largeObject: false,
      pieces: reader.chunks(),
    });
    while (missing.size > 0 && !reader.atEnd) {
      const { largeObjects, dumpId } = await reader.head();
      const index = toc.indexOf(dumpId);
      missing.delete(index);
      if (!largeObjects) {
        yield one(index);
        await reader.finishChunks();
      } else {
        for (let oid = await reader.oid(); oid !== 0; oid = await reader.oid()) {
          yield { ...one(index), largeObject: true, oid };
          await reader.finishChunks();
        }
      }
    }
    for (const index of missing) options.onMissing(index, toc.tag(index));
  } finally {
    await source.close();
  }
}

async function* sourcePieces(
  source: ByteSource,
  start: number,
  end: number,
  options: StoredDataOptions,
): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    throwIfCancelled(options.signal);
    const piece = await readBytes(source, at, Math.min(WINDOW, end - at));
    if (piece.length === 0) return;
    options.onRead?.(piece.length);
    yield piece;
    at += piece.length;
  }
}

async function* filePieces(file: string, options: StoredDataOptions): AsyncGenerator<Buffer> {
  const source = await openFileSource(file);
  try {
    yield* sourcePieces(source, 0, source.size, options);
  } finally {
    await source.close();
  }
}

async function* directoryData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  const sizes = await directorySizes(toc.path, options.signal);
  for (const index of toc.withData()) {
    const name = toc.fileName(index) ?? '';
    const member = directoryMember(toc.path, sizes, name);
    if (member === null) {
      options.onMissing(index, name);
      continue;
    }
    const largeObject = toc.desc(index) === 'BLOBS';
    const one = (file: DirectoryMember): StoredData => ({
      index,
      file: file.name,
      offset: 0,
      compression: file.compression,
      container: 'gzip',
      largeObject,
      pieces: filePieces(file.path, options),
    });
    if (!largeObject) {
      yield one(member);
      continue;
    }
    for await (const listed of largeObjectFiles(member.path, options.signal)) {
      const file = directoryMember(toc.path, sizes, listed.name);
      // Empty ones leave no bytes in most forms, and are large objects all the same.
      if (file !== null) yield { ...one(file), oid: listed.oid };
      else options.onMissing(index, listed.name || member.name);
    }
  }
}

async function* tarData(toc: Toc, options: StoredDataOptions): AsyncGenerator<StoredData> {
  const source = await openFileSource(toc.file);
  try {
    const walk = await walkTar(source, { signal: options.signal });
    const members = new Map(walk.members.map((member) => [member.name, member]));
    const one = (index: number, member: TarMember): StoredData => ({
      index,
      file: member.name,
      offset: 0,
      compression: 'none',
      container: 'gzip',
      largeObject: false,
      pieces: sourcePieces(source, member.offset, member.offset + member.size, options),
    });
    for (const index of toc.withData()) {
      const names = tarMemberNames(toc, index);
      const member = names.map((name) => members.get(name)).find((found) => found !== undefined);
      if (member === undefined) options.onMissing(index, names[0] ?? '');
      else if (toc.desc(index) !== 'BLOBS') yield one(index, member);
      else {
        const end = member.offset + member.size;
        const listed = listedLargeObjects(source, member.offset, end, options.signal);
        for await (const { oid, name } of listed) {
          const object = members.get(name);
          if (object === undefined) options.onMissing(index, name || member.name);
          else yield { ...one(index, object), largeObject: true, oid };
        }
      }
    }
  } finally {
    await source.close();
  }
}
