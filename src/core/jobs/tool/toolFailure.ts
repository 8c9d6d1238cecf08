import { AppError } from '../../errors';
import { causeOfState, classifyFailure } from '../../pgtools/stderr/failureCause';
import { isHarmless } from '../../pgtools/stderr/restoreErrors';
import type { ToolName } from '../../model/tools';
import type { JobRecord } from '../job/jobRecord';
import type { ToolExit } from '../job/startTool';
import type { ToolOutput } from './toolOutput';

/** The most characters of a tool's own words that an error carries. */
const MAX_TEXT = 4000;

/** Fills the job's list of errors from what the tool said. */
export function takeErrors(record: JobRecord, { collector }: Pick<ToolOutput, 'collector'>): void {
  record.replaceErrors(
    // The line is in the message of the log, and no part of an error as others read it.
    collector.errors.map(({ line: _, ...error }) => error),
    collector.total,
  );
}

/** Why a tool that ended with an error did so; the job's list of errors is filled on the way. */
export function toolFailure(
  record: JobRecord,
  tool: ToolName,
  exit: ToolExit,
  output: ToolOutput,
): AppError<'toolFailed'> {
  takeErrors(record, output);
  const { harmlessError } = output.collector;
  // An error that is harmless where the tool goes on is the reason where the tool stops at the
  // first error.
  const reason = record.errorCount === 0 && exit.code === 1 ? harmlessError : null;
  if (reason) {
    const { message, sql } = reason;
    record.replaceErrors([{ message, ...(sql === undefined ? {} : { sql }) }]);
  }
  const said = output.text;
  let cause = causeOfState(output.collector.last?.sqlState) ?? classifyFailure(said);
  if (reason && isHarmless(reason)) cause = 'unknownSetting';
  if (cause === 'other' && exit.signal !== null) cause = 'killed';
  // pg_dump names all tables that it wanted to lock, not the one that it could not lock.
  const lock = cause === 'lockTimeout' ? record.progress.lastLockWait : null;
  const text = said.length > MAX_TEXT ? `…${said.slice(-MAX_TEXT)}` : said;
  return new AppError('toolFailed', {
    tool,
    exitCode: exit.code,
    cause,
    text,
    ...(lock === null ? {} : { lock }),
  });
}
