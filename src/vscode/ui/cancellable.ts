import * as vscode from 'vscode';
import { window } from './window';

/** What work is told, and by what it tells how far it is. */
export interface Work {
  signal: AbortSignal;
  /** Replaces the text beside the title. */
  report: (message: string) => void;
}

/** Shows a notification while something is done; its button aborts the signal. */
export async function cancellable<T>(title: string, run: (work: Work) => Promise<T>): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort());
    try {
      return await run({
        signal: controller.signal,
        report: (message) => progress.report({ message }),
      });
    } finally {
      cancelling.dispose();
    }
  });
}
