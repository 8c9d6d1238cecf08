import * as vscode from 'vscode';
import { AppError } from '../../core/errors';

/**
 * Nothing is started in Restricted Mode. Commands check it themselves: hiding a command does not
 * keep a keybinding or another extension from calling it.
 * @throws AppError `workspaceUntrusted`
 */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) throw new AppError('workspaceUntrusted', {});
}
