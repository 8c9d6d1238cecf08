import * as vscode from 'vscode';
import { AppError } from '../../core/errors';
import { openDumpDialog } from '../ui/dialogs';
import type { ArchiveEditorProvider } from '../editors/archiveEditor';
import { actionLabel, describeError, errorMessage } from '../text/errorText';
import type { OutputLog } from '../ui/outputLog';
import type { PanelManager } from '../panels/panelManager';
import { requireTrust } from '../settings/trust';
import type { CommandTable } from '../ui/commandTable';
import type { ConnectionCommands } from './connectionCommands';
import { connectionMenu } from './connectionMenu';
import { placeOf } from './editConnection';
import type { ToolCommands } from './toolCommands';
import { window } from '../ui/window';
import { textField } from '../ui/argumentField';

export interface CommandParts {
  panels: PanelManager;
  archives: ArchiveEditorProvider;
  connectionCommands: ConnectionCommands;
  toolCommands: ToolCommands;
  log: OutputLog;
  /** Commands of the views. */
  more: CommandTable;
}

/** The commands of the palette and the menus. What they throw is shown. */
export function allCommands(parts: CommandParts): CommandTable {
  const { panels, archives, connectionCommands, toolCommands, log } = parts;
  const { settings, passwords } = connectionCommands;
  const commands: CommandTable = {
    backup: (argument, selected) => {
      requireTrust();
      // Several rows that are selected are meant together.
      const several = Array.isArray(selected) && selected.length > 1;
      if (several && textField(argument, 'database') !== undefined) {
        return vscode.commands.executeCommand('pgBackup.backupDatabases', argument, selected);
      }
      return panels.openBackup(
        textField(argument, 'connectionId'),
        textField(argument, 'database'),
      );
    },
    restoreFile: async (argument) => {
      if (argument instanceof vscode.Uri)
        await panels.openRestore({ inputPath: dumpPath(argument.fsPath) });
    },
    openArchive: async (argument) => {
      if (argument instanceof vscode.Uri) return archives.open(argument);
      const input = await openDumpDialog(false);
      if (input !== null) await archives.open(vscode.Uri.file(input));
    },
    reopenAsText: (argument) =>
      archives.reopenAsText(argument instanceof vscode.Uri ? argument : undefined),
    addConnection: () => connectionCommands.add(),
    testConnection: (argument) => connectionCommands.test(textField(argument, 'connectionId')),
    editConnections: (argument) =>
      connectionCommands.edit(placeOf(argument) ?? textField(argument, 'connectionId')),
    setPassword: (argument) => connectionCommands.setPassword(textField(argument, 'connectionId')),
    forgetPassword: (argument) =>
      connectionCommands.forgetPassword(textField(argument, 'connectionId')),
    ...connectionMenu({ settings, passwords, pick: (title) => connectionCommands.pick(title) }),
    showTools: () => toolCommands.show(),
    chooseToolsFolder: () => toolCommands.chooseFolder(),
    installTools: () => toolCommands.install(),
    chooseContainer: (argument) =>
      connectionCommands.chooseContainer(textField(argument, 'connectionId')),
    showOutput: () => log.show(),
    ...parts.more,
  };
  const shown = Object.entries(commands).map(([name, run]): [string, CommandTable[string]] => [
    name,
    async (...args: unknown[]) => {
      try {
        await run(...args);
      } catch (error) {
        await showProblem(error);
      }
    },
  ]);
  return Object.fromEntries(shown);
}

/** A toc.dat represents the directory archive around it. */
function dumpPath(file: string): string {
  return file.replace(/[/\\]toc\.dat$/, '');
}

/** An error with the buttons that help. */
async function showProblem(error: unknown): Promise<void> {
  if (AppError.is(error) && error.code === 'workspaceUntrusted') {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const answer = await window.showErrorMessage(errorMessage(error), manage);
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  const { message, detail, actions } = describeError(error);
  const offered = actions.filter((action) => action !== 'retry');
  const labels = offered.map(actionLabel);
  const text = detail === undefined ? message : `${message} ${detail}`;
  const answer = await window.showErrorMessage(text, ...labels);
  const action = offered[labels.indexOf(answer ?? '')];
  // Each action is a command of the same name.
  if (action !== undefined) await vscode.commands.executeCommand(`pgBackup.${action}`);
}
