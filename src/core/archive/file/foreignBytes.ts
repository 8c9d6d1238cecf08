import type { ForeignKind } from '../../model/archive';

/** The first bytes of a file, and its size; Infinity = larger than those bytes. */
export interface Head {
  bytes: Buffer;
  size: number;
}

/** How to recognise one kind of binary file that users mistake for a dump. */
type Signature = readonly [looksLike: ForeignKind, fits: (head: Head) => boolean];

const begins =
  (...bytes: (string | number)[]) =>
  ({ bytes: head }: Head): boolean => {
    const magic = Buffer.concat(
      bytes.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
    );
    return head.length >= magic.length && head.subarray(0, magic.length).equals(magic);
  };

/** The first match counts. */
const SIGNATURES: readonly Signature[] = [
  ['sqlite', begins('SQLite format 3\0')],
  ['redis', ({ bytes }) => /^REDIS\d{4}/.test(bytes.toString('latin1', 0, 9))],
  // Microsoft Tape Format, in which SQL Server writes its .bak files.
  ['sqlServer', begins('TAPE', 0, 0)],
  ['oracle', ({ bytes }) => bytes.toString('latin1', 0, 16).includes('EXPORT:V')],
  [
    'oracle',
    ({ bytes }) => /SYS_EXPORT_(?:SCHEMA|FULL|TABLE)/.test(bytes.toString('latin1', 0, 4096)),
  ],
  // mongodump --archive.
  ['mongo', begins(0x6d, 0xe2, 0x99, 0x81)],
  ['mongo', isBson],
  ['wal', isWal],
];

/** The kind of a binary file by its first bytes; null = unknown. */
export function foreignBytes(head: Head): ForeignKind | null {
  return SIGNATURES.find(([, fits]) => fits(head))?.[0] ?? null;
}

/** A BSON document begins with its length, ends with a zero, and has named elements between. */
function isBson({ bytes, size }: Head): boolean {
  if (bytes.length < 16) return false;
  const length = bytes.readInt32LE(0);
  if (length < 16 || length > bytes.length || length > size || bytes[length - 1] !== 0)
    return false;
  const type = bytes[4]!;
  const name = bytes.subarray(5, 5 + 64);
  const end = name.indexOf(0);
  return type >= 1 && type <= 19 && end > 0 && /^[\w$.-]+$/.test(name.toString('latin1', 0, end));
}

/** Offset of the segment size in the header of a WAL segment (`XLogLongPageHeaderData`). */
const SEGMENT_SIZE_AT = 32;
const BLOCK_SIZE_AT = 36;
const HEADER_LENGTH = 40;
const LONG_HEADER = 0x0002;

function isWal({ bytes }: Head): boolean {
  if (bytes.length < HEADER_LENGTH) return false;
  const magic = bytes.readUInt16LE(0);
  const segment = bytes.readUInt32LE(SEGMENT_SIZE_AT);
  return (
    (magic & 0xfe00) === 0xd000 &&
    (bytes.readUInt16LE(2) & LONG_HEADER) !== 0 &&
    bytes.readUInt32LE(BLOCK_SIZE_AT) % 1024 === 0 &&
    segment >= 1 << 20 &&
    segment <= 1 << 30 &&
    (segment & (segment - 1)) === 0
  );
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** With this many converted line ends, chance is ruled out. */
const ENOUGH_LINES = 8;

/**
 * Was every line end replaced by two bytes (by a terminal or PowerShell)? In compressed bytes, one of
 * 256 bytes on average is an unpaired line end.
 */
export function hasOnlyPairedLineEnds(bytes: Buffer, enough = ENOUGH_LINES): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (bytes[at - 1] !== CARRIAGE_RETURN) return false;
    lines++;
  }
  return lines >= enough;
}
