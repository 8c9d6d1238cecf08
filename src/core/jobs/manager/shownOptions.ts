import type { BackupOptions, RestoreOptions } from '../../model/options';
import type { RequestedBackup, RequestedRestore } from '../../forms/api/requests';
import { provisionalTable } from '../../forms/api/resolveTables';

/** A backup's options as a job shows them until the catalog has told what the names mean. */
export function shownBackup(options: RequestedBackup): BackupOptions {
  return {
    ...options,
    tables: options.tables?.map(provisionalTable) ?? null,
    excludeTables: options.excludeTables.map(provisionalTable),
    excludeTableData: options.excludeTableData.map(provisionalTable),
  };
}

/** A restore's options as a job shows them until the archive has told what the names mean. */
export function shownRestore(options: RequestedRestore): RestoreOptions {
  return { ...options, tables: options.tables?.map(provisionalTable) ?? null };
}
