import type { BackupOptions, RestoreOptions } from '../../model/options';
import type { RequestedBackup, RequestedRestore } from '../../forms/api/requests';
import {
  BACKUP_RELATIONS,
  provisionalTable,
  RESTORE_RELATIONS,
  withExactNames,
} from '../../forms/api/resolveTables';

/** A backup's options as a job shows them until the catalog has resolved the names. */
export function provisionalBackup(options: RequestedBackup): BackupOptions {
  return withExactNames(BACKUP_RELATIONS, options, (names) => names.map(provisionalTable));
}

/** A restore's options as a job shows them until the archive has resolved the names. */
export function provisionalRestore(options: RequestedRestore): RestoreOptions {
  return withExactNames(RESTORE_RELATIONS, options, (names) => names.map(provisionalTable));
}
