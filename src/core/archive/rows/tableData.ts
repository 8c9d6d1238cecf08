import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import { AppError } from '../../errors';
import { throwIfCancelled } from '../bytes/abort';
import { DecodeError, type StreamDecoder } from '../bytes/byteQueue';
import { readBytes, type ByteSource } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { decoderOf } from '../bytes/encoding';
import { directoryMember, memberSize } from '../data/directoryMembers';
import { Lz4FrameDecoder } from '../compression/lz4Frame';
import type { ScriptEntry } from '../script/scriptTypes';
import { tarMemberNames } from '../data/tarCheck';
import { walkTar, type TarMember } from '../file/tarMembers';
import { readSpan, type Toc } from '../toc/toc';
import type { TextSpan } from '../../model/archive';
import { ZstdFrameDecoder } from '../compression/zstdFrame';
import { findBlock, readBlock } from './blockReader';
import { parseCopy } from './copyText';
import type { ArchiveDocument, ReadOptions } from '../document/documentTypes';
import { CooperativeLoop } from '../bytes/cooperativeLoop';

/** The rows of one table as they lie in a dump, unpacked. */
export interface TableData {
  /** Id of the entry that holds them. */
  id: number;
  /** `copy`: COPY's text form. `inserts`: INSERT statements. */
  style: 'copy' | 'inserts';
  /** As the COPY statement names them; null where nothing does. */
  columns: string[] | null;
  /** The dump's client encoding. */
  encoding: string | null;
  /** The rows, in pieces that are the caller's; read on demand. */
  pieces: AsyncGenerator<Buffer>;
}

export interface TableDataOptions extends ReadOptions {
  /**
   * Called while rows are searched for (in piped archives and compressed scripts), with bytes of
   * the file.
   */
  onSearch?: ((bytes: number, total: number) => void) | undefined;
}

/**
 * Opens the rows behind an entry: a table, or a table's data. Only what is read of `pieces` is read
 * of the file, from where the rows begin; the caller ends the generator.
 *
 * Throws `rowsUnavailable`, `inputChanged`, `inputMissing`, `inputUnreadable`, `archiveDamaged` and
 * `cancelled`; so does reading.
 */
export async function openTableData(
  document: ArchiveDocument,
  id: number,
  options: TableDataOptions = {},
): Promise<TableData> {
  const name = document.entryAt(id).tag;
  const dataId = document.dataEntryOf(id);
  if (dataId === null) throw new AppError('rowsUnavailable', { name, reason: 'none' });
  if (document.desc(dataId) !== 'TABLE DATA') {
    throw new AppError('rowsUnavailable', { name, reason: 'largeObjects' });
  }
  await document.assertUnchanged();
  const { toc } = document;
  const row = document.rowAt(dataId);
  if (row !== null) return scriptData(document, dataId, row, options);
  if (toc === null) throw new AppError('rowsUnavailable', { name, reason: 'none' });
  const index = document.tocIndex(dataId);
  const span = toc.copyStatement(index);
  const statement = span === null || span.length === 0 ? '' : await copyStatement(document, span);
  return {
    id: dataId,
    ...style(statement, name, true),
    encoding: toc.encoding,
    pieces: archivePieces(document, toc, index, options),
  };
}

async function copyStatement(document: ArchiveDocument, span: TextSpan): Promise<string> {
  const source = await document.openSource();
  try {
    const length = Math.min(span.length, maxStatement);
    return await readSpan(source, { ...span, length }, document.toc?.encoding ?? null);
  } finally {
    await source.close();
  }
}

function style(
  statement: string,
  name: string,
  byPgDump: boolean,
): Pick<TableData, 'style' | 'columns'> {
  if (statement === '') return { style: 'inserts', columns: null };
  const copy = parseCopy(statement);
  if (copy?.options === true)
    throw new AppError('rowsUnavailable', { name, reason: 'copyOptions' });
  // pg_dump names all columns: where it names none, there are none.
  return { style: 'copy', columns: copy?.columns ?? (byPgDump ? [] : null) };
}

