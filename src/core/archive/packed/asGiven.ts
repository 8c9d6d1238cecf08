import { AppError } from '../../errors';

/**
 * The error with the path `file`, which the user knows, in place of `read`, the path of what was
 * unpacked.
 */
export function asGiven<E>(error: E, file: string, read: string | null): E | AppError {
  if (read === null || read === file || !AppError.is(error)) return error;
  const { details } = error;
  if (!('path' in details) || details.path !== read) return error;
  return new AppError(error.code, { ...details, path: file }, { cause: error });
}
