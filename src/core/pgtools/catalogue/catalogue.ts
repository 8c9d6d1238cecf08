import type { ToolName } from '../../model/tools';
import { dumpOptions } from './dump';
import { dumpAllOptions } from './dumpall';
import { psqlOptions } from './psql';
import { restoreOptions } from './restore';
import { rowIn, type OptionTable } from './rows';
import type { OptionRow } from './types';

// Who needs one tool alone takes its table: a job reads no more than it uses.

const CATALOGUE: Readonly<Record<ToolName, OptionTable>> = {
  pg_dump: dumpOptions,
  pg_restore: restoreOptions,
  pg_dumpall: dumpAllOptions,
  psql: psqlOptions,
};

/** The table of a tool. */
export function tableOf(tool: ToolName): OptionTable {
  return CATALOGUE[tool];
}

/** All rows of a tool, whatever its version. */
export function optionsOf(tool: ToolName): readonly OptionRow[] {
  return CATALOGUE[tool].rows;
}

/**
 * The row of this id.
 * @throws Error as `rowIn`
 */
export function optionRow(tool: ToolName, id: string): OptionRow {
  return rowIn(CATALOGUE[tool], id);
}
