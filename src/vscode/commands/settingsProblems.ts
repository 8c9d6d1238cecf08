import * as vscode from 'vscode';
import { profileProblemLine } from '../settings/profileProblems';
import { placeText } from '../settings/connectionSettings';
import type { Settings } from '../settings/settings';
import { window } from '../ui/window';

/** Says which entries of the settings cannot be used, once for each state of the settings. */
export class SettingsProblems implements vscode.Disposable {
  private reported = '';
  private readonly subscription: vscode.Disposable;

  constructor(private readonly settings: Settings) {
    this.subscription = settings.onDidChangeConnections(() => void this.report());
    void this.report();
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async report(): Promise<void> {
    const lines = this.settings
      .connectionProblems()
      .filter(({ severity }) => severity === 'error')
      .map((problem) => profileProblemLine(problem, placeText(problem.place)));
    const text = lines.join(' ');
    if (text === this.reported) return;
    this.reported = text;
    if (text === '') return;
    const edit = vscode.l10n.t('Edit Connections');
    const answer = await window.showWarningMessage(
      vscode.l10n.t('Some connections in the settings cannot be used. {0}', text),
      edit,
    );
    if (answer === edit) await vscode.commands.executeCommand('pgBackup.editConnections');
  }
}
