import * as vscode from 'vscode';
import type { Jobs } from '../../core/jobs/manager/jobs';

/** A form that is only shown in passing starts no job. */
const GLANCE_MS = 300;

/** A visible form will probably start a job. In Restricted Mode none can be started. */
export function prewarmWhileVisible(panel: vscode.WebviewPanel, jobs: Jobs): vscode.Disposable {
  let stop: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (panel.visible && vscode.workspace.isTrusted) {
      timer = setTimeout(() => (stop ??= jobs.prewarm()), GLANCE_MS);
    } else {
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
    clearTimeout(timer);
    stop?.();
    stop = undefined;
  });
}
