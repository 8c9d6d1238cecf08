import type { ErrorProblem } from '../../../model/findings/errorProblems';
import { errorCountOf, type BackupJob } from '../../../model/job';
import type { BackupOptions, RestoreOptions } from '../../../model/options';
import { backupRemedies } from './backupRemedies';
import { backupProblems, errorProblems } from './errorProblems';
import type { Culprits } from './remedies';
import { restoreRemedies } from './restoreRemedies';

/** The causes of a job's errors, and what is left to be done after it, with remedies. */
export function jobProblems(job: BackupJob): ErrorProblem[] {
  const more = errorCountOf(job) > job.errors.length;
  const problems = problemsOfErrors(job).map((problem): ErrorProblem => {
    return more ? { ...problem, atLeast: true } : problem;
  });
  if (job.type === 'backup') return [...problems, ...outputFull(job)];
  for (const note of job.notes ?? []) {
    if (note.code === 'sequencesBehind') {
      problems.push(sequencesBehind(note.names, job.options as RestoreOptions));
    }
  }
  return problems;
}

function problemsOfErrors({ type, errors, options, command }: BackupJob): ErrorProblem[] {
  const user = userOf(command);
  return type === 'backup'
    ? backupProblems(errors, options as BackupOptions, user)
    : errorProblems(errors, options as RestoreOptions, user);
}

/** A disk that was full when the extension itself wrote: a file that it joined, or gave its name. */
function outputFull({ failure, options }: BackupJob): ErrorProblem[] {
  if (failure?.code !== 'outputNotWritable' || failure.details['full'] !== true) return [];
  const kind = 'outputFull';
  const remedies = backupRemedies(kind, nothing(), options as BackupOptions);
  return [{ kind, objects: [], count: 1, remedies }];
}

function nothing(): Culprits {
  return { names: new Set(), errors: [], dumpIds: new Set(), user: null };
}

function sequencesBehind(names: readonly string[], options: RestoreOptions): ErrorProblem {
  const kind = 'sequencesBehind';
  return {
    kind,
    objects: [...names],
    count: 1,
    remedies: restoreRemedies(kind, nothing(), options),
  };
}

/** The role that a tool connected as; null = libpq's own choice. */
function userOf(command: readonly string[]): string | null {
  const named = command.find((arg) => arg.startsWith('--username='));
  return named === undefined ? null : named.slice(named.indexOf('=') + 1);
}
