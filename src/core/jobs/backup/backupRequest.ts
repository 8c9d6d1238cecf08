import type { RequestedBackup } from '../../forms/api/requests';
import { namesObjects } from '../../forms/api/resolveTables';
import type { ManifestRequest } from './backupManifest';

/** A backup as it is asked of the jobs. */
export interface BackupRequest {
  /** Tables may still be `schema.name` strings, which the catalog resolves. */
  options: RequestedBackup;
  /** An existing file at the output path may be replaced: the user was asked. */
  overwrite: boolean;
  /** Request for a manifest beside the backup; none when left out. */
  manifest?: ManifestRequest | null | undefined;
  /** Deviations from the request, as sentences: the first lines of the output. */
  notes?: readonly string[] | undefined;
}

/** Is nothing set beyond the fields of the form, but a method of compression? */
export function asksNothingOfTool({
  toolOptions,
  extraArgs,
}: Pick<RequestedBackup, 'toolOptions' | 'extraArgs'>): boolean {
  return extraArgs.length === 0 && Object.keys(toolOptions).every((id) => id === 'compress');
}

/** Is it of some objects of a database, or in another encoding? Few rules are only about these. */
export function choosesParts(options: RequestedBackup): boolean {
  return namesObjects(options) || options.encoding !== null;
}