/** 1600 columns with names of 63 characters, and room to spare. */
const maxStatement = 1 << 20;

async function scriptData(
  document: ArchiveDocument,
  id: number,
  row: ScriptEntry,
  options: TableDataOptions,
): Promise<TableData> {
  const encoding = document.scan?.encoding ?? null;
  if (row.dataStart === 0) {
    const pieces = scriptPieces(document, row.start, row.end, options);
    return { id, style: 'inserts', columns: null, encoding, pieces };
  }
  // The statement is right before its rows: one pass brings both.
  const start = Math.max(row.start, row.dataStart - maxStatement);
  const pieces = scriptPieces(document, start, row.dataEnd, options);
  const head: Buffer[] = [];
  let left = row.dataStart - start;
  while (left > 0) {
    const next = await pieces.next();
    if (next.done === true) break;
    head.push(next.value);
    left -= next.value.length;
  }
  const all = Buffer.concat(head);
  const statement = decoderOf(encoding)(all, 0, Math.min(all.length, row.dataStart - start));
  let described: Pick<TableData, 'style' | 'columns'>;
  try {
    const copy = statement.slice(Math.max(0, statement.search(/^COPY /im)));
    described = style(copy, row.tag, document.header.byPgDump);
  } catch (e) {
    await pieces.return(undefined);
    throw e;
  }
  return {
    id,
    ...described,
    encoding,
    pieces: continued(all.subarray(row.dataStart - start), pieces),
  };
}

