import type { BackupInfo } from '../../model/archive';
import type { RestoreOptions } from '../../model/options';

/** Does a restore drop or empty what is in the database that it goes into? */
export function destroys(
  options: Pick<
    RestoreOptions,
    'clean' | 'replaceRows' | 'createDatabase' | 'swapIn' | 'wholeServer'
  >,
  info: Pick<BackupInfo, 'warnings'> | null,
): boolean {
  if (options.createDatabase || options.swapIn || options.wholeServer) return false;
  return options.clean || options.replaceRows || info?.warnings.includes('drops') === true;
}

/** Is what it drops backed up first? */
export function backsUpFirst(
  options: Parameters<typeof destroys>[0] & Pick<RestoreOptions, 'safetyBackup'>,
  info: Pick<BackupInfo, 'warnings'> | null,
): boolean {
  return options.safetyBackup && destroys(options, info);
}
