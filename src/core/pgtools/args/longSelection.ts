import { AppError } from '../../errors';
import type { TableRef } from '../../model/options';
import type { DumpSelection, ToolVersion } from '../../model/tools';
import { dumpOptions } from '../catalogue/dump';
import { hasOption, rowIn } from '../catalogue/rows';
import { hasNonAscii, quotePattern, relationPattern } from './patterns';

/** Form in which a selection is passed to pg_dump. */
export type SelectionForm =
  /** One argument for each name. */
  | 'names'
  /** One argument for up to 200 names of a schema: a pattern with alternatives. */
  | 'groups'
  /** A file of include and exclude lines, for `--filter`. */
  | 'filterFile';

/**
 * Names in one pattern: the server compiles it as one regular expression, and very long ones are
 * refused there.
 */
const GROUP_SIZE = 200;

/** Linux takes 128 KiB in one argument (MAX_ARG_STRLEN), its final zero included. */
const MAX_ARGUMENT_BYTES = 131_071;

/**
 * Bytes of all arguments together that every system takes, whatever is in the environment: macOS
 * has 1 MiB for both (ARG_MAX), Linux 2 MiB by default, Windows 32,767 UTF-16 units, and quotes.
 */
export function maxCommandBytes(windows: boolean): number {
  return windows ? 24_000 : 600_000;
}

/** Memory of arguments: UTF-8, the final zero and a pointer each. */
export function commandBytes(args: readonly string[]): number {
  return args.reduce((sum, arg) => sum + argumentBytes(arg), 0);
}

const encoder = new TextEncoder();

function argumentBytes(arg: string): number {
  return (hasNonAscii([arg]) ? encoder.encode(arg).length : arg.length) + 9;
}

/**
 * The arguments in the first form of the selection in which the system takes them. A filter file
 * comes before groups: it names each object, so that one that is missing is noticed.
 *
 * @param build the arguments with the selection in this form
 * @param inFile some names cannot be passed in an argument, so that a filter file is used where the
 *   tool reads one
 * @throws AppError `argumentsTooLong` when there is no such form
 */
export function fitArguments(
  build: (form: SelectionForm) => string[],
  version: ToolVersion,
  { windows, inFile = false }: { windows: boolean; inFile?: boolean },
): { form: SelectionForm; args: string[] } {
  const limit = maxCommandBytes(windows);
  const filters = hasOption(rowIn(dumpOptions, 'filter'), version);
  const all: SelectionForm[] = ['names', ...(filters ? (['filterFile'] as const) : []), 'groups'];
  for (const form of inFile && filters ? (['filterFile'] as const) : all) {
    const args = build(form);
    const bytes = commandBytes(args);
    const longest = args.reduce((most, arg) => Math.max(most, argumentBytes(arg)), 0);
    if (bytes <= limit && longest <= MAX_ARGUMENT_BYTES) return { form, args };
  }
  throw new AppError('argumentsTooLong', { tool: 'pg_dump', needs: filters ? null : 17 });
}

/**
 * The lines of a filter file that mean the same as a selection's arguments, except for large
 * objects.
 */
export function filterFileText(selection: DumpSelection): string {
  const { schemas, tables, excludeSchemas, excludeTables, excludeTableData } = selection;
  const lines = [
    ...schemas.map((name) => `include schema ${quotePattern(name)}`),
    ...excludeSchemas.map((name) => `exclude schema ${quotePattern(name)}`),
    ...tables.map((table) => `include table ${relationPattern(table)}`),
    ...excludeTables.map((table) => `exclude table ${relationPattern(table)}`),
    ...excludeTableData.map((table) => `exclude table_data ${relationPattern(table)}`),
    ...(selection.extensions ?? []).map((name) => `include extension ${quotePattern(name)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Names as patterns for `--schema`: `("one"|"two")`. */
export function namePatterns(names: readonly string[], form: SelectionForm): string[] {
  return form === 'groups' ? groups(names.map(quotePattern)) : names.map(quotePattern);
}

/**
 * Relations as patterns for `--table`: `"schema".("one"|"two")`. Outside of quotes, brackets and
 * bars are those of a regular expression.
 */
export function relationPatterns(tables: readonly TableRef[], form: SelectionForm): string[] {
  if (form !== 'groups') return tables.map(relationPattern);
  const bySchema = new Map<string, string[]>();
  for (const { schema, name } of tables) {
    const names = bySchema.get(schema);
    if (names) names.push(quotePattern(name));
    else bySchema.set(schema, [quotePattern(name)]);
  }
  return [...bySchema].flatMap(([schema, names]) =>
    groups(names).map((group) => `${quotePattern(schema)}.${group}`),
  );
}

function groups(quoted: readonly string[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < quoted.length; i += GROUP_SIZE) {
    const group = quoted.slice(i, i + GROUP_SIZE);
    found.push(group.length === 1 ? group.join('') : `(${group.join('|')})`);
  }
  return found;
}
