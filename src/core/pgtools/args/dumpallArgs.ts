import type { backupFields } from '../../model/backupFields';
import type { OptionsFor } from '../../model/optionFields';
import type { BackupOptions, BackupScope } from '../../model/options';
import type { HelpOption, ToolName, ToolVersion } from '../../model/tools';
import { dumpAllOptions } from '../catalogue/dumpall';
import type { OptionValue } from '../catalogue/types';
import { patternEncoding, quotePattern } from './patterns';
import { renderOptions } from './renderOptions';
import { toolOptionValues } from './toolOptionValues';

/** The fields of `BackupOptions` that become options of pg_dumpall. */
export interface DumpallOptions
  extends OptionsFor<typeof backupFields, 'pg_dumpall'>, Pick<BackupOptions, 'excludeDatabases'> {}

/** A backup of more than a database, of which everything is decided. */
export interface ResolvedClusterBackup {
  options: DumpallOptions;
  /** Output path of pg_dumpall: the partial path, not the final one. */
  file: string | null;
  /** From the connection; pg_dumpall's `--dbname` takes connection strings only. */
  connectionArgs: readonly string[];
  /** The database that is asked for roles and the list of databases; null = the tool's own choice. */
  database: string | null;
  /** `server_encoding` of that database; null = not known. */
  databaseEncoding: string | null;
  /** Options of the tool that the catalogue does not know. */
  unknownOptions?: readonly HelpOption[] | undefined;
}

/** The tool that makes a backup of this scope. */
export function toolForScope(scope: BackupScope): Extract<ToolName, 'pg_dump' | 'pg_dumpall'> {
  return scope === 'database' ? 'pg_dump' : 'pg_dumpall';
}

const SCOPE_OPTIONS: Readonly<Record<BackupScope, string | null>> = {
  database: null,
  server: null,
  globals: 'globals-only',
  roles: 'roles-only',
  tablespaces: 'tablespaces-only',
};

/** The option of pg_dumpall for a scope; null = none. */
function scopeOption(scope: BackupScope): string | null {
  return SCOPE_OPTIONS[scope];
}

/**
 * The arguments of pg_dumpall, in the order in which a reader expects them. It writes plain SQL in
 * every version and starts the pg_dump beside it for each database.
 *
 * @throws AppError `optionInvalid` as `buildDumpArgs`
 */
export function buildDumpallArgs(backup: ResolvedClusterBackup, tool: ToolVersion): string[] {
  return [
    ...renderOptions(dumpAllOptions, tool, dumpallValues(backup), backup.unknownOptions),
    ...backup.options.extraArgs,
    ...backup.connectionArgs,
  ];
}

/** The options that a backup gives to pg_dumpall, by row id, in order. */
export function dumpallValues({
  options,
  file,
  database,
  databaseEncoding,
  unknownOptions,
}: Omit<ResolvedClusterBackup, 'connectionArgs'>): Map<string, OptionValue> {
  const values = new Map<string, OptionValue>(file === null ? [] : [['file', file]]);
  const set = (id: string, when: boolean, value: OptionValue = true): void => {
    if (when) values.set(id, value);
  };
  const whole = options.scope === 'server';
  const only = scopeOption(options.scope);
  if (only !== null) values.set(only, true);
  set('data-only', whole && !options.includeSchema);
  set('schema-only', whole && !options.includeData);
  set('no-privileges', !options.includePrivileges);
  set('no-owner', whole && !options.includeOwnership);
  const excluded = whole ? options.excludeDatabases : [];
  const encoding = clusterEncoding(excluded, options.encoding, databaseEncoding);
  set('encoding', encoding !== null, encoding ?? '');
  set(
    'lock-wait-timeout',
    whole && options.lockWaitTimeout > 0,
    Math.round(options.lockWaitTimeout * 1000),
  );
  set('no-sync', options.noSync);
  for (const [id, value] of toolOptionValues(dumpAllOptions, options.toolOptions, unknownOptions)) {
    values.set(id, value);
  }
  if (excluded.length > 0) {
    // The user's own patterns are added.
    const own = options.toolOptions['exclude-database'];
    const patterns = Array.isArray(own) ? own : [];
    values.set('exclude-database', [...excluded.map(quotePattern), ...patterns]);
  }
  // pg_dumpall ignores the database name in `--dbname`, so the database is given by `--database`.
  set('database', database !== null, database ?? '');
  values.set('no-password', true);
  values.set('verbose', true);
  return values;
}

/** Patterns are read in the encoding of the dump, as pg_dump's are. */
function clusterEncoding(
  names: readonly string[],
  chosen: string | null,
  databaseEncoding: string | null,
): string | null {
  return chosen === null && patternEncoding(names, null, databaseEncoding) === 'setUtf8'
    ? 'UTF8'
    : chosen;
}
