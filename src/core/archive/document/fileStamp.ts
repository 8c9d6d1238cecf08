import { stat } from 'node:fs/promises';
import { inputError } from '../bytes/byteSource';
import type { FileStamp } from './documentTypes';

/**
 * Size and time of a file.
 * @throws AppError `inputMissing` or `inputUnreadable`
 */
export async function stampOf(file: string): Promise<FileStamp> {
  const { size, mtimeMs } = await stat(file).catch((e: unknown) => {
    throw inputError(file, e);
  });
  return { size, mtimeMs };
}
