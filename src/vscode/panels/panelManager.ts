import * as vscode from 'vscode';
import { BackupPanel } from './backupPanel';
import type { PanelServices } from './panelServices';
import { RestorePanel, type RestoreStart } from './restorePanel';

/** Opens the forms, and opens them again after a reload of the window. */
export class PanelManager implements vscode.Disposable {
  private readonly panels = new Set<BackupPanel | RestorePanel>();
  private readonly serializers: vscode.Disposable[];

  constructor(private readonly services: PanelServices) {
    this.serializers = [
      vscode.window.registerWebviewPanelSerializer(BackupPanel.viewType, {
        deserializeWebviewPanel: async (panel) => this.keep(BackupPanel.revive(panel, services)),
      }),
      vscode.window.registerWebviewPanelSerializer(RestorePanel.viewType, {
        deserializeWebviewPanel: async (panel) => this.keep(RestorePanel.revive(panel, services)),
      }),
    ];
  }

  openBackup(connectionId?: string): void {
    this.keep(BackupPanel.create(this.services, connectionId));
  }

  openRestore(start: RestoreStart): void {
    this.keep(RestorePanel.create(this.services, start));
  }

  dispose(): void {
    for (const serializer of this.serializers) serializer.dispose();
    for (const panel of [...this.panels]) panel.dispose();
  }

  private keep(panel: BackupPanel | RestorePanel): void {
    this.panels.add(panel);
    panel.onDidDispose(() => this.panels.delete(panel));
  }
}
