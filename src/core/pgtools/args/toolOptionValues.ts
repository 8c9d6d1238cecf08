import { AppError } from '../../errors';
import type { ToolOptions } from '../../model/options';
import type { HelpOption } from '../../model/tools';
import { isToolOption, unknownRows, type OptionTable } from '../catalogue/rows';
import type { OptionValue } from '../catalogue/types';

/**
 * What is set of a tool's own options, by row id in the order of the catalogue. Of what the form
 * has fields for, only `compress` is taken.
 *
 * @throws AppError `optionInvalid` for an id that the tool does not have, or that is not to be set
 */
export function toolOptionValues(
  { tool, rows: known }: OptionTable,
  toolOptions: ToolOptions,
  unknown: readonly HelpOption[] = [],
): Map<string, OptionValue> {
  const rows = [...known, ...unknownRows(tool, unknown)];
  for (const id of Object.keys(toolOptions)) {
    const row = rows.find((each) => each.id === id);
    if (row !== undefined && isToolOption(row)) continue;
    const problem = { code: 'unknown', tool } as const;
    throw new AppError('optionInvalid', { field: `toolOptions.${id}`, problem });
  }
  const values = new Map<string, OptionValue>();
  for (const { id } of rows) {
    const value = toolOptions[id];
    if (value !== undefined && value !== false) values.set(id, value);
  }
  return values;
}
