import * as vscode from 'vscode';

/** Kept for the workspace. */
const ALL_KEY = 'jobs.all';

/** Are jobs of other workspaces shown, too? */
export function showsAllJobs(state: Pick<vscode.Memento, 'get'>): boolean {
  return state.get<boolean>(ALL_KEY) === true;
}

export async function showAllJobs(state: vscode.Memento, all: boolean): Promise<void> {
  await state.update(ALL_KEY, all);
}

/** Tells menus and palette which of the two commands is of use. */
export function publishShownJobs(state: Pick<vscode.Memento, 'get'>): void {
  void vscode.commands.executeCommand('setContext', 'pgBackup.allJobs', showsAllJobs(state));
}
