import { backupFields } from '../../model/backupFields';
import type { FieldTable } from '../../model/optionFields';
import type { BackupFormat, BackupOptions, RestoreOptions } from '../../model/options';
import { restoreFields } from '../../model/restoreFields';
import type { ToolName, ToolVersion } from '../../model/tools';
import { dumpOptions } from './dump';
import { dumpAllOptions } from './dumpall';
import { psqlOptions } from './psql';
import { restoreOptions } from './restore';
import type { OptionRow } from './types';

const catalogue: Readonly<Record<ToolName, readonly OptionRow[]>> = {
  pg_dump: dumpOptions,
  pg_restore: restoreOptions,
  pg_dumpall: dumpAllOptions,
  psql: psqlOptions,
};

/** All rows of a tool, whatever its version. */
export function optionsOf(tool: ToolName): readonly OptionRow[] {
  return catalogue[tool];
}

/** The rows that this version of the tool has. */
export function optionsFor(tool: ToolName, version: ToolVersion): OptionRow[] {
  return catalogue[tool].filter((row) => hasOption(row, version));
}

/**
 * The row of this id.
 * @throws Error for an id that the tool does not have, which is a fault in this code
 */
export function optionRow(tool: ToolName, id: string): OptionRow {
  const row = catalogue[tool].find((r) => r.id === id);
  if (row === undefined) throw new Error(`${tool} has no option ${id}`);
  return row;
}

/** A field of a form's options. */
export type FormField = keyof BackupOptions | keyof RestoreOptions;

const FORM_FIELDS = new Map<string, FormField>(
  [backupFields, restoreFields].flatMap((table: FieldTable) =>
    Object.entries(table).flatMap(([name, { options = {} }]) =>
      Object.entries(options).flatMap(([tool, ids]) =>
        ids.map((id) => [`${tool} ${id}`, name as FormField] as const),
      ),
    ),
  ),
);

/** The form field that sets this option; null = none. */
export function formFieldOf({ tool, id }: Pick<OptionRow, 'tool' | 'id'>): FormField | null {
  return FORM_FIELDS.get(`${tool} ${id}`) ?? null;
}

/** Can the option be set by its id? `compress` has a field, but takes more values. */
export function isToolOption(row: OptionRow): boolean {
  return row.reserved === undefined && (formFieldOf(row) === null || row.id === 'compress');
}

/**
 * Does this version have the option? By version only: the tools themselves accept unique prefixes
 * of their options and so take some that they do not know for others.
 */
export function hasOption(row: OptionRow, version: ToolVersion): boolean {
  if (row.since !== undefined && version.major < row.since) return false;
  if (row.until !== undefined && version.major > row.until) return false;
  const firstMinor = row.minors?.[version.major];
  return firstMinor === undefined || version.minor >= firstMinor;
}

/** The output formats that this version takes the option with; undefined = all. */
export function formatsFor(
  row: OptionRow,
  version: ToolVersion,
): readonly BackupFormat[] | undefined {
  const later = (row.laterFormats ?? []).filter(({ minors }) => {
    const firstMinor = minors[version.major];
    return firstMinor !== undefined && version.minor >= firstMinor;
  });
  return row.formats && [...row.formats, ...later.map(({ format }) => format)];
}

/** The spelling to give to this version, e.g. `--blobs` before 16. */
export function flagFor(row: OptionRow, version: ToolVersion): string {
  if (row.flagSince === undefined || version.major >= row.flagSince) return row.flag;
  return row.spellings?.find((s) => s.hidden !== true)?.flag ?? row.flag;
}

/** Every long spelling that this version accepts for the row. */
export function longSpellings(row: OptionRow, version: ToolVersion): string[] {
  const flags = (row.spellings ?? [])
    .filter((s) => version.major >= (s.since ?? 0) && version.major <= (s.until ?? Infinity))
    .map((s) => s.flag);
  if (row.flagSince === undefined || version.major >= row.flagSince) flags.unshift(row.flag);
  return flags;
}

/** The first version that has it, as people read it, e.g. `16`. */
export function sinceText(row: OptionRow): string {
  return String(row.since ?? 12);
}

/** Does the option take a value? */
export function takesValue(row: OptionRow): boolean {
  return row.kind.kind !== 'flag';
}
