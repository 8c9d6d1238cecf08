import type { ArchiveHeader, ArchiveCompression } from '../../model/archive';
import { TocDamage, needMore, type TocCursor } from './tocCursor';

/** Versions with a known layout: pg_dump 9.0 to 18 write 1.12 to 1.16. */
const OLDEST_MINOR = 12;
const NEWEST_MINOR = 16;

export interface TocHeader extends ArchiveHeader {
  /** The second number of the archive version. */
  minor: number;
  /** The version is newer than all known versions. */
  newer: boolean;
}

/** The header has a version that is not known here. */
export class UnknownVersion extends Error {
  override readonly name = 'UnknownVersion';
  constructor(readonly version: string) {
    super(version);
  }
}

const ALGORITHMS: readonly ArchiveCompression[] = ['none', 'gzip', 'lz4', 'zstd'];

/** The first bytes of an archive's table of contents. */
export const MAGIC = 'PGDMP';

/** Do these bytes begin like an archive's table of contents? */
export function hasMagic(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 5 && Buffer.from(bytes.buffer, bytes.byteOffset, 5).toString('latin1') === MAGIC
  );
}

/**
 * Reads the header and leaves the cursor at the first entry, with its sizes of ints and offsets set.
 * @throws `needMore`, `TocDamage` or `UnknownVersion`
 */
export function readTocHeader(
  cursor: TocCursor,
  container: 'custom' | 'directory' | 'tar',
): TocHeader {
  cursor.reading = 'header';
  for (const expected of Buffer.from(MAGIC)) {
    if (cursor.byte() !== expected) throw cursor.damage(cursor.base + cursor.pos - 1);
  }
  cursor.reading = 'archive version';
  const major = cursor.byte();
  const minor = cursor.byte();
  cursor.byte();
  const version = `${major}.${minor}`;
  if (major !== 1 || minor < OLDEST_MINOR) throw new UnknownVersion(version);
  const newer = minor > NEWEST_MINOR;
  cursor.reading = 'sizes of numbers';
  cursor.intSize = cursor.byte();
  cursor.offsetSize = cursor.byte();
  if (cursor.intSize < 2 || cursor.intSize > 8 || cursor.offsetSize < 4 || cursor.offsetSize > 8) {
    throw cursor.damage();
  }
  cursor.reading = 'format';
  // In a directory's toc.dat the format is 3 (tar), so any known format is accepted.
  const format = cursor.byte();
  if (container === 'custom' ? format !== 1 : format !== 3 && format !== 5) {
    throw cursor.damage(cursor.base + cursor.pos - 1);
  }
  cursor.reading = 'compression';
  const { compression, compressionLevel } = readCompression(cursor, minor);
  cursor.reading = 'date';
  const created = readDate(cursor);
  cursor.reading = 'database name';
  const database = text(cursor);
  cursor.reading = 'server version';
  const serverVersion = text(cursor);
  cursor.reading = 'pg_dump version';
  const pgDumpVersion = text(cursor);
  cursor.reading = 'number of entries';
  const at = cursor.base + cursor.pos;
  const tocCount = cursor.int();
  // A count that is too large does not matter here: the entries in the file can still be shown.
  if (tocCount < 0) throw cursor.damage(at);
  return {
    format: container,
    archiveVersion: version,
    minor,
    newer,
    compression,
    compressionLevel,
    created,
    database,
    serverVersion,
    pgDumpVersion,
    tocCount,
  };
}

/** Since 1.15 a byte names the algorithm; before, there was gzip's level, -1 for its default. */
function readCompression(
  cursor: TocCursor,
  minor: number,
): Pick<ArchiveHeader, 'compression' | 'compressionLevel'> {
  if (minor >= 15) {
    const compression = ALGORITHMS[cursor.byte()];
    if (compression === undefined) throw cursor.damage(cursor.base + cursor.pos - 1);
    return { compression, compressionLevel: null };
  }
  const level = cursor.int();
  return {
    compression: level === 0 ? 'none' : 'gzip',
    compressionLevel: level < 0 ? null : level,
  };
}

/** Reads a `struct tm`: local time of the host that ran pg_dump. */
function readDate(cursor: TocCursor): string {
  const [second, minute, hour, day, month, year] = [
    cursor.int(),
    cursor.int(),
    cursor.int(),
    cursor.int(),
    cursor.int() + 1,
    cursor.int() + 1900,
  ];
  cursor.int(); // Daylight saving time or not.
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  const date = `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}`;
  // An invalid date is not an error, because the date is only displayed.
  return Number.isNaN(Date.parse(date)) ? '' : date;
}

function text(cursor: TocCursor): string {
  cursor.name();
  return cursor.start < 0 ? '' : cursor.window.toString('utf8', cursor.start, cursor.end);
}

/** Result of reading a header from the first bytes of a file. */
export function probeHeader(
  cursor: TocCursor,
  container: 'custom' | 'directory' | 'tar',
): 'ok' | 'truncated' | 'damaged' | 'unknownVersion' {
  try {
    readTocHeader(cursor, container);
    return 'ok';
  } catch (error) {
    if (error instanceof UnknownVersion) return 'unknownVersion';
    if (error === needMore) return 'truncated';
    if (error instanceof TocDamage)
      return error.offset >= cursor.limit - 5 ? 'truncated' : 'damaged';
    throw error;
  }
}
