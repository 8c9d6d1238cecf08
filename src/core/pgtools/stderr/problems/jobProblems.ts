import type { ErrorProblem } from '../../../model/findings/errorProblems';
import type { BackupJob } from '../../../model/job';
import type { BackupOptions, RestoreOptions } from '../../../model/options';
import { backupProblems, errorProblems } from './errorProblems';
import { restoreRemedies } from './restoreRemedies';

/** The causes of a job's errors, and what is left to be done after it, with remedies. */
export function jobProblems({
  type,
  errors,
  options,
  notes = [],
  command,
}: BackupJob): ErrorProblem[] {
  const user = userOf(command);
  if (type === 'backup') return backupProblems(errors, options as BackupOptions, user);
  const problems = errorProblems(errors, options as RestoreOptions, user);
  for (const note of notes) {
    if (note.code === 'sequencesBehind') {
      problems.push(sequencesBehind(note.names, options as RestoreOptions));
    }
  }
  return problems;
}

function sequencesBehind(names: readonly string[], options: RestoreOptions): ErrorProblem {
  const kind = 'sequencesBehind';
  const culprits = { names: new Set<string>(), errors: [], dumpIds: new Set<number>(), user: null };
  return {
    kind,
    objects: [...names],
    count: 1,
    remedies: restoreRemedies(kind, culprits, options),
  };
}

/** The role that a tool connected as; null = libpq's own choice. */
function userOf(command: readonly string[]): string | null {
  const named = command.find((arg) => arg.startsWith('--username='));
  return named === undefined ? null : named.slice(named.indexOf('=') + 1);
}
