import { AppError } from '../../errors';
import type { FileKind } from '../../model/archive';

/** Kinds of files that are not backups, or cannot be read directly. */
export type UnreadableKind = Exclude<FileKind, { kind: 'archive' | 'plain' }>;

/** Why a file is refused: `compressionUnsupported` or `notADump`. */
export function refusalOf(path: string, kind: UnreadableKind): AppError {
  // pg_restore does not read compressed archives: they have to be unpacked first.
  if (kind.kind === 'packed') {
    return new AppError('compressionUnsupported', { path, method: kind.by });
  }
  if (kind.looksLike === 'compressed') {
    return new AppError('compressionUnsupported', { path, method: kind.method });
  }
  const { looksLike, text } = kind;
  return new AppError('notADump', { path, looksLike, ...(text === undefined ? {} : { text }) });
}
