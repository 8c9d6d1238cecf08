import { AppError } from '../../errors';
import type { HelpOption, ToolVersion } from '../../model/tools';
import {
  flagFor,
  hasOption,
  rowIn,
  sinceText,
  takesValue,
  unknownRows,
  type OptionTable,
} from '../catalogue/rows';
import type { OptionRow, OptionValue } from '../catalogue/types';

/** Option values by row id, in the order in which they shall stand in the command. */
export type OptionValues = ReadonlyMap<string, OptionValue>;

/**
 * Spells option values as arguments: `--flag`, `--flag=value`, a list once for each element.
 *
 * @param unknown options of the tool that the catalogue does not know
 * @throws AppError `optionInvalid` when this version of the tool lacks an option: tools silently
 *   take some unknown options for others, so they are never given one that they do not have.
 */
export function renderOptions(
  table: OptionTable,
  version: ToolVersion,
  values: OptionValues,
  unknown: readonly HelpOption[] = [],
): string[] {
  const args: string[] = [];
  const more = unknownRows(table.tool, unknown);
  for (const [id, value] of values) {
    const row = more.find((each) => each.id === id) ?? rowIn(table, id);
    if (!hasOption(row, version)) throw missing(row, version);
    args.push(...renderOption(row, version, value));
  }
  return args;
}

function renderOption(row: OptionRow, version: ToolVersion, value: OptionValue): string[] {
  const flag = flagFor(row, version);
  if (value === true) {
    if (takesValue(row)) throw new Error(`${row.flag} needs a value`);
    return [flag];
  }
  if (!takesValue(row)) throw new Error(`${row.flag} takes no value`);
  if (typeof value === 'string') {
    // Before 15 a method is read as level 0: the archive would be uncompressed, without a message.
    if (row.kind.kind === 'compression' && version.major < 16) {
      const { tool } = row;
      throw new AppError('optionInvalid', {
        field: `toolOptions.${row.id}`,
        problem: { code: 'methodTooNew', flag, tool, since: '16', version: version.text },
      });
    }
    return [`${flag}=${value}`];
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`${row.flag} takes integers`);
    return [`${flag}=${String(value)}`];
  }
  return value.map((element) => `${flag}=${element}`);
}

function missing(row: OptionRow, version: ToolVersion): AppError {
  const { tool, flag, until } = row;
  const field = row.formField ?? `toolOptions.${row.id}`;
  const common = { flag, tool, version: version.text };
  return new AppError('optionInvalid', {
    field,
    problem:
      until !== undefined && version.major > until
        ? { code: 'removed', ...common, until }
        : { code: 'tooNew', ...common, since: sinceText(row) },
  });
}
