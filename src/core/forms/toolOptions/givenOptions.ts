/** Which options of a tool the form's own fields give: whatever stands in its arguments. */
import type { BackupOptions, RestoreOptions } from '../../model/options';
import { dumpallValues, toolForScope } from '../../pgtools/args/dumpallArgs';
import { dumpValues } from '../../pgtools/args/dumpArgs';
import { scriptValues } from '../../pgtools/args/psqlArgs';
import { restoreValues } from '../../pgtools/args/restoreArgs';
import type { BackupContext, RestoreContext } from '../form/context';
import { isScript } from '../form/archiveFacts';
import { resolveSelection } from '../selection/selection';
import { selectsObjects } from '../selection/selectsObjects';

/** Row ids of the options that the fields of a backup give to pg_dump, or to pg_dumpall. */
export function optionsGivenByBackup(
  backup: BackupOptions,
  { catalog, server }: Pick<BackupContext, 'catalog' | 'server'>,
): Set<string> {
  const options = { ...backup, toolOptions: {} };
  const databaseEncoding = server?.encoding ?? null;
  const common = { options, file: options.outputPath, databaseEncoding };
  if (toolForScope(options.scope) === 'pg_dumpall') {
    return new Set(dumpallValues({ ...common, database: server?.database ?? '' }).keys());
  }
  const selection = resolveSelection(options, catalog);
  return new Set(dumpValues({ ...common, selection }).keys());
}

/** Row ids of the options that the fields of a restore, and its connection, give to pg_restore, or to psql. */
export function optionsGivenByRestore(
  restore: RestoreOptions,
  { info }: Pick<RestoreContext, 'info'>,
): Set<string> {
  const options = { ...restore, toolOptions: {} };
  const listFile = selectsObjects(options) ? '' : null;
  const values = isScript(info)
    ? scriptValues({ options, file: options.inputPath })
    : restoreValues({ options, listFile });
  return new Set([...values.keys(), 'dbname']);
}
