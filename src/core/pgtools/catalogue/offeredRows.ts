import type { HelpOption, ToolAbilities, ToolVersion } from '../../model/tools';
import { isOffered, longSpellings, rowsFor, unknownRows, type OptionTable } from './rows';
import type { OptionRow } from './types';

/** The options that a tool of this version and build has, those beyond the catalogue included. */
export function rowsOf(
  table: OptionTable,
  version: ToolVersion,
  abilities: ToolAbilities = {},
): OptionRow[] {
  const missing = new Set(abilities.missingOptions ?? []);
  return [
    ...rowsFor(table, version).filter((row) => !missing.has(row.id)),
    ...unknownRows(table.tool, abilities.unknownOptions ?? []),
  ];
}

/** The rows that a form offers beyond its own fields (`isOffered`). */
export function offeredRows(
  table: OptionTable,
  version: ToolVersion,
  abilities?: ToolAbilities,
): OptionRow[] {
  return rowsOf(table, version, abilities).filter(isOffered);
}

/**
 * How the help of a tool differs from what the catalogue says of its version. Hidden spellings are
 * in no help, and a row counts as there when one of its spellings is.
 */
export function compareWithHelp(
  table: OptionTable,
  version: ToolVersion,
  help: readonly HelpOption[],
): Pick<Required<ToolAbilities>, 'unknownOptions' | 'missingOptions'> {
  const listed = new Set(help.flatMap(({ flag, also }) => [flag, ...also]));
  const known = new Set(
    table.rows.flatMap((row) => [row.flag, ...(row.spellings ?? []).map((s) => s.flag)]),
  );
  return {
    unknownOptions: help.filter(({ flag }) => !known.has(flag)),
    missingOptions: rowsFor(table, version)
      .filter((row) => !longSpellings(row, version).some((flag) => listed.has(flag)))
      .map((row) => row.id),
  };
}
