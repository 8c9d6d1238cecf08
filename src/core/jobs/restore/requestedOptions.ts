import type { RequestedRestore } from '../../forms/api/requests';
import { checkSchemas, resolveTables } from '../../forms/api/resolveTables';
import type { RestoreContext } from '../../forms/form/context';
import { applyContextDefaults } from '../../forms/restore/restoreForm';
import type { BackupInfo } from '../../model/archive';
import type { RestoreOptions } from '../../model/options';

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
  // A script has no objects to choose from: the form's rules say so below.
  const names = requested.tables ?? [];
  const { schemas, tables, otherRelations = [] } = info.contents;
  const isArchive = info.format !== 'plain';
  const known = [...schemas, ...tables.map((table) => table.schema)];
  const resolved: RestoreOptions = {
    ...requested,
    schemas:
      requested.schemas && isArchive
        ? checkSchemas(requested.schemas, known, info.path)
        : requested.schemas,
    tables:
      requested.tables &&
      (isArchive
        ? resolveTables(names, [...tables, ...otherRelations], info.path)
        : names.map((name) => (typeof name === 'string' ? { schema: '', name } : name))),
  };
  return explicitFields ? applyContextDefaults(resolved, explicitFields, context) : resolved;
}
