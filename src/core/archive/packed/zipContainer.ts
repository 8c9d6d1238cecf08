import { crc32 } from 'node:zlib';
import { isUtf8 } from 'node:buffer';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '../../errors';
import { throwIfCancelled } from '../../abort';
import { CooperativeLoop } from '../../cooperativeLoop';
import { inputError } from '../bytes/byteSource';
import { MAX_MEMBERS, type Container, type Member } from './member';

/** In zip files of Unix systems, the upper half of the attributes contains the type of file. */
const FILE_TYPE = 0xf000;
const REGULAR = 0x8000;

/**
 * Opens a zip file. Encryption and unsupported methods are reported when a member is opened.
 *
 * @throws AppError `archiveDamaged`, `unpacksTooLarge`, `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function openZip(path: string, signal?: AbortSignal): Promise<Container> {
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false }).catch(
    (error: unknown) => {
      throw asZipError(path, error);
    },
  );
  try {
    if (zip.entryCount > MAX_MEMBERS) {
      throw new AppError('unpacksTooLarge', { path, reason: 'files' });
    }
    const loop = new CooperativeLoop(signal);
    const members: Member[] = [];
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
      if (!name.endsWith('/') && (type === 0 || type === REGULAR)) {
        members.push({
          name,
          size: entry.uncompressedSize,
          open: () => contentOf({ zip, path, entry }, signal),
        });
      }
      if (loop.shouldYield) await loop.yield();
    }
    return { members, close: () => Promise.resolve(zip.close()) };
  } catch (error) {
    zip.close();
    throw asZipError(path, error);
  }
}

interface ZipEntry {
  zip: ZipFile;
  path: string;
  entry: Entry;
}

/** yauzl checks that a member has the size that its entry states; the checksum is checked here. */
async function* contentOf(
  { zip, path, entry }: ZipEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  if (entry.isEncrypted()) throw new AppError('notADump', { path, looksLike: 'encrypted' });
  if (!entry.canDecodeFileData()) {
    const method = `zip (${entry.compressionMethod})`;
    throw new AppError('compressionUnsupported', { path, method });
  }
  let sum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        throwIfCancelled(signal);
        sum = crc32(piece, sum);
        yield piece;
      }
    } finally {
      stream.destroy();
    }
  } catch (error) {
    throw asZipError(path, error);
  }
  if (sum !== entry.crc32 >>> 0) throw damagedZip(path, entry, 'checksum of a file in the zip');
}

function damagedZip(path: string, entry: Entry, reading: string): AppError<'archiveDamaged'> {
  return new AppError('archiveDamaged', {
    path,
    offset: entry.relativeOffsetOfLocalHeader,
    reading,
  });
}

/** Errors without a code come from yauzl, in English; errors of the file system have codes. */
function asZipError(path: string, error: unknown): AppError {
  if (AppError.is(error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && !code.startsWith('Z_')) return inputError(path, error);
  return new AppError('archiveDamaged', { path, offset: 0, reading: 'zip' }, { cause: error });
}

/** The name in UTF-8, or decoded as old programs encoded it. */
function nameOf({ fileName }: Entry): string {
  const bytes = fileName as unknown as Buffer;
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').replaceAll('\\', '/');
}
