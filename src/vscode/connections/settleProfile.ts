import { availableParallelism } from 'node:os';
import type { ProfileOptions } from '../../core/forms/backup/backupProfiles';
import type { BackupOptions } from '../../core/model/options';
import type { BackupEstimates } from './backupEstimates';
import type { ConnectionService } from './connectionService';

/** What tells the facts that a profile depends on. */
export interface ProfileSources {
  connections: ConnectionService;
  estimates: BackupEstimates;
}

/**
 * The options of a backup that no form is shown for, with what their profile sets on this
 * connection. As they are when the server or its tool is unknown: then the job says why.
 */
export async function settleProfile<
  O extends ProfileOptions &
    Pick<BackupOptions, 'connectionId' | 'database' | 'toolDir' | 'outputPath'>,
>(options: O, { connections, estimates }: ProfileSources): Promise<O> {
  if (options.profile === 'custom') return options;
  const { isOnThisMachine, withProfile } = await import('../../core/forms/backup/backupProfiles');
  const { connectionId, database, toolDir, scope } = options;
  const wanted = { connectionId, database, toolDir, scope, refresh: false };
  const state = await connections.stateForBackup(wanted);
  const { connection, server, tool, catalog } = connections.formContext(state);
  const place = await estimates.place(options);
  const isLocal = isOnThisMachine(server, connection);
  return withProfile(options, { tool, catalog, cores: availableParallelism(), isLocal, ...place });
}
