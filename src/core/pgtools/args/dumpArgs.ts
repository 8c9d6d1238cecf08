import { AppError } from '../../errors';
import type { backupFields } from '../../model/backupFields';
import type { OptionsFor } from '../../model/optionFields';
import type { DumpSelection, HelpOption, ToolVersion } from '../../model/tools';
import { dumpOptions } from '../catalogue/dump';
import type { OptionValue } from '../catalogue/types';
import { namePatterns, relationPatterns, type SelectionForm } from './longSelection';
import { patternEncoding } from './patterns';
import { renderOptions } from './renderOptions';
import { toolOptionValues } from './toolOptionValues';

/** The fields of `BackupOptions` that become options of pg_dump as they are. */
export interface DumpOptions extends OptionsFor<typeof backupFields, 'pg_dump'> {}

/** A backup of which everything is decided. */
export interface ResolvedBackup {
  options: DumpOptions;
  selection: DumpSelection;
  /** Output path of pg_dump: the partial path, not the final one; null = its standard output. */
  file: string | null;
  /** `--host=…`, `--dbname=…` and so on, from the connection. */
  connectionArgs: readonly string[];
  /** `server_encoding`; null = not known. */
  databaseEncoding: string | null;
  /** Options of the tool that the catalogue does not know. */
  unknownOptions?: readonly HelpOption[] | undefined;
  /**
   * Path of the file that has the selection, where that is too long for arguments; null = in
   * arguments.
   */
  filterFile?: string | null;
  /** How a long selection is written; names when left out. */
  selectionForm?: SelectionForm;
}

/**
 * The arguments of pg_dump for a backup, in the order in which a reader expects them.
 *
 * @throws AppError `optionInvalid` with the name of the field when the options cannot be had: this
 *   version lacks one, or the dump's encoding makes a chosen name unreadable. What the forms
 *   validate before (ranges, combinations) is not repeated here, apart from what pg_dump would
 *   accept and do wrong.
 */
export function buildDumpArgs(backup: ResolvedBackup, tool: ToolVersion): string[] {
  const { options } = backup;
  refuseContradictions(backup);
  return [
    ...renderOptions(dumpOptions, tool, dumpValues(backup), backup.unknownOptions),
    ...options.extraArgs,
    ...backup.connectionArgs,
  ];
}

function refuseContradictions({ options, selection, databaseEncoding }: ResolvedBackup): void {
  const { schemas, tables, excludeSchemas } = selection;
  if (!options.includeSchema && !options.includeData) {
    throw new AppError('optionInvalid', {
      field: 'includeData',
      problem: { code: 'nothingToDump' },
    });
  }
  if (tables.length > 0 && schemas.length + excludeSchemas.length > 0) {
    // pg_dump would ignore the schemas without a warning.
    throw new AppError('internal', { text: 'schemas and tables in one selection' });
  }
  const names = selectedNames(selection);
  if (patternEncoding(names, options.encoding, databaseEncoding) === 'unreadable') {
    throw new AppError('optionInvalid', {
      field: 'encoding',
      problem: { code: 'namesNeedUtf8' },
    });
  }
}

/**
 * The options that a backup gives to pg_dump, by row id, in order; also of one that `buildDumpArgs`
 * would refuse.
 *
 * @throws AppError `optionInvalid` for an option of the tool that it does not have
 */
export function dumpValues({
  options,
  selection,
  file,
  databaseEncoding,
  unknownOptions,
  filterFile = null,
  selectionForm = 'names',
}: Omit<ResolvedBackup, 'connectionArgs'>): Map<string, OptionValue> {
  const values = new Map<string, OptionValue>([
    ['format', options.format],
    ...(file === null ? [] : ([['file', file]] as const)),
  ]);
  const set = (id: string, when: boolean, value: OptionValue = true): void => {
    if (when) values.set(id, value);
  };

  // 0 is passed too: without the option, custom and directory are compressed by default. A bare
  // level means gzip in every version. tar refuses all but 0, which is its default.
  set('compress', options.format !== 'tar' || options.compression > 0, options.compression);
  set('jobs', options.format === 'directory' && options.jobs > 1, options.jobs);

  set('data-only', !options.includeSchema);
  set('schema-only', !options.includeData);
  set('no-privileges', !options.includePrivileges);
  // In archives ownership is a choice of the restore; pg_dump would ignore it silently.
  set('no-owner', !options.includeOwnership && options.format === 'plain');

  for (const [id, value] of selectionValues(selection, selectionForm)) values.set(id, value);

  const encoding = dumpEncoding(selection, options.encoding, databaseEncoding);
  set('encoding', encoding !== null, encoding ?? '');
  set('lock-wait-timeout', options.lockWaitTimeout > 0, Math.round(options.lockWaitTimeout * 1000));
  set('no-sync', options.noSync);
  for (const [id, value] of toolOptionValues(dumpOptions, options.toolOptions, unknownOptions)) {
    values.set(id, value);
  }
  if (filterFile !== null) {
    // The user's own filter file is added.
    const own = options.toolOptions['filter'];
    values.set('filter', typeof own === 'string' ? [filterFile, own] : filterFile);
  }
  values.set('no-password', true);
  values.set('verbose', true);
  return values;
}

function selectionValues(selection: DumpSelection, form: SelectionForm): Map<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  const { schemas, tables, excludeSchemas, excludeTables, excludeTableData } = selection;
  const list = (id: string, patterns: readonly string[]): void => {
    if (patterns.length > 0 && form !== 'filterFile') values.set(id, patterns);
  };
  list('schema', namePatterns(schemas, form));
  list('exclude-schema', namePatterns(excludeSchemas, form));
  list('table', relationPatterns(tables, form));
  list('exclude-table', relationPatterns(excludeTables, form));
  list('exclude-table-data', relationPatterns(excludeTableData, form));
  const extensions = selection.extensions ?? [];
  // Without `--strict-names`, an object that was renamed or dropped since it was selected is left
  // out silently.
  if (schemas.length + tables.length + extensions.length > 0) values.set('strict-names', true);
  if (selection.largeObjects !== null) {
    values.set(selection.largeObjects ? 'large-objects' : 'no-large-objects', true);
  }
  list('extension', namePatterns(extensions, form));
  return values;
}

function dumpEncoding(
  selection: DumpSelection,
  chosen: string | null,
  databaseEncoding: string | null,
): string | null {
  const names = selectedNames(selection);
  return patternEncoding(names, chosen, databaseEncoding) === 'setUtf8' ? 'UTF8' : chosen;
}

/** Every name that becomes part of a pattern. */
export function* selectedNames(selection: DumpSelection): Iterable<string> {
  yield* selection.schemas;
  yield* selection.excludeSchemas;
  yield* selection.extensions ?? [];
  for (const list of [selection.tables, selection.excludeTables, selection.excludeTableData]) {
    for (const table of list) {
      yield table.schema;
      yield table.name;
    }
  }
}
