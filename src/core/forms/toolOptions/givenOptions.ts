/** The options of a tool that the form's own fields set, taken from its arguments. */
import type { BackupOptions, RestoreOptions, TableRef } from '../../model/options';
import type { DumpSelection } from '../../model/tools';
import { dumpallValues, toolForScope } from '../../pgtools/args/dumpallArgs';
import { dumpValues } from '../../pgtools/args/dumpArgs';
import { hasNonAscii } from '../../pgtools/args/patterns';
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
  return new Set(dumpValues({ ...common, selection: oneOfEach(dump) }).keys());
}

/**
 * A selection to which pg_dump is given the same options: only their values tell all names, of which
 * there may be tens of thousands. Names beyond ASCII need an encoding.
 */
function oneOfEach(dump: DumpSelection): DumpSelection {
  const name = (names: readonly string[]): string[] => {
    const chosen = names.find((each) => hasNonAscii([each])) ?? names[0];
    return chosen === undefined ? [] : [chosen];
  };
  const table = (tables: readonly TableRef[]): TableRef[] => {
    const chosen = tables.find((each) => hasNonAscii([each.schema, each.name])) ?? tables[0];
    return chosen === undefined ? [] : [chosen];
  };
  return {
    ...dump,
    schemas: name(dump.schemas),
    tables: table(dump.tables),
    excludeSchemas: name(dump.excludeSchemas),
    excludeTables: table(dump.excludeTables),
    excludeTableData: table(dump.excludeTableData),
    extensions: dump.extensions && name(dump.extensions),
  };
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
