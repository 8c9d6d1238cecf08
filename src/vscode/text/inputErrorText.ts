import { AppError } from '../../core/errors';
import type { ProblemReport } from '../../protocol/types';
import { describeError } from './errorText';

/** What an error about a file says, with a button for what lies beside it and can be opened instead. */
export async function describeInputError(file: string, error: unknown): Promise<ProblemReport> {
  const problem = describeError(error);
  if (!AppError.is(error, 'notADump') || error.details.looksLike !== 'tarScript') return problem;
  const { archiveBeside } = await import('../../core/archive/packed/archiveBeside');
  if ((await archiveBeside(file)) === null) return problem;
  return { ...problem, actions: ['openArchiveBeside', ...problem.actions] };
}
