import type { HelpOption, ToolAbilities, ToolName, ToolVersion } from '../../model/tools';
import { isToolOption, longSpellings, optionsFor, optionsOf } from './catalogue';
import type { OptionRow } from './types';

/** The options that a tool of this version and build has, those beyond the catalogue included. */
export function rowsOf(
  tool: ToolName,
  version: ToolVersion,
  abilities: ToolAbilities = {},
): OptionRow[] {
  const missing = new Set(abilities.missingOptions ?? []);
  return [
    ...optionsFor(tool, version).filter((row) => !missing.has(row.id)),
    ...unknownRows(tool, abilities.unknownOptions ?? []),
  ];
}

/**
 * The rows that a form offers beyond its own fields: only `compress` has a field and takes more
 * values.
 */
export function offeredRows(
  tool: ToolName,
  version: ToolVersion,
  abilities?: ToolAbilities,
): OptionRow[] {
  return rowsOf(tool, version, abilities).filter(
    (row) => isToolOption(row) && row.extraOnly !== true,
  );
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

/**
 * How the help of a tool differs from what the catalogue says of its version. Hidden spellings are
 * in no help, and a row counts as there when one of its spellings is.
 */
export function compareWithHelp(
  tool: ToolName,
  version: ToolVersion,
  help: readonly HelpOption[],
): Pick<Required<ToolAbilities>, 'unknownOptions' | 'missingOptions'> {
  const listed = new Set(help.flatMap(({ flag, also }) => [flag, ...also]));
  const known = new Set(
    optionsOf(tool).flatMap((row) => [row.flag, ...(row.spellings ?? []).map((s) => s.flag)]),
  );
  return {
    unknownOptions: help.filter(({ flag }) => !known.has(flag)),
    missingOptions: optionsFor(tool, version)
      .filter((row) => !longSpellings(row, version).some((flag) => listed.has(flag)))
      .map((row) => row.id),
  };
}
