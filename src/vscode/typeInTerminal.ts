import * as vscode from 'vscode';

/**
 * Types a command into a terminal of the user's own shell and leaves the Enter key to the user. Each
 * command gets a terminal of its own: whether something runs in an older one cannot be known.
 *
 * @param text one line, without secrets: it stays in the terminal's buffer
 */
export function typeInTerminal(text: string): void {
  const terminal = vscode.window.createTerminal({ name: vscode.l10n.t('PostgreSQL') });
  terminal.show();
  terminal.sendText(text, false);
}
