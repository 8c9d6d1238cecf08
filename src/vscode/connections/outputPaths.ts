import type { BackupFormat, BackupScope, ToolOptions } from '../../core/model/options';
import { outputPathFromTemplate } from '../../core/forms/backup/outputPath';
import type { ConnectionService } from './connectionService';
import type { Settings } from '../settings/settings';

/** Where a new backup is proposed, from the settings' template. Absolute. */
export function suggestOutputPath(
  settings: Settings,
  connections: ConnectionService,
  request: {
    connectionId: string;
    database?: string | null | undefined;
    format: BackupFormat;
    compression: number;
    scope?: BackupScope | undefined;
    /** A method of compression may be among them. */
    toolOptions?: ToolOptions | undefined;
    /** Moment in the name; all backups of one batch have the same. */
    now?: Date | undefined;
    /** One of several: the name has to tell the databases apart. */
    several?: boolean | undefined;
  },
): string {
  const { connectionId, format, compression, scope = 'database' } = request;
  const template = settings.fileNameTemplate();
  const profile = settings.connections().find(({ id }) => id === connectionId);
  return outputPathFromTemplate({
    template:
      request.several === true && !template.includes('${database}')
        ? `${template}_\${database}`
        : template,
    directory: settings.backupDirectory(),
    format,
    compression,
    toolOptions: request.toolOptions,
    // Where there is more than one database, the scope's name is used.
    database:
      scope === 'database'
        ? (request.database ?? connections.databaseName(connectionId) ?? connectionId)
        : scope === 'server'
          ? 'all-databases'
          : scope,
    connection: profile?.name ?? connectionId,
    now: request.now ?? new Date(),
  });
}
