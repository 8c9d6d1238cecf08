import * as vscode from 'vscode';
import type { ConnectionPlace, PlacedConnection } from '../../core/connections/mergeConnections';
import type { ConnectionSummary } from '../../protocol/types';
import type { ConnectionService } from '../connections/connectionService';
import { profileProblemText } from '../settings/profileProblems';
import { placeText } from '../settings/connectionSettings';
import type { Settings } from '../settings/settings';
import { brokenConnectionItem, connectionItem, type Standing } from './connectionItem';
import { treeItem } from './treeItem';
import { window } from '../ui/window';

/** A row; commands take its `connectionId`, and `place` to edit it. */
export type ConnectionNode = { place: ConnectionPlace; standing: Standing } & (
  { connectionId: string; summary: ConnectionSummary } | { brokenId: string; problem: string }
);

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
      this.changed,
    ];
  }

  getChildren(node?: ConnectionNode): ConnectionNode[] {
    if (node !== undefined) return [];
    const placed = this.settings.placedConnections();
    const broken = this.settings
      .connectionProblems()
      .filter(({ severity }) => severity === 'error');
    const places = new Set([...placed, ...broken].map(({ place }) => placeText(place)));
    const standing = (entry: Pick<PlacedConnection, 'place' | 'hides'>): Standing => ({
      index: entry.place.index,
      place: placeText(entry.place),
      only: places.size === 1,
      hides: entry.hides.map(placeText),
    });
    const placeOf = new Map(placed.map((entry) => [entry.profile.id, entry]));
    return [
      ...this.connections.summaries().flatMap((summary) => {
        const entry = placeOf.get(summary.id);
        if (entry === undefined) return [];
        const { place } = entry;
        return [{ connectionId: summary.id, summary, place, standing: standing(entry) }];
      }),
      ...broken.map((report) => ({
        brokenId: report.id ?? '',
        problem: profileProblemText(report),
        place: report.place,
        standing: standing(report),
      })),
    ];
  }

  getTreeItem(node: ConnectionNode): vscode.TreeItem {
    return treeItem(
      'summary' in node
        ? connectionItem(node.summary, node.standing)
        : brokenConnectionItem(node.brokenId, node.problem, node.standing),
    );
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }
}
