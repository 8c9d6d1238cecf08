import type * as vscode from 'vscode';
import { backupDefaults } from '../../core/forms/backup/backupDefaults';
import { wholeDatabase } from '../../core/forms/selection/wholeDatabase';
import type {
  BackupOptions,
  RememberedBackup,
  RememberedRestore,
  RestoreOptions,
} from '../../core/model/options';
import { rememberableBackup, rememberableRestore } from '../../core/forms/api/rememberable';
import { decodeBackupRequest, decodeRestoreRequest } from '../../core/forms/api/requests';
import { restoreDefaults } from '../../core/forms/restore/restoreDefaults';

/** The options of the last run for each connection, in the workspace's own storage. */
export class LastOptions {
  constructor(private readonly state: vscode.Memento) {}

  async keepBackup(options: BackupOptions): Promise<void> {
    await this.state.update(`last.backup.${options.connectionId}`, rememberableBackup(options));
  }

  async keepRestore(options: RestoreOptions): Promise<void> {
    await this.state.update(`last.restore.${options.connectionId}`, rememberableRestore(options));
  }

  /** null when there are none, or the stored format is out of date. */
  backup(connectionId: string): RememberedBackup | null {
    const stored = this.state.get<Partial<RememberedBackup>>(`last.backup.${connectionId}`);
    if (stored === undefined) return null;
    try {
      // A request says a profile or what one sets; here both are known, as they were shown.
      const { profile = 'custom', ...others } = stored;
      const { options } = decodeBackupRequest({ options: { ...others, connectionId } });
      const known = decodeBackupRequest({ options: { profile, connectionId } });
      return rememberableBackup({
        ...backupDefaults(),
        ...options,
        ...wholeDatabase(),
        profile: known.options.profile,
      });
    } catch {
      return null;
    }
  }

  /** Likewise. */
  restore(connectionId: string): RememberedRestore | null {
    const stored = this.state.get<Partial<RememberedRestore>>(`last.restore.${connectionId}`);
    if (stored === undefined) return null;
    try {
      const { options } = decodeRestoreRequest({
        options: { ...stored, connectionId, inputPath: '-' },
      });
      return rememberableRestore({
        ...restoreDefaults(),
        ...options,
        tables: null,
        withoutRowsOf: null,
      });
    } catch {
      return null;
    }
  }
}
