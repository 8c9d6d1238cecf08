import type { RequestedRestore } from '../../forms/api/requests';
import { checkSchemas, resolveTables } from '../../forms/api/resolveTables';
import type { RestoreContext } from '../../forms/form/context';
import { applyContextDefaults } from '../../forms/restore/restoreForm';
import type { BackupInfo } from '../../model/archive';
import type { RestoreOptions, TableRef } from '../../model/options';
import type { TableName } from '../../forms/api/requests';

/** A restore as somebody asked for it. */
export interface RequestedOptions {
  options: RequestedRestore;
  /**
   * The fields that somebody asked for; the others follow what file, server and tool need. All
   * count as asked for when left out.
   */
  explicitFields?: readonly (keyof RestoreOptions)[] | undefined;
}

/**
 * Turns what was asked for into what the tool is told: names are looked up in the archive, and what
 * nobody asked for follows file, server and tool. Nothing is judged yet.
 *
 * @throws AppError `objectUnknown`, `objectAmbiguous`
 */
export function resolveOptions(
  { options: requested, explicitFields }: RequestedOptions,
  info: BackupInfo,
  context: RestoreContext,
): RestoreOptions {
  const { schemas, tables, otherRelations = [] } = info.contents;
  const isLookedUp = info.format !== 'plain' || info.pgDumpVersion !== '';
  const known = [...schemas, ...tables.map((table) => table.schema)];
  const relations = [...tables, ...otherRelations];
  const found = (names: readonly TableName[] | null): TableRef[] | null => {
    if (names === null) return null;
    if (isLookedUp) return resolveTables(names, relations, info.path);
    // A script that was not written by pg_dump has no objects to choose from, and the form's rules
    // report that.
    return names.map((name) => (typeof name === 'string' ? { schema: '', name } : name));
  };
  const resolved: RestoreOptions = {
    ...requested,
    schemas:
      requested.schemas && isLookedUp
        ? checkSchemas(requested.schemas, known, info.path)
        : requested.schemas,
    tables: found(requested.tables),
    withoutRowsOf: found(requested.withoutRowsOf),
  };
  return explicitFields ? applyContextDefaults(resolved, explicitFields, context) : resolved;
}
