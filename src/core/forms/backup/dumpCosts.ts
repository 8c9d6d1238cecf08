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

/** By the highest level that they hold for, as `.github/profiles.md` has them. */
type Levels = readonly (Packing & { upTo: number })[];
const GZIP: Levels = [
  { upTo: 1, effort: 0.42, size: 1.16 },
  { upTo: 2, effort: 0.53, size: 1.12 },
  { upTo: 3, effort: 0.65, size: 1.1 },
  { upTo: 4, effort: 0.77, size: 1.04 },
  { upTo: 5, effort: 0.88, size: 1.02 },
  { upTo: 6, effort: 1, size: 1 },
  { upTo: 7, effort: 1.2, size: 1 },
  { upTo: 9, effort: 2.1, size: 0.99 },
];
const ZSTD: Levels = [
  { upTo: 1, effort: 0.08, size: 0.86 },
  { upTo: 3, effort: 0.2, size: 0.88 },
  { upTo: 6, effort: 0.7, size: 0.88 },
  { upTo: 9, effort: 1.4, size: 0.85 },
  { upTo: 12, effort: 8, size: 0.84 },
  { upTo: 15, effort: 16, size: 0.84 },
  { upTo: 16, effort: 22, size: 0.77 },
  { upTo: 18, effort: 45, size: 0.77 },
  { upTo: 22, effort: 72, size: 0.76 },
];
const LZ4: Levels = [
  { upTo: 2, effort: 0.06, size: 1.7 },
  { upTo: 12, effort: 0.9, size: 1.42 },
];
const NONE: Packing = { effort: 0, size: 0 };

function packing(options: BackupOptions): Packing {
  if (options.format === 'tar') return NONE;
  const spec = compressionOf(options);
  switch (methodOf(options)) {
    case 'none':
      return NONE;
    case 'lz4':
      return atLevel(LZ4, spec?.level ?? 0);
    case 'zstd':
      return atLevel(ZSTD, spec?.level ?? 3);
    default: {
      const level = spec ? (spec.level ?? 6) : options.compression;
      return level === 0 ? NONE : atLevel(GZIP, level < 0 ? 6 : level);
    }
  }
}

function atLevel(levels: Levels, level: number): Packing {
  return levels.find(({ upTo }) => level <= upTo) ?? levels.at(-1) ?? NONE;
}

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

/**
 * Bytes that large objects of this size on the disk take in the output.
 * @param plain their size where nothing compresses them; 0 = unknown
 */
export function packedBytes(bytes: number, options: BackupOptions, plain = 0): number {
  if (packing(options).size === 0 && plain > 0) return plain;
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
