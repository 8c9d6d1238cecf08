import path from 'node:path';
import { AppError } from '../../errors';

/** The system's error codes for a missing program. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/**
 * Why a tool could not be started: it is not there, or the system did not let it, for want of rights,
 * of file handles or of memory.
 *
 * @param file absolute path of the tool
 * @param code the system's, e.g. `ENOENT`
 */
export function notStarted(
  file: string,
  code: string,
): AppError<'toolMissing'> | AppError<'toolNotStarted'> {
  const tool = path.basename(file);
  return ABSENT.has(code)
    ? new AppError('toolMissing', { tool, dir: path.dirname(file) }, { cause: code })
    : new AppError('toolNotStarted', { tool, text: code }, { cause: code });
}
