import { isJoined, writtenFormat, type BackupOptions } from '../../model/options';
import { parseCompression, type CompressionSpec } from '../../pgtools/args/compression';

/** Facts about a table before it is dumped. */
export interface TableFacts {
  /** Bytes of COPY's text. */
  textBytes: number;
  rows: number;
  /** Compressed size by plain size, from a sample; a usual value without one. */
  ratio: number;
}

/** The ratio for tables without a sample. */
export const USUAL_RATIO = 0.3;

/*
 * Measured with 17 on two cores of a shared machine, text of different kinds, gzip level 6. Only
 * the relations between them count: a run finds out by itself how fast its machine is.
 */
const SECONDS_PER_BYTE = 5e-9;
const SECONDS_PER_ROW = 0.25e-6;
const DEFLATE_PER_BYTE = 2e-9;
/** The less data can be compressed, the longer their compression takes. */
const DEFLATE_PER_PACKED_BYTE = 75e-9;
const INSERTS_PER_BYTE = 15e-9;

/**
 * Time that compression takes, and size of its output, each as a multiple of what gzip level 6 has.
 */
interface Packing {
  effort: number;
  size: number;
}

function compressionOf({ toolOptions: { compress } }: BackupOptions): CompressionSpec | null {
  return typeof compress === 'string' ? parseCompression(compress) : null;
}

function methodOf(options: BackupOptions): CompressionSpec['method'] {
  return compressionOf(options)?.method ?? 'gzip';
}

function packing(options: BackupOptions): Packing {
  if (options.format === 'tar') return { effort: 0, size: 0 };
  const spec = compressionOf(options);
  const method = methodOf(options);
  if (method === 'none') return { effort: 0, size: 0 };
  if (method === 'lz4') return { effort: (spec?.level ?? 0) > 2 ? 0.6 : 0.06, size: 1.6 };
  if (method === 'zstd') {
    const level = spec?.level ?? 3;
    const steps: [number, number][] = [
      [1, 0.08],
      [3, 0.2],
      [6, 0.5],
      [9, 1.2],
      [15, 4],
    ];
    return { effort: steps.find(([upTo]) => level <= upTo)?.[1] ?? 12, size: 0.85 };
  }
  const level = spec ? (spec.level ?? 6) : options.compression;
  if (level === 0) return { effort: 0, size: 0 };
  const size = level < 0 ? 1 : (GZIP_SIZES[level] ?? 1);
  return { effort: level < 0 ? 1 : 0.3 + (0.7 * level) / 6, size };
}

/** Sizes of gzip's levels from 0 on: between those of `.github/profiles.md` and of its sample. */
const GZIP_SIZES = [1, 1.16, 1.12, 1.1, 1.04, 1.02, 1, 1, 0.99, 0.99];

/** Does the dump write statements instead of COPY's text? */
function writesInserts(options: BackupOptions): boolean {
  return ['inserts', 'column-inserts', 'rows-per-insert'].some(
    (id) => options.toolOptions[id] !== undefined && options.toolOptions[id] !== false,
  );
}

/** Seconds to dump a table. */
export function dumpSeconds(table: TableFacts, options: BackupOptions): number {
  const { effort } = packing(options);
  const perByte =
    SECONDS_PER_BYTE +
    (writesInserts(options) ? INSERTS_PER_BYTE : 0) +
    effort * (DEFLATE_PER_BYTE + DEFLATE_PER_PACKED_BYTE * table.ratio);
  return 0.002 + table.rows * SECONDS_PER_ROW + table.textBytes * perByte;
}

/** Bytes that a table takes in the output. */
export function dumpedBytes(table: TableFacts, options: BackupOptions): number {
  const { size } = packing(options);
  return table.textBytes * (size === 0 ? 1 : Math.min(1, size * table.ratio));
}

/** Bytes of a large object, until the server has reported their total. */
export const USUAL_OBJECT_BYTES = 8 << 10;

/**
 * Compressed size of large objects by their size on the disk, where the server has compressed them
 * already, page by page.
 */
const OBJECTS_RATIO = 0.75;

/** Bytes that large objects of this size on the disk take in the output. */
export function packedBytes(bytes: number, options: BackupOptions): number {
  return dumpedBytes({ textBytes: bytes, rows: 0, ratio: OBJECTS_RATIO }, options);
}

/** Seconds for all large objects: each is asked for by itself, in a directory each is a file. */
export function largeObjectSeconds(count: number, bytes: number, options: BackupOptions): number {
  const each = writtenFormat(options) === 'directory' ? 0.12e-3 : 0.15e-3;
  return count * each + bytes * (SECONDS_PER_BYTE + 20e-9 * packing(options).effort);
}

/** Seconds until all definitions are read. */
export function readingSeconds(relations: number): number {
  return 0.1 + relations * 0.6e-3;
}

/**
 * Seconds to join the files of a directory into one: gzip members are unpacked for their checksums.
 */
function joinSeconds(outputBytes: number, options: BackupOptions): number {
  if (!isJoined(options)) return 0;
  return outputBytes * (methodOf(options) === 'gzip' ? 12e-9 : 2e-9);
}

/** Seconds to sync one file to the disk; disks differ a hundredfold. */
const FLUSH_PER_FILE = 0.15e-3;

/** Seconds after the last row: flushing, the look whether the archive is whole, checksums. */
export function finishSeconds(outputBytes: number, options: BackupOptions, files = 1): number {
  const flush = options.noSync ? 0 : outputBytes * 2e-9 + files * FLUSH_PER_FILE;
  return 0.05 + outputBytes * 1e-9 + flush + joinSeconds(outputBytes, options);
}
