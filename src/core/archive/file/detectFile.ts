import { isUtf8 } from 'node:buffer';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors';
import { inputError, openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';
import { ENCODING_LABELS, utf16Of } from '../bytes/utf16';
import { compressionOf } from '../compression/codecs';
import { decompressed } from '../compression/decompress';
import { foreignBytes } from './foreignBytes';
import { foreignText } from './foreignText';
import { httpHeaders } from './httpHeaders';
import { ruinedArchive } from './ruinedArchive';
import { parseTarHeader, TAR_BLOCK } from './tarMembers';
import { zerosBefore, zerosFrom } from './zerosFrom';
import { base64Begin } from '../compression/base64';
import { TocCursor } from '../toc/tocCursor';
import { hasMagic, probeHeader } from '../toc/tocHeader';
import type { Compression, FileKind, ForeignKind, ScriptEncoding } from '../../model/archive';

type PackedBy = Exclude<Compression, 'none'>;

const other = (looksLike: ForeignKind): FileKind => ({ kind: 'other', looksLike });

/** Enough for an archive's header, a few tar members or the first statements of a script. */
const HEAD_SIZE = 64 << 10;

/** Compressions that cannot be read here, by their first bytes. */
const OTHER_COMPRESSIONS: readonly [string, Buffer][] = [
  ['7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
  ['rar', Buffer.from('Rar!\x1a\x07')],
  ['lzip', Buffer.from('LZIP')],
  ['compress', Buffer.from([0x1f, 0x9d])],
];

/**
 * Detects what kind of file (or directory) a path is from its content; the name does not matter.
 * @throws AppError `inputMissing` or `inputUnreadable`
 */
export async function detectFile(path: string): Promise<FileKind> {
  let directory: boolean;
  try {
    const stats = await stat(path);
    directory = stats.isDirectory();
    if (!directory && !stats.isFile()) {
      throw new AppError('inputUnreadable', { path, text: 'not a regular file' });
    }
  } catch (error) {
    throw inputError(path, error);
  }
  if (directory) return detectDirectory(path);
  const source = await openFileSource(path);
  try {
    const head = await readBytes(source, 0, HEAD_SIZE);
    const packed = ruinedArchive(head) ? null : compressionOf(head);
    return packed === null
      ? await detectStored(source, head)
      : await detectCompressed(path, packed);
  } finally {
    await source.close();
  }
}

async function detectStored(source: ByteSource, head: Buffer): Promise<FileKind> {
  const kind = detectHead(head, source.size);
  const binary = kind.kind === 'other' && kind.looksLike === 'binary';
  if (!binary && kind.kind !== 'plain') return kind;
  const begin = binary ? await beginInZeros(source, head) : null;
  return begin ?? (await endInZeros(source, head)) ?? kind;
}

/** A script behind which zeros stand; null = it is none. */
async function endInZeros(source: ByteSource, head: Buffer): Promise<FileKind | null> {
  const width = utf16Of(beforeZeros(head)) === null ? 1 : 2;
  const end = await zerosFrom(source, width);
  if (end === source.size) return null;
  if (head.subarray(end).some((byte) => byte !== 0)) return null;
  const zeros = { kind: 'other', text: String(source.size - end) } as const;
  if (end === 0) return { ...zeros, looksLike: 'zeros' };
  const script = detectHead(head.subarray(0, end), end);
  if (script.kind !== 'plain') return null;
  const tail = await readBytes(source, Math.max(0, end - TAIL_SIZE), Math.min(end, TAIL_SIZE));
  const text = new TextDecoder(ENCODING_LABELS[script.encoding]).decode(tail);
  return { ...zeros, looksLike: END_MARK.test(text) ? 'zerosBehind' : 'zeros' };
}

/** The bytes before the first two zeros that no character of UTF-16 can have. */
function beforeZeros(head: Buffer): Buffer {
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[at] === 0 && head[at + 1] === 0) return head.subarray(0, at);
  }
  return head;
}

/** A dump in front of which zeros stand; null = it is none. */
async function beginInZeros(source: ByteSource, head: Buffer): Promise<FileKind | null> {
  if (head[0] !== 0) return null;
  const zeros = await zerosBefore(source, MOST_ZEROS);
  const behind = await readBytes(source, zeros, HEAD_SIZE);
  if (behind.length === 0) return null;
  const dump = detectHead(behind, source.size - zeros);
  // Text in UTF-16BE begins with one zero of its own.
  const wide = dump.kind === 'plain' && dump.encoding !== 'utf8';
  if (dump.kind === 'other' || (wide && zeros === 1)) return null;
  return { kind: 'other', looksLike: 'zerosBefore', text: String(zeros) };
}

