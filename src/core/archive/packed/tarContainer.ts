import { AppError } from '../../errors';
import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';
import { sourcePieces } from '../bytes/pieces';
import { walkTar, type TarMember } from '../file/tarMembers';
import { MAX_MEMBERS, type Container, type Member } from './member';

const REGULAR: ReadonlySet<string> = new Set(['0', '\0', '7']);
/** Types of members that hold the next member's name, where it is long: GNU's, and (next) POSIX's. */
const GNU_NAME = 'L';
const POSIX_NAME = 'x';
/** Longest name that is accepted, in bytes. */
const MAX_NAME = 64 << 10;

/**
 * Opens a tar file that is not an archive of pg_dump.
 *
 * @throws AppError `archiveDamaged`, `unpacksTooLarge`, `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function openTar(path: string, signal?: AbortSignal): Promise<Container> {
  const source = await openFileSource(path);
  try {
    let seen = 0;
    const { members, problem } = await walkTar(source, {
      signal,
      visit: () => ++seen <= MAX_MEMBERS,
    });
    if (seen > MAX_MEMBERS) throw new AppError('unpacksTooLarge', { path, reason: 'files' });
    if (problem !== null) throw new AppError('archiveDamaged', { path, ...problem });
    return {
      members: await regularFiles(source, members, signal),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function regularFiles(
  source: ByteSource,
  members: readonly TarMember[],
  signal: AbortSignal | undefined,
): Promise<Member[]> {
  const files: Member[] = [];
  let longName: string | null = null;
  for (const { name, type, offset, size } of members) {
    if (type === GNU_NAME || type === POSIX_NAME) {
      const text = (await readBytes(source, offset, Math.min(size, MAX_NAME))).toString('utf8');
      const posix = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
      longName = type === GNU_NAME ? text.replace(/\0.*$/s, '') : (posix ?? longName);
      continue;
    }
    if (REGULAR.has(type)) {
      const range = { start: offset, end: offset + size };
      files.push({
        name: longName ?? name,
        size,
        open: () => sourcePieces(source, range, { signal }),
      });
    }
    longName = null;
  }
  return files;
}
