import { AppError } from '../../errors';
import type { FileKind } from '../../model/archive';

/** What is no backup, or none that anything reads as it is. */
export type UnreadableKind = Exclude<FileKind, { kind: 'archive' | 'plain' }>;

/** Why a file is refused: `compressionUnsupported` or `notADump`. */
export function refusalOf(path: string, kind: UnreadableKind): AppError {
  // pg_restore reads no archive that was packed: whoever can unpack it does so before.
  if (kind.kind === 'packed') {
    return new AppError('compressionUnsupported', { path, method: kind.by });
  }
  if (kind.looksLike === 'compressed') {
    return new AppError('compressionUnsupported', { path, method: kind.method });
  }
  const { looksLike, text } = kind;
  return new AppError('notADump', { path, looksLike, ...(text === undefined ? {} : { text }) });
}
