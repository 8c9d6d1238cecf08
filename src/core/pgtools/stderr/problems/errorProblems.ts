import type { ErrorProblem, ErrorProblemKind } from '../../../model/findings/errorProblems';
import type { JobError } from '../../../model/job';
import type { BackupOptions, RestoreOptions } from '../../../model/options';
import { kindOf } from './errorKinds';
import { backupRemedies, restoreRemedies, type Culprits } from './problemRemedies';

/** Most objects that a problem names. */
const MOST_NAMED = 50;

/** Errors of one kind, as they are put together. */
interface Group extends Culprits {
  kind: ErrorProblemKind;
  count: number;
}

/**
 * The errors of a restore grouped by cause, with remedies that set options or do a step on the
 * server: ten thousand errors of one kind are one problem. Errors that no rule knows are left out;
 * the list of errors has them.
 *
 * @param options as the restore had them: what is set already is no remedy
 */
export function errorProblems(
  errors: readonly JobError[],
  options: RestoreOptions,
): ErrorProblem[] {
  return groupsOf(errors).map((group) =>
    problemOf(
      group,
      restoreRemedies(group.kind, group, options).filter(
        (remedy) => remedy.kind !== 'set' || changes(remedy.options, options),
      ),
    ),
  );
}

/** The errors of a backup, grouped by cause. */
export function backupProblems(
  errors: readonly JobError[],
  options: BackupOptions,
): ErrorProblem[] {
  return groupsOf(errors).map((group) =>
    problemOf(
      group,
      backupRemedies(group.kind, group, options).filter(
        (remedy) => remedy.kind !== 'setBackup' || changes(remedy.options, options),
      ),
    ),
  );
}

function groupsOf(errors: readonly JobError[]): Group[] {
  const found = new Map<ErrorProblemKind, Group>();
  for (const error of errors) {
    const known = kindOf(error.message);
    if (known === null) continue;
    const { kind, object } = known;
    const group = found.get(kind) ?? { kind, names: new Set<string>(), errors: [], count: 0 };
    group.count++;
    if (object !== undefined) group.names.add(object);
    if (group.errors.length < MOST_NAMED) group.errors.push(error);
    found.set(kind, group);
  }
  // Missing objects mostly follow from the other errors, so they come last.
  return [...found.values()].sort(
    (a, b) => Number(a.kind === 'missing') - Number(b.kind === 'missing'),
  );
}

function problemOf(group: Group, remedies: ErrorProblem['remedies']): ErrorProblem {
  const { kind, names, count } = group;
  return { kind, objects: [...names].slice(0, MOST_NAMED), count, remedies };
}

function changes<T extends object>(patch: Partial<T>, options: T): boolean {
  return (Object.keys(patch) as (keyof T)[]).some(
    (name) => JSON.stringify(options[name]) !== JSON.stringify(patch[name]),
  );
}
