import type { FieldTable } from '../../model/optionFields';
import type { BackupFormat } from '../../model/options';
import type { HelpOption, ToolName, ToolVersion } from '../../model/tools';
import type { FormField, OptionRow } from './types';

/** All options of one tool, whatever its version. */
export interface OptionTable {
  readonly tool: ToolName;
  readonly rows: readonly OptionRow[];
}

/** The table of a tool's options, of which some are set by these fields of a form. */
export function optionTable(
  tool: ToolName,
  fields: FieldTable,
  rows: readonly OptionRow[],
): OptionTable {
  const fieldOf = new Map(
    Object.entries(fields).flatMap(([name, { options = {} }]) =>
      (options[tool] ?? []).map((id) => [id, name as FormField] as const),
    ),
  );
  const withField = (row: OptionRow): OptionRow => {
    const formField = fieldOf.get(row.id);
    return formField === undefined ? row : { ...row, formField };
  };
  return { tool, rows: rows.map(withField) };
}

/**
 * The row of this id.
 * @throws Error for an id that the tool does not have, which is a fault in this code
 */
export function rowIn({ tool, rows }: OptionTable, id: string): OptionRow {
  const row = rows.find((r) => r.id === id);
  if (row === undefined) throw new Error(`${tool} has no option ${id}`);
  return row;
}

/** The rows that this version of the tool has. */
export function rowsFor({ rows }: OptionTable, version: ToolVersion): OptionRow[] {
  return rows.filter((row) => hasOption(row, version));
}

/** Rows for options that only the tool's `--help` lists, whose effect is unknown. */
export function unknownRows(tool: ToolName, help: readonly HelpOption[]): OptionRow[] {
  return help.map(({ flag, short, argument, description }) => ({
    id: flag.slice(2),
    tool,
    flag,
    ...(short === null ? {} : { short }),
    kind: argument === null ? { kind: 'flag' } : { kind: 'text', of: 'free' },
    group: 'other',
    label: flag.slice(2).replaceAll('-', ' '),
    help: description,
  }));
}

/** Can the option be set by its id? `compress` has a field, but takes more values. */
export function isToolOption(row: OptionRow): boolean {
  return row.reserved === undefined && (row.formField === undefined || row.id === 'compress');
}

/** Does a form offer it beyond its own fields? Of these, only `compress` takes more values. */
export function isOffered(row: OptionRow): boolean {
  return isToolOption(row) && row.extraOnly !== true;
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
