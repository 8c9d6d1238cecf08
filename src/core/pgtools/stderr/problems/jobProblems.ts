import type { ErrorProblem } from '../../../model/findings/errorProblems';
import type { BackupJob } from '../../../model/job';
import type { BackupOptions, RestoreOptions } from '../../../model/options';
import { backupProblems, errorProblems } from './errorProblems';

/** The causes of a job's errors, and what is left to be done after it, with remedies. */
export function jobProblems({ type, errors, options, notes = [] }: BackupJob): ErrorProblem[] {
  if (type === 'backup') return backupProblems(errors, options as BackupOptions);
  const problems = errorProblems(errors, options as RestoreOptions);
  for (const note of notes) {
    if (note.code === 'sequencesBehind') problems.push(sequencesBehind(note.names));
  }
  return problems;
}

function sequencesBehind(names: readonly string[]): ErrorProblem {
  return {
    kind: 'sequencesBehind',
    objects: [...names],
    count: 1,
    remedies: [{ id: 'setSequences', kind: 'step', step: { do: 'setSequences' } }],
  };
}
