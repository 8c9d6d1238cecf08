import * as vscode from 'vscode';

/** A form that shows a job of its own. */
export interface WatchingPage {
  /** Can it be seen in this window now? */
  readonly visible: boolean;
  /** The job that it shows. */
  readonly followed: string | null;
}

/** The jobs whose form is visible: notifications leave them out. */
export class WatchedJobs implements vscode.Disposable {
  private readonly pages = new Set<WatchingPage>();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another page became visible, or a page shows another job. */
  readonly onDidChange = this.changed.event;

  add(page: WatchingPage): vscode.Disposable {
    this.pages.add(page);
    return new vscode.Disposable(() => {
      this.pages.delete(page);
      this.update();
    });
  }

  update(): void {
    this.changed.fire();
  }

  inSight(jobId: string): boolean {
    for (const { visible, followed } of this.pages) if (visible && followed === jobId) return true;
    return false;
  }

  dispose(): void {
    this.changed.dispose();
  }
}
