import type * as vscode from 'vscode';
import type { BackupOptions } from '../../core/model/options';
import { isFinished, type BackupJob } from '../../core/model/job';
import { BackupPanel } from './backupPanel';
import { firstChoice } from './formPanel';
import { BACKUP_VIEW, type PanelServices } from './panelServices';
import { RestorePanel, type RestoreStart } from './restorePanel';
import { samePath } from '../../core/files/samePath';

/** The forms that are open in this window. */
export class OpenForms implements vscode.Disposable {
  private readonly panels = new Set<BackupPanel | RestorePanel>();

  constructor(private readonly services: PanelServices) {}

  /** Takes over a form that VS Code kept over a reload. */
  revive(panel: vscode.WebviewPanel): void {
    const type = panel.viewType === BACKUP_VIEW ? BackupPanel : RestorePanel;
    this.keep(type.revive(panel, this.services));
  }

  /** A database's form is opened once; asked for again, it comes to the front. */
  openBackup(connectionId?: string, database?: string): void {
    const asked = connectionId ?? firstChoice(this.services.connections.summaries())?.id;
    const wanted = database ?? null;
    const open = [...this.panels].find(
      (one) =>
        one instanceof BackupPanel &&
        asked !== undefined &&
        one.connectionId === asked &&
        one.database === wanted,
    );
    if (open !== undefined) return open.reveal();
    const panel = BackupPanel.create(this.services, { connectionId: asked, database });
    this.showRunning(
      panel,
      'backup',
      ({ options }) =>
        options.connectionId === asked && 'database' in options && options.database === wanted,
    );
    this.keep(panel);
  }

  /** A form of its own, filled with these; an empty path is filled with a proposal. */
  openBackupWith(options: BackupOptions): void {
    this.keep(BackupPanel.create(this.services, { options }));
  }

  /** A file's form is opened once; asked for again, it comes to the front. */
  openRestore(start: RestoreStart): void {
    const open = [...this.panels].find(
      (panel) => panel instanceof RestorePanel && panel.isFor(start),
    );
    if (open !== undefined) return open.reveal();
    const panel = RestorePanel.create(this.services, start);
    this.showRunning(
      panel,
      'restore',
      ({ options }) => 'inputPath' in options && samePath(options.inputPath, start.inputPath),
    );
    this.keep(panel);
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
  }

  /** A job whose form was closed while it ran is shown by the next one that is opened. */
  private showRunning(
    panel: BackupPanel | RestorePanel,
    type: BackupJob['type'],
    fits: (job: BackupJob) => boolean,
  ): void {
    const shown = new Set([...this.panels].map(({ followed }) => followed));
    const job = this.services.jobs
      .list()
      .find(
        (one) => one.type === type && !isFinished(one.status) && !shown.has(one.id) && fits(one),
      );
    if (job !== undefined) panel.follow(job.id);
  }

  private keep(panel: BackupPanel | RestorePanel): void {
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
  }
}
