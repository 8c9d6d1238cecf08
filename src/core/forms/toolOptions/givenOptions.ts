/** The options of a tool that the form's own fields set, taken from its arguments. */
import type { BackupOptions, RestoreOptions } from '../../model/options';
import { dumpallValues, toolForScope } from '../../pgtools/args/dumpallArgs';
import { dumpValues } from '../../pgtools/args/dumpArgs';
import { scriptValues } from '../../pgtools/args/psqlArgs';
import { restoreValues } from '../../pgtools/args/restoreArgs';
import type { DerivedBackup } from '../selection/derivedBackup';
import type { BackupContext, RestoreContext } from '../form/context';
import { isScript } from '../form/archiveFacts';
import { restoresPart } from '../selection/restoreSelection';

/** Row ids of the options that the fields of a backup give to pg_dump, or to pg_dumpall. */
export function optionsGivenByBackup(
  backup: BackupOptions,
  { server }: Pick<BackupContext, 'server'>,
  { dump }: Pick<DerivedBackup, 'dump'>,
): Set<string> {
  const options = { ...backup, toolOptions: {} };
  const databaseEncoding = server?.encoding ?? null;
  const common = { options, file: options.outputPath, databaseEncoding };
  if (toolForScope(options.scope) === 'pg_dumpall') {
    return new Set(dumpallValues({ ...common, database: server?.database ?? '' }).keys());
  }
  return new Set(dumpValues({ ...common, selection: dump }).keys());
}

/** Row ids of the options that the fields of a restore, and its connection, give to pg_restore, or to psql. */
export function optionsGivenByRestore(
  restore: RestoreOptions,
  { info }: Pick<RestoreContext, 'info'>,
): Set<string> {
  const options = { ...restore, toolOptions: {} };
  const listFile = restoresPart(options) ? '' : null;
  const values = isScript(info)
    ? scriptValues({ options, file: options.inputPath })
    : restoreValues({ options, listFile });
  return new Set([...values.keys(), 'dbname']);
}
