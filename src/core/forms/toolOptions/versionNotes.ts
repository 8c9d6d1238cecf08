import * as l10n from '@vscode/l10n';
import { archiveVersionOf, readsArchive } from '../../pgtools/choose/choose';
import { isScript, majorOf, setsUnknownTimeout } from '../form/archiveFacts';
import type { BackupContext, RestoreContext } from '../form/context';
import type { BackupOptions, RestoreOptions } from '../../model/options';

interface Warnings {
  warn(field: 'toolDir', message: string): void;
}

/** Notes on a dump that is made by newer tools than its server. */
export function noteBackupVersions(
  { format }: BackupOptions,
  { server, tool }: BackupContext,
  notes: Warnings,
): void {
  if (server === null || tool === null || tool.version.major <= server.major) return;
  const { major } = tool.version;
  if (format === 'plain') {
    if (major >= 17 && server.major < 17) {
      notes.warn(
        'toolDir',
        l10n.t(
          'The script will set transaction_timeout, which servers before 17 do not know: restoring it there reports a harmless error.',
        ),
      );
    }
  } else if (!readsArchive(server.major, archiveVersionOf(major))) {
    notes.warn(
      'toolDir',
      l10n.t(
        'The archive will need pg_restore {0} or newer: the tools of the server’s own version ({1}) do not read it.',
        major >= 17 ? 17 : major,
        server.major,
      ),
    );
  }
}

/** Notes on a restore by newer tools than its target, or of a dump by newer tools. */
export function noteRestoreVersions(
  options: RestoreOptions,
  context: RestoreContext,
  notes: Warnings,
): void {
  const { info, server, tool } = context;
  if (info === null || server === null || tool === null) return;
  if (setsUnknownTimeout(context) && !options.exitOnError && !options.singleTransaction) {
    notes.warn(
      'toolDir',
      l10n.t(
        'The target ({0}) does not know transaction_timeout, which is set: this gives one harmless error.',
        server.version,
      ),
    );
  }
  // Measured: planner statistics are restored by functions that servers before 18 lack.
  const from = majorOf(info.pgDumpVersion) ?? 0;
  const left =
    options.toolOptions['no-statistics'] === true || options.schemaOnly || options.dataOnly;
  if (!isScript(info) && from >= 18 && server.major < 18 && tool.version.major >= 17 && !left) {
    notes.warn(
      'toolDir',
      l10n.t(
        'If the archive contains statistics (pg_dump --statistics), a target before 18 reports each of them as an error.',
      ),
    );
  }
}
