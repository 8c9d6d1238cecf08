import type { BackupFormat } from '../core/forms/options';
import { outputPathFromTemplate } from '../core/forms/outputPath';
import type { ConnectionService } from './connectionService';
import type { Settings } from './settings';

/** Where a new backup is proposed, from the settings' template. Absolute. */
export function suggestOutputPath(
  settings: Settings,
  connections: ConnectionService,
  request: { connectionId: string; format: BackupFormat; compression: number },
): string {
  const { connectionId, format, compression } = request;
  const profile = settings.connections().find(({ id }) => id === connectionId);
  return outputPathFromTemplate({
    template: settings.fileNameTemplate(),
    directory: settings.backupDirectory(),
    format,
    compression,
    database: connections.databaseName(connectionId) ?? connectionId,
    connection: profile?.name ?? connectionId,
    now: new Date(),
  });
}
