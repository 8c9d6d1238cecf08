import { AppError, type ErrorCode, type ErrorDetails } from '../../errors';
import type { JobFailure } from '../../model/job';

/** An error in plain JSON, as jobs carry it. */
export function toJobFailure({ code, details }: AppError): JobFailure {
  return { code, details: { ...details } };
}

/**
 * The error that `toJobFailure` wrote. Its code may be unknown here, because another version may
 * have written it.
 */
export function fromJobFailure({ code, details }: JobFailure): AppError {
  return new AppError(code as ErrorCode, details as ErrorDetails[ErrorCode]);
}
