import * as vscode from 'vscode';
import type { FailureCause } from '../../core/errors';
import { describeFailure } from '../../core/pgtools/stderr/failureCause';
import { plainMessage } from '../../core/pgtools/stderr/restoreErrors';
import type { ProblemAction } from '../../protocol/types';

/** Why a tool failed, in one sentence; `text` is what it said, where its own words name the culprit. */
export function failureSentence(tool: string, cause: FailureCause, text: string): string {
  // The server's words come wrapped into the tool's.
  const said = (): string =>
    plainMessage(describeFailure(text).text)
      .replace(/^ERROR:\s+/, '')
      .replace(/\.$/, '');
  switch (cause) {
    case 'authentication':
      return vscode.l10n.t('{0}: the server refused the login.', tool);
    case 'passwordMissing':
      return vscode.l10n.t('{0}: the server requires a password, and none is known.', tool);
    case 'connection':
      return vscode.l10n.t('{0} could not connect to the server.', tool);
    case 'databaseMissing':
      return vscode.l10n.t('{0}: the database does not exist.', tool);
    case 'serverNewer':
      return vscode.l10n.t('{0} is older than the server.', tool);
    case 'permission':
      return vscode.l10n.t(
        '{0}: permission denied. The role lacks a privilege on an object.',
        tool,
      );
    case 'diskFull':
      return vscode.l10n.t('{0}: no space left on the disk.', tool);
    case 'lockTimeout':
      return vscode.l10n.t('{0}: a table stayed locked longer than the lock wait timeout.', tool);
    case 'tooManyConnections':
      return vscode.l10n.t(
        '{0}: the server has no connections left. Use fewer parallel jobs.',
        tool,
      );
    case 'outOfLocks':
      return vscode.l10n.t(
        '{0}: the server ran out of lock memory (max_locks_per_transaction).',
        tool,
      );
    case 'unknownSetting':
      return vscode.l10n.t(
        '{0} sets a parameter that this older server does not know, and stopped at that error. Restore with the tools of the version of the server, or do not stop at errors.',
        tool,
      );
    case 'connectionLost':
      return vscode.l10n.t('{0} lost the connection to the server.', tool);
    case 'roleMissing':
      return vscode.l10n.t('{0}: a role is not on the server: {1}.', tool, said());
    case 'snapshotMissing':
      return vscode.l10n.t(
        '{0}: the snapshot no longer exists; it lasts only as long as the transaction that exported it: {1}.',
        tool,
        said(),
      );
    case 'filterFile':
      return vscode.l10n.t('{0}: the filter file cannot be used: {1}.', tool, said());
    case 'nothingMatches':
      return vscode.l10n.t(
        '{0}: the requested objects are not in the database: {1}.',
        tool,
        said(),
      );
    case 'objectMissing':
      return vscode.l10n.t('{0}: a requested object does not exist.', tool);
    case 'encoding':
      return vscode.l10n.t('{0}: text cannot be converted between the encodings.', tool);
    case 'rowSecurity':
      return vscode.l10n.t('{0}: row-level security would hide rows from this role.', tool);
    case 'archiveDamaged':
      return vscode.l10n.t('{0}: the archive is damaged.', tool);
    case 'archiveVersion':
      return vscode.l10n.t('{0}: the archive was written by a newer version.', tool);
    case 'stalled':
      return vscode.l10n.t('{0} made no progress and was terminated.', tool);
    case 'killed':
      return vscode.l10n.t('{0} was terminated from outside.', tool);
    case 'other':
      return said() === ''
        ? vscode.l10n.t('{0} failed.', tool)
        : vscode.l10n.t('{0} failed: {1}.', tool, said());
  }
}

/** Actions that may help. */
export function failureActions(cause: FailureCause): ProblemAction[] {
  switch (cause) {
    case 'authentication':
    case 'passwordMissing':
      return ['setPassword', 'showOutput'];
    case 'serverNewer':
    case 'archiveVersion':
      return ['installTools', 'chooseToolsFolder', 'showOutput'];
    case 'connection':
    case 'databaseMissing':
      return ['editConnections', 'showOutput'];
    default:
      return ['showOutput'];
  }
}
