import { AppError } from '../../errors';
import { continued, sourcePieces } from '../bytes/pieces';
import { decompressed } from '../compression/decompress';
import { decoderOf } from '../bytes/encoding';
import type { EntryDataOptions } from '../data/entryData';
import type { ScriptEntry } from '../script/scriptTypes';
import { readSpan } from '../toc/toc';
import type { TextSpan } from '../../model/archive';
import { parseCopy } from './copyText';
import type { ArchiveDocument } from '../document/documentTypes';
import { CooperativeLoop } from '../../cooperativeLoop';

/** The rows of one table as a dump contains them, unpacked. */
export interface TableData {
  /** Id of the entry with the rows. */
  id: number;
  /** `copy`: COPY's text format. `inserts`: INSERT statements. */
  style: 'copy' | 'inserts';
  /** Columns in the COPY statement; null = unknown. */
  columns: string[] | null;
  /** The dump's client encoding. */
  encoding: string | null;
  /** The rows in pieces, read on demand; the caller may keep the pieces. */
  pieces: AsyncGenerator<Buffer>;
}

/** `onSearch` is also called for compressed scripts, which are unpacked up to the rows. */
export type TableDataOptions = EntryDataOptions;

/**
 * Opens the rows of an entry: of a table, or of a table's data. Only those pieces that the caller
 * iterates are read; the caller must end the iteration.
 * @throws AppError `rowsUnavailable`, `inputChanged`, `inputMissing`, `inputUnreadable`,
 *   `archiveDamaged` and `cancelled`; iterating throws these, too
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
  const { toc, entryData } = document;
  const row = document.rowAt(dataId);
  if (row !== null) return scriptData(document, dataId, row, options);
  if (toc === null || entryData === null)
    throw new AppError('rowsUnavailable', { name, reason: 'none' });
  const index = document.tocIndex(dataId);
  const span = toc.copyStatement(index);
  const statement = span === null || span.length === 0 ? '' : await copyStatement(document, span);
  return {
    id: dataId,
    ...style(statement, name, true),
    encoding: toc.encoding,
    pieces: entryData.pieces(index, options),
  };
}

async function copyStatement(document: ArchiveDocument, span: TextSpan): Promise<string> {
  const source = await document.openSource();
  try {
    const length = Math.min(span.length, MAX_STATEMENT);
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
  // pg_dump names all columns, so no names means no columns.
  return { style: 'copy', columns: copy?.columns ?? (byPgDump ? [] : null) };
}

/** Enough for 1600 columns with names of 63 characters. */
const MAX_STATEMENT = 1 << 20;

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
  // The COPY statement comes right before its rows, so one pass reads both.
  const start = Math.max(row.start, row.dataStart - MAX_STATEMENT);
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
  } catch (error) {
    await pieces.return(undefined);
    throw error;
  }
  return {
    id,
    ...described,
    encoding,
    pieces: continued([all.subarray(row.dataStart - start)], pieces),
  };
}

/** Bytes from `start` to `end` of a script's uncompressed text. */
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
      yield* sourcePieces(source, { start, end }, { signal: options.signal });
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
