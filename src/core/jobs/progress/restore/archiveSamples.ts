import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { openArchiveDocument } from '../../../archive/document/archiveDocument';
import { openTableData } from '../../../archive/rows/tableData';
import type { ArchiveDocument } from '../../../archive/document/documentTypes';
import type { Toc } from '../../../archive/toc/toc';
import { deflateRatio } from '../server/tableSamples';

/** Smaller data make no difference. */
const MIN_STORED_BYTES = 64 << 10;
/**
 * Samples are taken of the largest tables that together hold this share of all data, and of at most
 * `MAX_TABLES`.
 */
const SHARE = 0.97;
const MAX_TABLES = 30;
const SAMPLE_BYTES = 96 << 10;
const MAX_MS = 3000;
/** Of so many of the largest tables more is looked at … */
const LONG_SAMPLES = 2;
const LONG_SAMPLE_BYTES = 384 << 10;
/** … and the most where zstd packed it, which finds again what stood half a megabyte before. */
const FAR_BYTES = 1 << 20;
/** Opening the archive a second time costs more than it gains. */
const MAX_ENTRIES = 50_000;

/** Estimate of a table's data from its first rows in an archive. */
export interface ArchiveSample {
  /** Bytes of COPY's text of the whole table. */
  textBytes: number;
  rows: number;
  /** Bytes of each column's text, in one row. */
  widths: ReadonlyMap<string, number>;
  /** What the values of a column look like; absent = numbers, moments and the like. */
  looks: ReadonlyMap<string, ColumnLook>;
  /** Words in one row, of the columns that look like them. */
  words: ReadonlyMap<string, number>;
  /** Compressed size by plain size, by gzip. */
  ratio: number;
}

/** Nothing is packed better: what says so has seen too little. */
const LEAST_RATIO = 0.002;

/**
 * Text takes longer to compare than numbers do; words of a `tsvector` and elements of an array are apart
 * already, which an index of them profits from.
 */
export type ColumnLook = 'text' | 'words' | 'list' | 'point';

/** Numbers, moments, booleans, UUIDs and NULL as COPY writes them. */
const NO_TEXT = /^(?:[-+\d.:eE ]+|[tf]|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\\N)$/;

const WORDS = /^'(?:[^']|'')*'(?::[\dA-D,]+)?(?: '|$)/;
const WORD = /'(?:[^']|'')*'/g;
const LIST = /^\{[^:]*\}$/;
const POINT = /^\([-+\d.eE]+,[-+\d.eE]+\)$/;

/** What a value as COPY writes it looks like; null = it is compared as quickly as a number. */
export function lookOf(field: string): ColumnLook | null {
  if (NO_TEXT.test(field)) return null;
  if (LIST.test(field)) return 'list';
  if (POINT.test(field)) return 'point';
  return WORDS.test(field) ? 'words' : 'text';
}

/** Stored bytes by unpacked bytes, from the ratio that deflating a sample gives. */
function storedRatio(compression: Toc['header']['compression'], deflated: number): number {
  switch (compression) {
    case 'none':
      return 1;
    case 'gzip':
      return deflated;
    case 'lz4':
      return Math.min(1, 1.6 * deflated);
    case 'zstd':
      return 0.85 * deflated;
  }
}

const pack = promisify(brotliCompress);

/**
 * Compressed size by plain size where repetitions are found as far back as zstd finds them. Brotli
 * does so too, and every Node has it. Measured on repeated text, jsonb and random values: between 0.7
 * and 1.02 of what zstd 1 makes of much more of the same, where deflate gave between 0.6 and 3 times
 * as much.
 *
 * @param text the second half tells, so that the first can be found again in it
 */
export async function farRatio(text: Buffer): Promise<number> {
  const half = text.length >> 1;
  if (half === 0) return 1;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 2,
    [constants.BROTLI_PARAM_LGWIN]: 20,
  };
  const [all, first] = await Promise.all(
    [text, text.subarray(0, half)].map((part) => pack(part, { params })),
  );
  const second = (all?.length ?? 0) - (first?.length ?? 0);
  return Math.min(1, Math.max(second, 1) / (text.length - half));
}

/**
 * The rows at both ends of a longer look, the cut ones left out: the first rows of a table are often
 * shorter than later ones.
 */
