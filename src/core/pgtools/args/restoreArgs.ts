import { AppError } from '../../errors';
import type { OptionsFor } from '../../model/optionFields';
import type { RestoreOptions } from '../../model/options';
import type { restoreFields } from '../../model/restoreFields';
import type { HelpOption, ToolVersion } from '../../model/tools';
import { restoreOptions } from '../catalogue/restore';
import type { OptionValue } from '../catalogue/types';
import { renderOptions } from './renderOptions';
import { toolOptionValues } from './toolOptionValues';

/** The fields of `RestoreOptions` that become options of pg_restore as they are. */
export interface RestoreToolOptions extends OptionsFor<typeof restoreFields, 'pg_restore'> {}

/** A restore of which everything is decided. */
export interface ResolvedRestore {
  options: RestoreToolOptions;
  /**
   * Path of a list for `--use-list`, null = everything. The only way to select: pg_restore's
   * `--table` takes no schema and leaves indexes, constraints and sequences behind.
   */
  listFile: string | null;
  /**
   * Absolute path of the archive; null = its standard input. pg_restore takes `-` for a file of that
   * name.
   */
  archive: string | null;
  /** With `--dbname` of the target. */
  connectionArgs: readonly string[];
  /** Options of the tool that the catalogue does not know. */
  unknownOptions?: readonly HelpOption[] | undefined;
}

/**
 * The arguments of pg_restore for an archive. Never `--create`: it restores into the database
 * whose name is in the archive, whatever `--dbname` says.
 *
 * @throws AppError `optionInvalid` for combinations that pg_restore refuses or, worse, accepts
 *   without effect; the forms have told the user before.
 */
export function buildRestoreArgs(restore: ResolvedRestore, tool: ToolVersion): string[] {
  refuseContradictions(restore.options);
  return [
    ...renderOptions(restoreOptions, tool, restoreValues(restore), restore.unknownOptions),
    ...restore.options.extraArgs,
    ...restore.connectionArgs,
    ...(restore.archive === null ? [] : [restore.archive]),
  ];
}

function refuseContradictions(options: RestoreToolOptions): void {
  const { schemaOnly, dataOnly, clean, ifExists, singleTransaction, jobs, disableTriggers } =
    options;
  if (schemaOnly && dataOnly) refuse('dataOnly', 'excludes', 'schemaOnly');
  if (clean && dataOnly) refuse('clean', 'excludes', 'dataOnly');
  if (ifExists && !clean) refuse('ifExists', 'needs', 'clean');
  if (singleTransaction && jobs > 1) refuse('jobs', 'excludes', 'singleTransaction');
  if (disableTriggers && !dataOnly) refuse('disableTriggers', 'needs', 'dataOnly');
}

/**
 * The options that a restore gives to pg_restore, by row id, in order; also of one that
 * `buildRestoreArgs` would refuse.
 *
 * @throws AppError `optionInvalid` for an option of the tool that it does not have
 */
export function restoreValues({
  options,
  listFile,
  unknownOptions,
}: Pick<ResolvedRestore, 'options' | 'listFile' | 'unknownOptions'>): Map<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  const set = (id: string, when: boolean, value: OptionValue = true): void => {
    if (when) values.set(id, value);
  };

  set('schema-only', options.schemaOnly);
  set('data-only', options.dataOnly);
  set('use-list', listFile !== null, listFile ?? '');
  set('clean', options.clean);
  set('if-exists', options.ifExists);
  set('no-owner', options.noOwner);
  set('no-privileges', options.noPrivileges);
  set('disable-triggers', options.disableTriggers);
  set('exit-on-error', options.exitOnError && !options.singleTransaction);
  set('single-transaction', options.singleTransaction);
  set('jobs', options.jobs > 1, options.jobs);
  for (const [id, value] of toolOptionValues(restoreOptions, options.toolOptions, unknownOptions)) {
    values.set(id, value);
  }
  values.set('no-password', true);
  values.set('verbose', true);
  return values;
}

function refuse(
  field: keyof RestoreOptions,
  code: 'excludes' | 'needs',
  other: keyof RestoreOptions,
): never {
  throw new AppError('optionInvalid', { field, problem: { code, field: other } });
}