/** More than what stands behind the last line of pg_dump; an even number, for UTF-16. */
const TAIL_SIZE = 8192;
const END_MARK = /^-- PostgreSQL database (?:cluster )?dump complete/m;
/** More zeros in front of a dump are not read through. */
const MOST_ZEROS = 256 << 20;

async function detectDirectory(path: string): Promise<FileKind> {
  let names: Set<string>;
  try {
    names = new Set(await readdir(path));
  } catch (error) {
    throw inputError(path, error);
  }
  if (names.has('toc.dat')) {
    const file = join(path, 'toc.dat');
    const source = await openFileSource(file);
    try {
      const head = await readBytes(source, 0, HEAD_SIZE);
      if (head.length === 0) return other('truncatedArchive');
      if (!hasMagic(head)) {
        return other(isPrefixOfMagic(head) ? 'truncatedArchive' : 'directoryWithoutToc');
      }
      return probe(head, source.size, 'directory');
    } finally {
      await source.close();
    }
  }
  const base =
    names.has('backup_manifest') ||
    names.has('PG_VERSION') ||
    [...names].some((name) => /^base\.tar(\.|$)/.test(name));
  if (base) return other('basebackup');
  if ([...names].some((name) => WAL_NAME.test(name))) return other('wal');
  return other(names.size > 0 && isMongoFolder(names) ? 'mongo' : 'directoryWithoutToc');
}

/** Name of a WAL segment (timeline and position), compressed or not. */
const WAL_NAME = /^[0-9A-F]{24}(\.(gz|lz4|zst|partial))?$/;

function isMongoFolder(names: ReadonlySet<string>): boolean {
  return [...names].some((name) => /\.bson(\.gz)?$/.test(name));
}

/**
 * The kind of a file of this size by its first bytes, which should be some kilobytes. A compressed
 * file is `packed`; its content is not examined.
 */
export function detectHead(head: Buffer, size: number): FileKind {
  if (size === 0) return other('empty');
  const ruined = ruinedArchive(head);
  if (ruined !== null) return other(ruined);
  if (hasMagic(head)) return probe(head, size, 'custom');
  if (isPrefixOfMagic(head) && head.length === size) return other('truncatedArchive');
  const tar = parseTarHeader(head.subarray(0, TAR_BLOCK), 0);
  if (tar !== null) return detectTar(head, size);
  if (head.toString('latin1', 0, 8) === 'toc.dat\0' && size < TAR_BLOCK) {
    return other('truncatedArchive');
  }
  const http = httpHeaders(head);
  if (http !== null) return { kind: 'other', ...http };
  const foreign = foreignBytes({ bytes: head, size });
  if (foreign !== null) return other(foreign);
  const by = compressionOf(head) ?? (isZip(head) ? 'zip' : null);
  if (by !== null) return { kind: 'packed', by };
  const method = OTHER_COMPRESSIONS.find(([, magic]) => startsWith(head, magic))?.[0];
  if (method !== undefined) return { kind: 'other', looksLike: 'compressed', method };
  if (isEncrypted(head)) return other('encrypted');
  const wide = utf16Of(head);
  if (wide !== null) {
    const text = new TextDecoder(ENCODING_LABELS[wide]).decode(head);
    if (isText(Buffer.from(text))) return detectText(text, wide, size);
  }
  return isText(head) ? detectText(head.toString('utf8'), 'utf8', size) : other('binary');
}

function probe(head: Buffer, size: number, format: 'custom' | 'directory'): FileKind {
  const cursor = new TocCursor(size);
  cursor.window = head;
  // An invalid header counts as an archive, so that the reader reports it, with the offset.
  return probeHeader(cursor, format) === 'truncated'
    ? other('truncatedArchive')
    : { kind: 'archive', format };
}

/** Decides by the first members: pg_dump writes toc.dat first, and always under that name. */
function detectTar(head: Buffer, size: number): FileKind {
  let at = 0;
  const names: string[] = [];
  while (names.length < 8) {
    const member = parseTarHeader(head.subarray(at, at + TAR_BLOCK), at);
    if (member === null) break;
    names.push(member.name);
    at = member.offset + Math.ceil(member.size / TAR_BLOCK) * TAR_BLOCK;
  }
  if (names[0] === 'toc.dat') {
    return size <= TAR_BLOCK ? other('truncatedArchive') : { kind: 'archive', format: 'tar' };
  }
  const base =
    /^(\.\/)?(backup_label|tablespace_map|backup_manifest|PG_VERSION|global\/|base\/|pg_wal)/;
  if (names.some((name) => base.test(name))) return other('basebackup');
  return { kind: 'packed', by: 'tar' };
}

