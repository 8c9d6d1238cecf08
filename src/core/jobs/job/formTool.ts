import type { FormTool } from '../../forms/form/context';
import type { ToolOptions } from '../../model/options';
import { placedTool } from '../../pgtools/args/toolPlace';
import { isOffered, rowsFor, type OptionTable } from '../../pgtools/catalogue/rows';
import { argumentsAreUtf8 } from '../../pgtools/locate/ansiCodePage';
import type { ToolInstall } from '../../model/tools';
import type { JobRun } from './jobContext';

/**
 * The tool as the forms judge it. Its help is read only when something is set that the catalogue
 * alone cannot vouch for: an option it does not know, or a method of compression.
 */
export async function formTool(
  run: JobRun,
  install: ToolInstall,
  table: OptionTable,
  toolOptions: ToolOptions,
): Promise<FormTool> {
  const { version, tools } = install;
  const offered = rowsFor(table, version).filter(isOffered);
  const known = new Set(offered.map((row) => row.id));
  const ids = Object.keys(toolOptions);
  const file = tools[table.tool];
  const streams = placedTool(install.dir) !== null;
  const place = { streams, ofWindows: process.platform === 'win32' && !streams };
  if (file === undefined || ids.every((id) => known.has(id) && id !== 'compress')) {
    return { version, ...place, utf8Arguments: await argumentsAreUtf8() };
  }
  const { readToolAbilities } = await import('../../pgtools/locate/toolHelp');
  return {
    version,
    ...place,
    ...(await readToolAbilities(file, table, version, run.services.inherited)),
  };
}
