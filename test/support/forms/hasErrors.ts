import type { FormEvaluation } from '../../../src/core/forms/form/formTypes';

/** Is there anything that keeps the form from being submitted? */
export function hasErrors(evaluation: Pick<FormEvaluation<string>, 'problems'>): boolean {
  return evaluation.problems.some((problem) => problem.severity === 'error');
}
