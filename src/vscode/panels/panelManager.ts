import type * as vscode from 'vscode';
import type { BackupOptions } from '../../core/model/options';
import type { OpenForms } from './openForms';
import type { PanelServices } from './panelServices';
import type { RestoreStart } from './restorePanel';

/**
 * Opens the forms, and opens them again after a reload of the window. Their code is loaded with the
 * first one.
 */
export class PanelManager implements vscode.Disposable {
  private forms: OpenForms | undefined;

  constructor(private readonly services: PanelServices) {}

  /** Takes over a form that VS Code kept over a reload. */
  async revive(panel: vscode.WebviewPanel): Promise<void> {
    (await this.load()).revive(panel);
  }

  /** A database's form is opened once; asked for again, it comes to the front. */
  async openBackup(connectionId?: string, database?: string): Promise<void> {
    (await this.load()).openBackup(connectionId, database);
  }

  /** A form of its own, filled with these; an empty path is filled with a proposal. */
  async openBackupWith(options: BackupOptions): Promise<void> {
    (await this.load()).openBackupWith(options);
  }

  /** A file's form is opened once; asked for again, it comes to the front. */
  async openRestore(start: RestoreStart): Promise<void> {
    (await this.load()).openRestore(start);
  }

  dispose(): void {
    this.forms?.dispose();
    this.services.reports.dispose();
  }

  private async load(): Promise<OpenForms> {
    const { OpenForms: Loaded } = await import('./openForms');
    return (this.forms ??= new Loaded(this.services));
  }
}
