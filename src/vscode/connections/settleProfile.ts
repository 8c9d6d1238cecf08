import { availableParallelism } from 'node:os';
import type { ProfileOptions } from '../../core/forms/backup/backupProfiles';
import type { BackupOptions } from '../../core/model/options';
import type { ConnectionService } from './connectionService';

/**
 * The options of a backup that no form is shown for, with what their profile sets on this
 * connection. As they are when the server or its tool is unknown: then the job says why.
 */
export async function settleProfile<
  O extends ProfileOptions & Pick<BackupOptions, 'connectionId' | 'database' | 'toolDir'>,
>(options: O, connections: ConnectionService): Promise<O> {
  if (options.profile === 'custom') return options;
  const { withProfile } = await import('../../core/forms/backup/backupProfiles');
  const { connectionId, database, toolDir, scope } = options;
  const wanted = { connectionId, database, toolDir, scope, refresh: false };
  const { tool, catalog } = await connections.stateForBackup(wanted);
  return withProfile(options, { tool, catalog, cores: availableParallelism() });
}
