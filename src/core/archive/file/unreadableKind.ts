import { AppError } from '../../errors';
import type { FileKind } from '../../model/archive';

/** Kinds of files that are not backups, or that cannot be read directly. */
export type UnreadableKind = Exclude<FileKind, { kind: 'archive' | 'plain' }>;

/** The error for such a file: `compressionUnsupported` or `notADump`. */
export function refusalOf(path: string, kind: UnreadableKind): AppError {
  // pg_restore does not read compressed archives, so the user has to unpack them.
  if (kind.kind === 'packed') {
    return new AppError('compressionUnsupported', { path, method: kind.by });
  }
  if (kind.looksLike === 'compressed') {
    return new AppError('compressionUnsupported', { path, method: kind.method });
  }
  const { looksLike, text } = kind;
  return new AppError('notADump', { path, looksLike, ...(text === undefined ? {} : { text }) });
}
