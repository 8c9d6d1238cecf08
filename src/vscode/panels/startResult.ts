import { AppError } from '../../core/errors';
import type { FieldProblem } from '../../core/forms/form/formTypes';
import type { StartResult } from '../../protocol/formApi';
import type { ConnectionState } from '../../protocol/types';
import { describeError } from '../text/errorText';
import { optionProblemText } from '../text/optionText';

/**
 * Runs what starts a job and turns a refusal into problems at the fields they are about.
 * `start` resolves with the job's id, or null when the user said no to a question.
 */
export async function startResult(start: () => Promise<string | null>): Promise<StartResult> {
  try {
    const jobId = await start();
    return jobId === null ? { started: false, declined: true } : { started: true, jobId };
  } catch (error) {
    const { message, detail } = describeError(error);
    const field = AppError.is(error, 'optionInvalid') ? error.details.field : fieldOf(error);
    const text = AppError.is(error, 'optionInvalid')
      ? optionProblemText(error.details.problem)
      : message;
    return {
      started: false,
      declined: false,
      problems: [{ field, severity: 'error', message: detail ? `${text} ${detail}` : text }],
    };
  }
}

/** The errors that keep a form from being submitted. */
export function refusals<F extends string>(
  problems: readonly FieldProblem<F>[],
): FieldProblem<string>[] {
  return problems.filter((problem) => problem.severity === 'error');
}

/** What no job with this connection can get past: no server, or no tool that fits. */
export function obstacles({ problem }: ConnectionState): FieldProblem<string>[] {
  if (problem === null) return [];
  return [{ field: 'connectionId', severity: 'error', message: problem.message }];
}

/** Which field an error belongs to; '' = the form as a whole. */
function fieldOf(error: unknown): string {
  if (!AppError.is(error)) return '';
  if (error.code.startsWith('output')) return 'outputPath';
  if (error.code.startsWith('input') || error.code === 'notADump') return 'inputPath';
  if (error.code.startsWith('connection')) return 'connectionId';
  if (error.code === 'extraArgumentRefused') return 'extraArgs';
  if (error.code.startsWith('database')) return 'targetDatabase';
  return '';
}
