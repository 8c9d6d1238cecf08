import type { RequestedBackup } from '../../forms/api/requests';
import type { ManifestRequest } from './backupManifest';

/** A backup as it is asked of the jobs. */
export interface BackupRequest {
  /** Tables may still be `schema.name` strings: the catalog tells what they mean. */
  options: RequestedBackup;
  /** What stands at the output path may be replaced: the user was asked. */
  overwrite: boolean;
  /** Whether a manifest is kept beside the backup; none when left out. */
  manifest?: ManifestRequest | null | undefined;
  /** What is done otherwise than it was asked, in words: the first lines of the output. */
  notes?: readonly string[] | undefined;
}