async function detectCompressed(path: string, by: PackedBy): Promise<FileKind> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of decompressed(path, by)) {
      parts.push(part);
      length += part.length;
      if (length >= HEAD_SIZE) break;
    }
  } catch (error) {
    if (!AppError.is(error, 'archiveDamaged')) throw error;
    if (length === 0) return other('truncatedArchive');
  }
  const head = Buffer.concat(parts).subarray(0, HEAD_SIZE);
  // The unpacked size is unknown; it is larger than the buffer if the buffer is full.
  const inner = detectHead(head, length >= HEAD_SIZE ? Infinity : length);
  switch (inner.kind) {
    case 'archive':
    case 'packed':
      return { kind: 'packed', by };
    case 'plain':
      return { ...inner, compression: by };
    case 'other':
      return inner;
  }
}

/** How pg_dump begins the restore.sql of a tar archive, whose paths users must edit. */
const TAR_SCRIPT =
  /^--\n-- NOTE:\n--\n-- File paths need to be edited\. Search for \$\$PATH\$\$ and/;
const PG_DUMP_MARK = /^--\s*\n-- PostgreSQL database (cluster )?dump\s*\n/m;
/** Beginnings of lines in SQL, and of psql's backslash commands. */
const SQL_LINE =
  /^\s*(--|\/\*|\\\w|(ABORT|ALTER|ANALY[SZ]E|BEGIN|CALL|CHECKPOINT|CLUSTER|COMMENT|COMMIT|COPY|CREATE|DELETE|DO|DROP|END|EXPLAIN|GRANT|IMPORT|INSERT|LOCK|MERGE|REASSIGN|REFRESH|REINDEX|RESET|REVOKE|SELECT|SET|START|TRUNCATE|UPDATE|VACUUM|VALUES|WITH)\b)/im;

function detectText(withMark: string, encoding: ScriptEncoding, size: number): FileKind {
  const text = withMark.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (TAR_SCRIPT.test(text)) return other('tarScript');
  const dump = PG_DUMP_MARK.exec(text);
  const plain = { kind: 'plain', compression: 'none', encoding } as const;
  if (dump !== null) return { ...plain, cluster: dump[1] !== undefined, byPgDump: true };
  // A line of it can begin like one of SQL.
  if (isBase64(text)) return { kind: 'packed', by: 'base64' };
  const foreign = foreignText(text);
  // A file that begins with many messages can be the output of `pg_dump --verbose`.
  const whole = size <= HEAD_SIZE;
  if (foreign !== null && (whole || foreign.looksLike !== 'dumpMessage')) {
    return { kind: 'other', ...foreign };
  }
  if (!SQL_LINE.test(text) && foreign === null) return other('text');
  return { ...plain, cluster: false, byPgDump: false };
}

/** Is the text base64 whose decoded bytes begin like a dump or a compressed file? */
function isBase64(text: string): boolean {
  const bytes = base64Begin(text);
  if (bytes === null) return false;
  const kind = detectHead(bytes, Infinity);
  if (kind.kind !== 'other') return true;
  if (kind.looksLike === 'truncatedArchive' || kind.looksLike === 'compressed') return true;
  return compressionOf(bytes) !== null;
}

/** Has the text only bytes that occur in text? Its last character may be cut off. */
function isText(head: Buffer): boolean {
  let odd = 0;
  for (const byte of head) {
    if (byte === 0) return false;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++;
  }
  // Text in other encodings than UTF-8 is accepted, unless it has many control characters.
  return odd === 0 || (isUtf8(head) && odd * 100 < head.length);
}

function isEncrypted(head: Buffer): boolean {
  const start = head.toString('latin1', 0, 64);
  if (start.startsWith('Salted__') || start.startsWith('age-encryption.org/')) {
    return true;
  }
  // OpenPGP: first comes a session key packet, for a public key (tag 1) or a passphrase (tag 3).
  const tag = head[0] ?? 0;
  const oldTag = (tag & 0xc0) === 0x80 ? (tag >> 2) & 15 : -1;
  const newTag = (tag & 0xc0) === 0xc0 ? tag & 63 : -1;
  const packet = Math.max(oldTag, newTag);
  const headerBytes = newTag >= 0 ? 2 : 2 + (tag & 3 ? (tag & 3) * 2 - 1 : 0);
  const version = head[headerBytes];
  if (packet === 1) return version === 3 || version === 6;
  if (packet === 3) return version === 4 || version === 5 || version === 6;
  return false;
}

/** A zip begins with a member or, if it is empty, with its end record. */
function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && [0x0403, 0x0605].includes(head.readUInt16LE(2));
}

function isPrefixOfMagic(head: Buffer): boolean {
  return head.length > 0 && head.length < 5 && 'PGDMP'.startsWith(head.toString('latin1'));
}

function startsWith(head: Buffer, magic: Buffer): boolean {
  return head.length >= magic.length && head.subarray(0, magic.length).equals(magic);
}