async function* continued(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** Bytes from `start` to `end` of a script's (uncompressed) text. */
async function* scriptPieces(
  document: ArchiveDocument,
  start: number,
  end: number,
  options: TableDataOptions,
): AsyncGenerator<Buffer> {
  const { kind, path, stamp } = document;
  if (kind.kind !== 'plain') return;
  if (kind.compression === 'none' && kind.encoding === 'utf8') {
    const source = await document.openSource();
    try {
      yield* sourcePieces(source, start, end, options.signal);
    } finally {
      await source.close();
    }
    return;
  }
  let at = 0;
  let fileBytes = 0;
  const loop = new CooperativeLoop(options.signal);
  const pieces = decompressed(path, kind.compression, {
    signal: options.signal,
    encoding: kind.encoding,
    onRead: (bytes) => (fileBytes = bytes),
  });
  for await (const piece of pieces) {
    const from = Math.max(0, start - at);
    if (from < piece.length) yield piece.subarray(from, Math.min(piece.length, end - at));
    else options.onSearch?.(fileBytes, stamp.size);
    at += piece.length;
    if (at >= end) return;
    if (loop.shouldYield) await loop.yield();
  }
}

const firstPiece = 64 << 10;
const largestPiece = 1 << 20;

/** Pieces of a file, the first ones small: a preview needs no more. */
async function* sourcePieces(
  source: ByteSource,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let size = firstPiece;
  for (let at = start; at < end;) {
    throwIfCancelled(signal);
    const piece = await readBytes(source, at, Math.min(size, end - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
    size = Math.min(size * 2, largestPiece);
  }
}

async function* archivePieces(
  document: ArchiveDocument,
  toc: Toc,
  index: number,
  options: TableDataOptions,
): AsyncGenerator<Buffer> {
  switch (toc.header.format) {
    case 'custom':
      yield* customPieces(document, toc, index, options);
      return;
    case 'directory':
      yield* directoryPieces(toc, index, options);
      return;
    case 'tar':
      yield* tarPieces(document, toc, index, options);
      return;
  }
}

async function* customPieces(
  document: ArchiveDocument,
  toc: Toc,
  index: number,
  options: TableDataOptions,
): AsyncGenerator<Buffer> {
  const source = await document.openSource();
  try {
    const offset =
      toc.dataOffset(index) ?? (await findBlock(document, source, toc, toc.dumpId(index), options));
    if (offset === null) {
      throw new AppError('rowsUnavailable', { name: toc.tag(index), reason: 'missing' });
    }
    const stored = readBlock(source, toc, offset, toc.dumpId(index), options.signal);
    yield* unpacked(stored, toc, offset, options.signal);
  } finally {
    await source.close();
  }
}

/** Data blocks hold zlib streams, and lz4 and zstd frames. */
async function* unpacked(
  stored: AsyncGenerator<Buffer>,
  toc: Toc,
  offset: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const { path } = toc;
  const { compression } = toc.header;
  try {
    if (compression === 'none') yield* stored;
    else if (compression === 'gzip') yield* inflated(stored);
    else {
      const decoder: StreamDecoder =
        compression === 'lz4' ? new Lz4FrameDecoder() : new ZstdFrameDecoder();
      const loop = new CooperativeLoop(signal);
      for await (const piece of stored) {
        for (const block of decoder.push(piece)) {
          yield block;
          if (loop.shouldYield) await loop.yield();
        }
      }
      decoder.finish();
    }
  } catch (e) {
    if (e instanceof DecodeError) {
      throw new AppError('archiveDamaged', { path, offset, reading: e.reading }, { cause: e });
    }
    if (String((e as NodeJS.ErrnoException).code).startsWith('Z_')) {
      throw new AppError('archiveDamaged', { path, offset, reading: 'gzip data' }, { cause: e });
    }
    throw e;
  }
}

async function* inflated(stored: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(stored, { objectMode: false, highWaterMark: 1 });
  const inflate = createInflate({ chunkSize: firstPiece });
  source.on('error', (e) => inflate.destroy(e));
  source.pipe(inflate);
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

const endings = ['', '.gz', '.lz4', '.zst'];

async function* directoryPieces(
  toc: Toc,
  index: number,
  options: TableDataOptions,
): AsyncGenerator<Buffer> {
  const name = toc.fileName(index) ?? '';
  const sizes = new Map<string, number>();
  // Names with anything but letters, digits and dots in them are refused by `directoryMember`.
  if (/^[\w.-]+$/.test(name)) {
    const root = await realpath(toc.path);
    for (const ending of endings) {
      const size = await memberSize(root, join(toc.path, name + ending)).catch(() => null);
      if (size !== null) sizes.set(name + ending, size);
    }
  }
  const member = directoryMember(toc.path, sizes, name);
  if (member === null) {
    throw new AppError('rowsUnavailable', { name: toc.tag(index), reason: 'missing' });
  }
  const loop = new CooperativeLoop(options.signal);
  for await (const piece of decompressed(member.path, member.compression, {
    signal: options.signal,
  })) {
    yield piece;
    if (loop.shouldYield) await loop.yield();
  }
}

const tarMembers = new WeakMap<ArchiveDocument, ReadonlyMap<string, TarMember>>();

async function* tarPieces(
  document: ArchiveDocument,
  toc: Toc,
  index: number,
  options: TableDataOptions,
): AsyncGenerator<Buffer> {
  const source = await document.openSource();
  try {
    let members = tarMembers.get(document);
    if (members === undefined) {
      const walk = await walkTar(source, { signal: options.signal });
      members = new Map(walk.members.map((member) => [member.name, member]));
      tarMembers.set(document, members);
    }
    const [name = ''] = tarMemberNames(toc, index);
    const member = members.get(name);
    if (member === undefined) {
      throw new AppError('rowsUnavailable', { name: toc.tag(index), reason: 'missing' });
    }
    const end = member.offset + member.size;
    yield* sourcePieces(source, member.offset, end, options.signal);
    if (end > source.size) {
      const details = { path: toc.path, offset: source.size, reading: `tar member ${name}` };
      throw new AppError('archiveDamaged', details);
    }
  } finally {
    await source.close();
  }
}
