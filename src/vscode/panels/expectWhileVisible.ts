import * as vscode from 'vscode';
import type { Jobs } from '../../core/jobs/jobs';

/** A form that is looked at will probably start a job. In Restricted Mode none can be started. */
export function expectWhileVisible(panel: vscode.WebviewPanel, jobs: Jobs): vscode.Disposable {
  let stop: (() => void) | undefined;
  const look = (): void => {
    if (panel.visible && vscode.workspace.isTrusted) stop ??= jobs.expect();
    else {
      stop?.();
      stop = undefined;
    }
  };
  const subscriptions = [
    panel.onDidChangeViewState(look),
    vscode.workspace.onDidGrantWorkspaceTrust(look),
  ];
  look();
  return new vscode.Disposable(() => {
    for (const subscription of subscriptions) subscription.dispose();
    stop?.();
    stop = undefined;
  });
}
