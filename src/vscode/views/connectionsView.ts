import * as vscode from 'vscode';
import type { ConnectionPlace, PlacedConnection } from '../../core/connections/mergeConnections';
import { AppError } from '../../core/errors';
import type { ServerDatabase } from '../../core/catalog/readDatabases';
import type { ConnectionSummary } from '../../protocol/types';
import type { ConnectionService } from '../connections/connectionService';
import { profileProblemText } from '../settings/profileProblems';
import { placeText } from '../settings/connectionSettings';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import { errorMessage } from '../text/errorText';
import { brokenConnectionItem, connectionItem, type Standing } from './connectionItem';
import { databaseItem, databasesFailedItem } from './databaseItem';
import { treeItem } from './treeItem';
import type { ViewItem } from './viewItem';
import type { ViewDoor } from '../doors/viewDoor';

/** An entry of the settings; commands take its `connectionId`, and `place` to edit it. */
type EntryNode = { place: ConnectionPlace; standing: Standing } & (
  { connectionId: string; summary: ConnectionSummary } | { brokenId: string; problem: string }
);

/** A database below its connection; commands take both. */
interface DatabaseNode {
  connectionId: string;
  database: string;
  found: ServerDatabase;
  isOwn: boolean;
  summary: ConnectionSummary;
}

/** The row that says why the databases are unknown. */
interface FailedNode {
  failedId: string;
  message: string;
  /** Can the user supply what is missing? */
  mayAsk: boolean;
}

/** Errors that the user can fix by answering a question. */
const ASKABLE = [
  'connectionUnused',
  'passwordRequired',
  'authenticationFailed',
  'keyLocked',
] as const;

export type ConnectionNode = EntryNode | DatabaseNode | FailedNode;

/** The connections of the settings, and below each the databases of its server. */
export class ConnectionsView implements vscode.TreeDataProvider<ConnectionNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ConnectionNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly registrations: vscode.Disposable[];
  /** What is being read, or was read last, by connection. */
  private readonly readings = new Map<string, Promise<ConnectionNode[]>>();

  constructor(
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
    door: Pick<ViewDoor<ConnectionNode>, 'lead'>,
  ) {
    const view = door.lead(this);
    this.registrations = [
      view.onDidExpandElement(({ element }) => void this.expanded(element)),
      settings.onDidChangeConnections(() => this.refresh()),
      this.changed,
    ];
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  getChildren(node?: ConnectionNode): ConnectionNode[] | Promise<ConnectionNode[]> {
    if (node === undefined) return this.entries();
    if (!('place' in node) || !('summary' in node)) return [];
    const { summary } = node;
    // VS Code expands rows again by itself; the user is not asked anything then.
    const reading = this.databases(summary);
    this.readings.set(summary.id, reading);
    return reading;
  }

  /** The user wants to see the databases, so questions may be asked now. */
  private async expanded(node: ConnectionNode): Promise<void> {
    if (!('place' in node) || !('summary' in node)) return;
    const shown = await this.readings.get(node.summary.id);
    const [first] = shown ?? [];
    if (first === undefined || !('failedId' in first) || !first.mayAsk) return;
    try {
      await this.connections.readSizes(this.settings.connection(node.connectionId));
      this.changed.fire(node);
    } catch {
      // The row already shows the reason.
    }
  }

  private async databases(summary: ConnectionSummary): Promise<ConnectionNode[]> {
    const { id: connectionId } = summary;
    try {
      requireTrust();
      const profile = this.settings.connection(connectionId);
      const found = await this.connections.readSizes(profile, false);
      const own = this.connections.databaseName(connectionId);
      return found.map((database) => ({
        connectionId,
        database: database.name,
        found: database,
        isOwn: database.name === own,
        summary,
      }));
    } catch (error) {
      const mayAsk = ASKABLE.some((code) => AppError.is(error, code));
      return [{ failedId: connectionId, message: errorMessage(error), mayAsk }];
    }
  }

  private entries(): ConnectionNode[] {
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
    return treeItem(itemOf(node));
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }
}

function itemOf(node: ConnectionNode): ViewItem {
  if ('failedId' in node) return databasesFailedItem(node.failedId, node.message);
  if ('database' in node) return databaseItem(node.summary, node.found, node.isOwn);
  return 'summary' in node
    ? connectionItem(node.summary, node.standing)
    : brokenConnectionItem(node.brokenId, node.problem, node.standing);
}
