import * as vscode from 'vscode';
import type { PasswordCommandProblem } from '../../core/errors';

/** How the command that yields a connection's password failed; what it printed is not known. */
export function passwordCommandText(
  connection: string,
  program: string,
  reason: PasswordCommandProblem,
): string {
  switch (reason) {
    case 'notFound':
      return vscode.l10n.t(
        'The password command of "{0}": there is no program {1} in PATH. Write its absolute path.',
        connection,
        program,
      );
    case 'notStarted':
      return vscode.l10n.t(
        'The password command of "{0}": {1} could not be started.',
        connection,
        program,
      );
    case 'failed':
      return vscode.l10n.t(
        'The password command of "{0}": {1} failed. Run it in a terminal to see why.',
        connection,
        program,
      );
    case 'tooSlow':
      return vscode.l10n.t(
        'The password command of "{0}": {1} did not answer in time.',
        connection,
        program,
      );
    case 'tooLong':
    case 'severalLines':
      return vscode.l10n.t(
        'The password command of "{0}": {1} printed more than one line.',
        connection,
        program,
      );
    case 'empty':
      return vscode.l10n.t(
        'The password command of "{0}": {1} printed nothing.',
        connection,
        program,
      );
  }
}
