import { isUtf8 } from 'node:buffer';
import { AppError } from '../../errors';
import { decoderOf, encodingLabel, type TextDecode } from '../bytes/encoding';
import { CopyDecoder, type CopySink } from './copyText';
import type { ArchiveDocument } from '../document/documentTypes';
import { InsertParser } from './insertText';
import { openTableData, type TableData, type TableDataOptions } from './tableData';
import { textDecoder } from './textDecoder';

export interface PreviewOptions extends TableDataOptions {
  /** Maximum number of rows; default 200. */
  limit?: number | undefined;
  /** Maximum bytes of a cell, default 16 kB; longer cells are truncated and listed in `cut`. */
  maxCell?: number | undefined;
}

/** The first rows of a table. Plain JSON. */
export interface PreviewRows {
  columns: string[];
  /** null = NULL. */
  rows: (string | null)[][];
  /** The table has further rows. */
  truncated: boolean;
  /** Number of unpacked bytes that were read. */
  bytesRead: number;
  style: 'copy' | 'inserts';
  /** Truncated cells: row and column, from 0. */
  cut: [number, number][];
  /** Where reading failed, because the data are damaged. */
  damage: { offset: number; reading: string } | null;
}

const DEFAULT_LIMIT = 200;
const DEFAULT_MAX_CELL = 16 << 10;
/** A table has at most 1600 columns, so a row with more fields is not PostgreSQL's. */
const MAX_FIELDS = 2000;
/** Maximum number of cells, so of a wide table fewer rows are shown. */
const MAX_CELLS = 60_000;
/** Maximum number of bytes that are unpacked, however long the rows are. */
const MAX_BYTES = 16 << 20;

/**
 * The first rows of a table (or of its TABLE DATA entry), read from the dump itself. The cost does
 * not depend on their place in the file, except in custom archives without offsets and in scripts
 * that are compressed.
 * @throws AppError as `openTableData`; if the data are damaged further on, returns the rows before
 */
export async function previewRows(
  document: ArchiveDocument,
  id: number,
  options: PreviewOptions = {},
): Promise<PreviewRows> {
  const data = await openTableData(document, id, options);
  const limit = Math.max(1, options.limit ?? DEFAULT_LIMIT);
  return data.style === 'copy'
    ? previewCopy(data, limit, options.maxCell ?? DEFAULT_MAX_CELL)
    : previewInserts(data, limit, options.maxCell ?? DEFAULT_MAX_CELL);
}

/** Collects the requested rows, and one more to see whether there are further ones. */
class RowCollector implements CopySink {
  readonly rows: (string | null)[][] = [];
  readonly cut: [number, number][] = [];
  private row: (string | null)[] = [];
  private parts: Buffer[] = [];
  private length = 0;
  more = false;
  private cells = 0;

  constructor(
    private readonly decode: TextDecode,
    private readonly limit: number,
    private readonly maxCell: number,
  ) {}

  bytes(from: Buffer, start: number, end: number): void {
    const room = this.row.length >= MAX_FIELDS ? 0 : this.maxCell - this.length;
    this.length += end - start;
    if (room > 0) this.parts.push(Buffer.from(from.subarray(start, Math.min(end, start + room))));
  }

  endField(isNull: boolean): void {
    this.cells++;
    if (this.row.length >= MAX_FIELDS) this.parts = [];
    else if (isNull) this.row.push(null);
    else {
      const bytes = Buffer.concat(this.parts);
      const isCut = this.length > this.maxCell;
      if (isCut) this.cut.push([this.rows.length, this.row.length]);
      const end = isCut ? wholeCharacters(bytes) : bytes.length;
      this.row.push(this.decode(bytes, 0, end));
    }
    this.parts = [];
    this.length = 0;
  }

  endRow(): boolean {
    if (this.rows.length >= this.limit || (this.cells > MAX_CELLS && this.rows.length > 0)) {
      this.more = true;
      return false;
    }
    this.rows.push(this.row);
    this.row = [];
    return true;
  }

