import type { ErrorProblem, ErrorProblemKind } from '../../../model/findings/errorProblems';
import type { Remedy } from '../../../model/findings/findings';
import type { JobError } from '../../../model/job';
import type { BackupOptions, RestoreOptions } from '../../../model/options';
import { backupRemedies } from './backupRemedies';
import { kindOf } from './errorKinds';
import type { Culprits } from './remedies';
import { restoreRemedies } from './restoreRemedies';

/** Most objects that a problem names. */
const MOST_NAMED = 50;

/** Errors of one kind, as they are put together. */
interface Group extends Culprits {
  kind: ErrorProblemKind;
  count: number;
  sqlStates: Set<string>;
}

/**
 * The errors of a restore grouped by cause, with remedies that set options or do a step on the
 * server: ten thousand errors of one kind are one problem. Errors that no rule knows are left out;
 * the list of errors has them.
 *
 * @param options as the restore had them: what is set already is no remedy
 * @param user the role of the connection; null = it is not known
 */
export function errorProblems(
  errors: readonly JobError[],
  options: RestoreOptions,
  user: string | null = null,
): ErrorProblem[] {
  return groupsOf(errors, user).map((group) =>
    problemOf(
      group,
      restoreRemedies(group.kind, group, options).filter(
        (remedy) => remedy.kind !== 'set' || changes(remedy.options, options),
      ),
    ),
  );
}

/** The errors of a backup, grouped by cause; as {@link errorProblems}. */
export function backupProblems(
  errors: readonly JobError[],
  options: BackupOptions,
  user: string | null = null,
): ErrorProblem[] {
  return groupsOf(errors, user).map((group) =>
    problemOf(
      group,
      backupRemedies(group.kind, group, options).filter(
        (remedy) => remedy.kind !== 'setBackup' || changes(remedy.options, options),
      ),
    ),
  );
}

function groupsOf(errors: readonly JobError[], user: string | null): Group[] {
  const found = new Map<ErrorProblemKind, Group>();
  for (const error of errors) {
    const known = kindOf(error);
    if (known === null) continue;
    const { kind, object } = known;
    const group = found.get(kind) ?? newGroup(kind, user);
    group.count++;
    if (object !== undefined) group.names.add(object);
    if (error.dumpId !== undefined) group.dumpIds.add(error.dumpId);
    if (error.sqlState !== undefined) group.sqlStates.add(error.sqlState);
    if (group.errors.length < MOST_NAMED) group.errors.push(error);
    found.set(kind, group);
  }
  // A session that the server has ended is a connection that broke, too.
  if (found.has('ended') || found.has('standbyConflict')) found.delete('connectionLost');
  // Missing objects mostly follow from the other errors, so they come last.
  return [...found.values()].sort(
    (a, b) => Number(a.kind === 'missing') - Number(b.kind === 'missing'),
  );
}

function newGroup(kind: ErrorProblemKind, user: string | null): Group {
  const sets = { names: new Set<string>(), dumpIds: new Set<number>() };
  return { kind, ...sets, sqlStates: new Set(), errors: [], count: 0, user };
}

function problemOf({ kind, names, count, sqlStates }: Group, remedies: Remedy[]): ErrorProblem {
  return {
    ...{ kind, objects: [...names].slice(0, MOST_NAMED), count },
    ...(sqlStates.size === 0 ? {} : { sqlStates: [...sqlStates] }),
    remedies,
  };
}

function changes<T extends object>(patch: Partial<T>, options: T): boolean {
  return (Object.keys(patch) as (keyof T)[]).some(
    (name) => JSON.stringify(options[name]) !== JSON.stringify(patch[name]),
  );
}
