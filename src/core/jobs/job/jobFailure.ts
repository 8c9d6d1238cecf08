import { AppError, type ErrorCode, type ErrorDetails } from '../../errors';
import type { JobFailure } from '../../model/job';

/** An error in plain JSON, as jobs carry it. */
export function toJobFailure({ code, details }: AppError): JobFailure {
  return { code, details: { ...details } };
}

/** The error again. Its code is one that is unknown here when another version has written it. */
export function fromJobFailure({ code, details }: JobFailure): AppError {
  return new AppError(code as ErrorCode, details as ErrorDetails[ErrorCode]);
}
