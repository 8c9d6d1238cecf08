import { AppError } from '../../errors';
import type { FieldProblem } from '../../forms/form/formTypes';

/**
 * Refuses options that the form would not let through either: they can come from the command API.
 * @throws AppError `optionInvalid` for the first error; warnings pass
 */
export function assertNoErrors(problems: readonly FieldProblem<string>[]): void {
  const error = problems.find((problem) => problem.severity === 'error');
  if (error) throw new AppError('optionInvalid', { field: error.field, problem: error.message });
}
