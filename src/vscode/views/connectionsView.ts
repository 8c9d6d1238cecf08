import * as vscode from 'vscode';
import type { ConnectionSummary } from '../../protocol/types';
import type { ConnectionService } from '../connections/connectionService';
import { profileProblemText } from '../settings/profileProblems';
import type { Settings } from '../settings/settings';
import { brokenConnectionItem, connectionItem } from './connectionItem';
import { treeItem } from './treeItem';
import { window } from '../ui/window';

/** A row; commands take its `connectionId`. */
export type ConnectionNode =
  { connectionId: string; summary: ConnectionSummary } | { brokenId: string; problem: string };

/** The connections of the settings. */
export class ConnectionsView implements vscode.TreeDataProvider<ConnectionNode>, vscode.Disposable {
  static readonly id = 'pgBackup.connectionsView';

  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly registrations: vscode.Disposable[];

  constructor(
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
  ) {
    this.registrations = [
      window.createTreeView(ConnectionsView.id, this),
      settings.onDidChangeConnections(() => this.changed.fire()),
      // Until the workspace is trusted its connections are hidden.
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
      this.changed,
    ];
  }

  getChildren(node?: ConnectionNode): ConnectionNode[] {
    if (node !== undefined) return [];
    return [
      ...this.connections.summaries().map((summary) => ({ connectionId: summary.id, summary })),
      ...this.settings
        .connectionProblems()
        .filter(({ severity }) => severity === 'error')
        .map((report) => ({ brokenId: report.id ?? '', problem: profileProblemText(report) })),
    ];
  }

  getTreeItem(node: ConnectionNode): vscode.TreeItem {
    return treeItem(
      'summary' in node
        ? connectionItem(node.summary)
        : brokenConnectionItem(node.brokenId, node.problem),
    );
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }
}
