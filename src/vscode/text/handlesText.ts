import * as vscode from 'vscode';

/** What to do about a lack of file handles, by the system's code; any other code as it is. */
export function handlesText(code: string): string {
  switch (code) {
    case 'EMFILE':
      return vscode.l10n.t(
        'No more files may be open at once in one process (EMFILE). Raise that limit to 1024 or more (ulimit -n), for VS Code or for its server, and start it anew.',
      );
    case 'ENFILE':
      return vscode.l10n.t(
        'The system has no room for more open files (ENFILE). End other programs, or have the limit of the whole system raised, and try again.',
      );
    default:
      return code;
  }
}
