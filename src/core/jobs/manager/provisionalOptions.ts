import type { BackupOptions, RestoreOptions } from '../../model/options';
import type { RequestedBackup, RequestedRestore } from '../../forms/api/requests';
import { backupFields } from '../../model/backupFields';
import { restoreFields } from '../../model/restoreFields';
import { provisionalTable, withExactNames } from '../../forms/api/resolveTables';

/** A backup's options as a job shows them until the catalog has resolved the names. */
export function provisionalBackup(options: RequestedBackup): BackupOptions {
  return withExactNames(backupFields, options, (names) => names.map(provisionalTable));
}

/** A restore's options as a job shows them until the archive has resolved the names. */
export function provisionalRestore(options: RequestedRestore): RestoreOptions {
  return withExactNames(restoreFields, options, (names) => names.map(provisionalTable));
}