  /** Drops that additional row. */
  trimmed(): [number, number][] {
    return this.cut.filter(([row]) => row < this.rows.length);
  }
}

/** Length of the text without a character that was cut off at its end, if it is UTF-8. */
function wholeCharacters(bytes: Buffer): number {
  for (let end = bytes.length; end > 0 && end > bytes.length - 4; end--) {
    if (isUtf8(bytes.subarray(0, end))) return end;
  }
  return bytes.length;
}

async function previewCopy(data: TableData, limit: number, maxCell: number): Promise<PreviewRows> {
  const sink = new RowCollector(decoderOf(data.encoding), limit, maxCell);
  const decoder = new CopyDecoder(sink, data.encoding);
  const result: PreviewRows = {
    columns: [],
    rows: sink.rows,
    truncated: false,
    bytesRead: 0,
    style: 'copy',
    cut: [],
    damage: null,
  };
  await reading(result, async () => {
    for await (const piece of data.pieces) {
      result.bytesRead += decoder.push(piece);
      if (decoder.ended) break;
      if (result.bytesRead >= MAX_BYTES) {
        sink.more = true;
        return;
      }
    }
    decoder.finish();
  });
  result.truncated = sink.more || result.damage !== null;
  result.cut = sink.trimmed();
  result.columns = data.columns ?? numbered(sink.rows);
  // A table without columns can have rows.
  if (data.columns?.length === 0) result.rows = sink.rows.map(() => []);
  return result;
}

async function previewInserts(
  data: TableData,
  limit: number,
  maxCell: number,
): Promise<PreviewRows> {
  const parser = new InsertParser();
  const decoder = textDecoder(data.encoding);
  const result: PreviewRows = {
    columns: [],
    rows: [],
    truncated: false,
    bytesRead: 0,
    style: 'inserts',
    cut: [],
    damage: null,
  };
  let cells = 0;
  const take = (last: boolean): boolean => {
    for (let row = parser.next(last); row !== null; row = parser.next(last)) {
      const full = result.rows.length >= limit || (cells > MAX_CELLS && result.rows.length > 0);
      if (full) return (result.truncated = true);
      cells += row.length;
      result.rows.push(row.slice(0, MAX_FIELDS));
    }
    return false;
  };
  await reading(result, async () => {
    for await (const piece of data.pieces) {
      result.bytesRead += piece.length;
      parser.push(decoder.push(piece));
      if (take(false)) return;
      if (result.bytesRead >= MAX_BYTES) {
        result.truncated = true;
        return;
      }
    }
    parser.push(decoder.finish());
    take(true);
  });
  if (result.damage !== null) result.truncated = true;
  // In an unknown encoding, cells were collected as one character per byte.
  const decode = decoderOf(data.encoding);
  const text = (cell: string): string => {
    if (!decoder.sameBytes || encodingLabel(data.encoding) !== null) return cell;
    const bytes = Buffer.from(cell, 'latin1');
    return decode(bytes, 0, bytes.length);
  };
  result.rows = result.rows.map((row, r) =>
    row.map((cell, c) => {
      if (cell === null) return null;
      const whole = text(cell);
      if (whole.length <= maxCell) return whole;
      result.cut.push([r, c]);
      return whole.slice(0, maxCell);
    }),
  );
  result.columns = parser.columns ?? numbered(result.rows);
  return result;
}

/** Runs `read`. If it finds damaged data, keeps what was read before and records the damage. */
async function reading(result: PreviewRows, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!AppError.is(error, 'archiveDamaged')) throw error;
    result.damage = { offset: error.details.offset, reading: error.details.reading };
  }
}

/** PostgreSQL's default names for columns. */
export function numbered(rows: readonly (readonly unknown[])[]): string[] {
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), 0);
  return Array.from({ length: width }, (_, i) => `column${i + 1}`);
}
