import * as vscode from 'vscode';
import { window } from './window';

/** The longest that a shell is waited for before something is typed into it. */
const SHELL_READY_MS = 2000;

/**
 * Types a command into a terminal of the user's own shell and leaves the Enter key to the user. Each
 * command gets a terminal of its own: whether something runs in an older one cannot be known.
 *
 * @param text one line, without secrets: it stays in the terminal's buffer
 * @param name of the terminal
 */
export async function typeInTerminal(
  text: string,
  name: string = vscode.l10n.t('PostgreSQL'),
): Promise<vscode.Terminal> {
  const terminal = window.createTerminal(name);
  terminal.show();
  await shellIsReady(terminal);
  terminal.sendText(text, false);
  return terminal;
}

/**
 * Text that is typed before the prompt appears twice, so wait for shell integration where it
 * exists.
 */
async function shellIsReady(terminal: vscode.Terminal): Promise<void> {
  if (terminal.shellIntegration !== undefined) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(done, SHELL_READY_MS);
    const listener = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) done();
    });
  });
}