export function wholeRows(text: Buffer, most: number): Buffer {
  if (text.length <= most) return text.subarray(0, text.lastIndexOf(NEWLINE) + 1);
  const half = most >> 1;
  const head = text.subarray(0, text.lastIndexOf(NEWLINE, half) + 1);
  const tail = text.subarray(text.length - half);
  const rows = tail.subarray(tail.indexOf(NEWLINE) + 1, tail.lastIndexOf(NEWLINE) + 1);
  return Buffer.concat([head, rows]);
}

const NEWLINE = 10;

/** Usual ratios, for data without a sample. */
export const USUAL_STORED_RATIO: Readonly<Record<Toc['header']['compression'], number>> = {
  none: 1,
  gzip: 0.25,
  lz4: 0.4,
  zstd: 0.2,
};

/**
 * Samples the first rows of the largest tables of an archive, because stored bytes do not show the
 * number and width of rows. By dump id of their data; empty when the archive cannot be read that
 * way.
 */
export async function sampleArchive(
  toc: Toc,
  dataSizes: ReadonlyMap<number, number>,
  indexes: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, ArchiveSample>> {
  const samples = new Map<number, ArchiveSample>();
  if (toc.count > MAX_ENTRIES) return samples;
  const tables = indexes
    .filter((i) => toc.desc(i) === 'TABLE DATA')
    .map((i) => ({ index: i, dumpId: toc.dumpId(i), stored: dataSizes.get(toc.dumpId(i)) ?? 0 }));
  const all = tables.reduce((sum, { stored }) => sum + stored, 0);
  const largest = tables
    .filter(({ stored }) => stored >= MIN_STORED_BYTES)
    .sort((a, b) => b.stored - a.stored)
    .slice(0, MAX_TABLES);
  if (largest.length === 0) return samples;
  const document = await openArchiveDocument(toc.path, { signal });
  const end = performance.now() + MAX_MS;
  let covered = 0;
  const longest = toc.header.compression === 'zstd' ? FAR_BYTES : LONG_SAMPLE_BYTES;
  let long = LONG_SAMPLES;
  for (const { index, dumpId, stored } of largest) {
    if (covered >= all * SHARE || performance.now() > end) break;
    covered += stored;
    // Without offsets everything before it would have to be read.
    if (toc.header.format === 'custom' && toc.dataOffset(index) === null) continue;
    const bytes = long-- > 0 ? longest : SAMPLE_BYTES;
    const table = { dumpId, stored, bytes };
    const sample = await sampleTable(document, table, signal).catch(() => null);
    if (sample) samples.set(dumpId, sample);
  }
  return samples;
}

async function sampleTable(
  document: ArchiveDocument,
  { dumpId, stored, bytes }: { dumpId: number; stored: number; bytes: number },
  signal: AbortSignal,
): Promise<ArchiveSample | null> {
  const id = document.idOfDumpId(dumpId);
  const { toc } = document;
  if (id === null || toc === null) return null;
  const data = await openTableData(document, id, { signal });
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of data.pieces) {
    pieces.push(piece);
    length += piece.length;
    if (length >= bytes) break;
  }
  const read = Buffer.concat(pieces);
  const whole = wholeRows(read, SAMPLE_BYTES);
  if (whole.length === 0) return null;
  const lines = whole.toString('latin1').split('\n');
  lines.pop();
  const ratio = deflateRatio(whole);
  const isLong = bytes >= FAR_BYTES && toc.header.compression === 'zstd';
  const packed = isLong ? await farRatio(read) : storedRatio(toc.header.compression, ratio);
  // All of it may have been read.
  const textBytes = length < bytes ? length : stored / Math.max(packed, LEAST_RATIO);
  const widths = new Map<string, number>();
  const looks = new Map<string, ColumnLook>();
  const words = new Map<string, number>();
  if (data.style === 'copy' && data.columns) {
    for (const line of lines) {
      line.split('\t').forEach((field, i) => {
        const column = data.columns?.[i];
        if (column === undefined) return;
        widths.set(column, (widths.get(column) ?? 0) + field.length / lines.length);
        const look = lookOf(field);
        // Text may look like anything; a list may be empty.
        if (look !== null && looks.get(column) !== 'text') looks.set(column, look);
        if (look !== 'words') return;
        const count = field.match(WORD)?.length ?? 0;
        words.set(column, (words.get(column) ?? 0) + count / lines.length);
      });
    }
  }
  return {
    textBytes,
    rows: (textBytes * lines.length) / whole.length,
    widths,
    looks,
    words,
    ratio,
  };
}
