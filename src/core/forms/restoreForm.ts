import type { RestoreContext } from './context';
import type { FormEvaluation } from './formTypes';
import type { RestoreDefaults, RestoreOptions } from './options';

export type { RestoreContext } from './context';

/** What a new restore form holds: accepted by the tools for every kind of dump. */
export function restoreDefaults(): RestoreDefaults {
  return {
    targetDatabase: null,
    createDatabase: false,
    schemaOnly: false,
    dataOnly: false,
    schemas: null,
    tables: null,
    clean: false,
    ifExists: false,
    noOwner: false,
    noPrivileges: false,
    exitOnError: true,
    singleTransaction: false,
    jobs: 1,
    disableTriggers: false,
    extraArgs: [],
  };
}

/** Which fields can be used, what is wrong, and what will happen. */
export function evaluateRestore(
  options: RestoreOptions,
  context: RestoreContext,
): FormEvaluation<keyof RestoreOptions> {
  void options;
  void context;
  return { fields: {}, problems: [], summary: [] };
}

/** Applies a user's change together with the defaults that depend on it. */
export function changeRestore(
  options: RestoreOptions,
  patch: Partial<RestoreOptions>,
  context: RestoreContext,
): RestoreOptions {
  void context;
  return { ...options, ...patch };
}

/** Does the restore drop or overwrite what is in the target? Then it asks first. */
export function isDestructive(options: Pick<RestoreOptions, 'clean'>): boolean {
  return options.clean;
}
