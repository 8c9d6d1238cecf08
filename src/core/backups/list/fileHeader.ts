import path from 'node:path';
import { openFileSource, readBytes, type ByteSource } from '../../archive/bytes/byteSource';
import { decompressed } from '../../archive/compression/decompress';
import { detectFile, detectHead } from '../../archive/file/detectFile';
import { findTarMember } from '../../archive/file/tarMembers';
import { TocCursor, TocDamage, needMore } from '../../archive/toc/tocCursor';
import { readTocHeader, UnknownVersion, type TocHeader } from '../../archive/toc/tocHeader';
import type { Compression, FileKind } from '../../model/archive';
import type { BackupFormat } from '../../model/options';

/** Names and versions are at the very beginning. */
const HEAD = 16 << 10;

/** Facts from the first bytes of a backup. */
export interface FileHeader {
  format: BackupFormat;
  compression: Compression;
  /** Local time of the host that ran pg_dump, without time zone; '' where unknown. */
  created: string;
  database: string;
  serverVersion: string;
  cluster: boolean;
  /** The file ends within its header. */
  truncated: boolean;
}

/**
 * Reads the header of a backup from its first bytes, whatever its size. null = neither pg_dump nor
 * pg_dumpall wrote the file.
 * @throws AppError `inputMissing`, `inputUnreadable`
 */
export async function readFileHeader(file: string, directory: boolean): Promise<FileHeader | null> {
  if (directory) return headerOf(file, await detectFile(file));
  const source = await openFileSource(file);
  try {
    // One read is enough for nearly all files, and there may be thousands of files.
    const head = await readBytes(source, 0, HEAD);
    const kind = detectHead(head, source.size);
    if (kind.kind === 'plain' && kind.encoding === 'utf8') {
      return kind.byPgDump ? scriptHeaderOf(head.toString('utf8'), kind) : null;
    }
    if (kind.kind === 'archive') return await archiveHeaderOf(source, kind.format);
  } finally {
    await source.close();
  }
  return headerOf(file, await detectFile(file));
}

async function headerOf(file: string, kind: FileKind): Promise<FileHeader | null> {
  switch (kind.kind) {
    case 'archive':
      return archiveHeader(file, kind.format);
    case 'plain':
      return kind.byPgDump ? scriptHeader(file, kind) : null;
    case 'packed':
      return null;
    case 'other':
      return kind.looksLike === 'truncatedArchive' ? { ...UNKNOWN, truncated: true } : null;
  }
}

const UNKNOWN: FileHeader = {
  format: 'custom',
  compression: 'none',
  created: '',
  database: '',
  serverVersion: '',
  cluster: false,
  truncated: false,
};

async function archiveHeader(
  file: string,
  format: 'custom' | 'directory' | 'tar',
): Promise<FileHeader> {
  const source = await openFileSource(format === 'directory' ? path.join(file, 'toc.dat') : file);
  try {
    return await archiveHeaderOf(source, format);
  } finally {
    await source.close();
  }
}

async function archiveHeaderOf(
  source: ByteSource,
  format: 'custom' | 'directory' | 'tar',
): Promise<FileHeader> {
  const header = await tocHeader(source, format);
  if (header === null) return { ...UNKNOWN, format, truncated: true };
  const { compression, created, database, serverVersion } = header;
  return { ...UNKNOWN, format, compression, created, database, serverVersion };
}

/** null = the header is malformed, or of an unknown version. */
async function tocHeader(
  source: ByteSource,
  format: 'custom' | 'directory' | 'tar',
): Promise<TocHeader | null> {
  const start = format === 'tar' ? (await findTarMember(source, 'toc.dat'))?.offset : 0;
  if (start === undefined) return null;
  const cursor = new TocCursor(source.size);
  cursor.base = start;
  cursor.window = await readBytes(source, start, HEAD);
  try {
    return readTocHeader(cursor, format);
  } catch (error) {
    if (error === needMore || error instanceof TocDamage || error instanceof UnknownVersion)
      return null;
    throw error;
  }
}

async function scriptHeader(
  file: string,
  kind: Extract<FileKind, { kind: 'plain' }>,
): Promise<FileHeader> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of decompressed(file, kind.compression, { encoding: kind.encoding })) {
    parts.push(part);
    length += part.length;
    if (length >= HEAD) break;
  }
  return scriptHeaderOf(Buffer.concat(parts).toString('utf8', 0, HEAD), kind);
}

function scriptHeaderOf(head: string, kind: Extract<FileKind, { kind: 'plain' }>): FileHeader {
  const field = (mark: RegExp): string => mark.exec(head)?.[1]?.trim() ?? '';
  const database = /^\\connect (?:-reuse-previous=on )?("dbname='[^']*'"|\S+)\s*$/m;
  return {
    ...UNKNOWN,
    format: 'plain',
    compression: kind.compression,
    created: field(/^-- Started on (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/m).replace(' ', 'T'),
    database: kind.cluster ? '' : field(database).replace(/^"dbname='(.*)'"$/, '$1'),
    serverVersion: field(/^-- Dumped from database version (\S+)/m),
    cluster: kind.cluster,
  };
}
