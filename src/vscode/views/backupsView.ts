import path from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../core/errors';
import { manifestPath } from '../../core/backups/manifest/manifest';
import type { BackupEntry, BackupListing, OrphanManifest } from '../../core/model/backups';
import { isFinished } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { isLeftoverOutput } from '../../core/archive/file/unfinished';
import { errorMessage } from '../text/errorText';
import type { Settings } from '../settings/settings';
import {
  backupItem,
  type BackupGroup,
  type BackupLabel,
  type BackupOrder,
  groupBackups,
  groupItem,
  labelInOrder,
  leftoverItem,
  orderBackups,
  orderText,
  orphanItem,
  unreadableItem,
} from './backupItem';
import { treeItem } from './treeItem';
import { redrawWhileVisible } from '../ui/redrawWhileVisible';
import type { ViewDoor } from '../doors/viewDoor';
import { samePath } from '../../core/files/samePath';

/** A row; `path` is absolute. */
export type BackupNode =
  | { kind: 'group'; group: BackupGroup }
  | { kind: 'backup'; path: string; entry: BackupEntry; labelBy: BackupLabel }
  | { kind: 'orphan'; path: string; orphan: OrphanManifest }
  | { kind: 'leftover'; path: string; leftover: BackupListing['leftovers'][number] }
  | { kind: 'problem'; path: string; problem: BackupListing['problems'][number] };

/** Lists the backups of a directory; a missing directory has none. */
export type ListBackups = (dir: string, signal: AbortSignal) => Promise<BackupListing>;

const NOTHING: BackupListing = {
  entries: [],
  leftovers: [],
  orphans: [],
  problems: [],
  incomplete: false,
};

/** File events come in bursts; the directory is read after a burst. */
const QUIET_MS = 400;
const ORDER_KEY = 'backups.order';
const USUAL_ORDER: BackupOrder = { by: 'date', filter: '' };

/** Where the view is shown, and what it remembers for the workspace. */
export interface BackupsPlace {
  door: Pick<ViewDoor<BackupNode>, 'lead'>;
  state: vscode.Memento;
}

/** The backups in the backup directory. */
export class BackupsView implements vscode.TreeDataProvider<BackupNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<BackupNode>;
  private readonly state: vscode.Memento;
  private readonly registrations: vscode.Disposable[];
  private watcher: vscode.Disposable | undefined;
  private directory: string;
  private listing: BackupListing | undefined;
  private reading: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** The listing is out of date. */
  private stale = true;

  constructor(
    private readonly settings: Settings,
    private readonly list: ListBackups,
    private readonly jobs: Jobs,
    { door, state }: BackupsPlace,
  ) {
    this.state = state;
    this.directory = settings.backupDirectory();
    this.view = door.lead(this);
    this.registrations = [
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.stale) void this.read();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('pgBackup.backupDirectory')) this.directoryChanged();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.directoryChanged()),
      // The setting with the backup directory is not read until the workspace is trusted.
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.directoryChanged()),
      this.changed,
      redrawWhileVisible(this.view, () => this.changed.fire()),
    ];
    this.watch();
    this.describe();
  }

  get order(): BackupOrder {
    return { ...USUAL_ORDER, ...this.state.get<Partial<BackupOrder>>(ORDER_KEY) };
  }

  async setOrder(order: Partial<BackupOrder>): Promise<void> {
    await this.state.update(ORDER_KEY, { ...this.order, ...order });
    this.describe();
    this.changed.fire();
  }

  getChildren(node?: BackupNode): BackupNode[] | Promise<BackupNode[]> {
    if (node?.kind === 'group') return rows(node.group.entries, 'date');
    if (node !== undefined) return [];
    if (this.listing === undefined) return this.read().then(() => this.nodes());
    return this.nodes();
  }

  getTreeItem(node: BackupNode): vscode.TreeItem {
    switch (node.kind) {
      case 'group':
        return treeItem(groupItem(node.group));
      case 'backup':
        return treeItem(backupItem(node.entry, node.labelBy), {
          command: 'pgBackup.openBackup',
          title: vscode.l10n.t('Open'),
          arguments: [node],
        });
      case 'orphan':
        return treeItem(orphanItem(node.orphan));
      case 'leftover':
        return treeItem(leftoverItem(node.leftover));
      case 'problem':
        return treeItem(unreadableItem(node.problem));
    }
  }

  /** The rows that are selected in the view. */
  get selected(): readonly BackupNode[] {
    return this.view.selection;
  }

  /** The backups of the directory, the newest first. */
  async entries(): Promise<BackupEntry[]> {
    if (this.listing === undefined || this.stale) await this.read();
    return orderBackups(this.listing?.entries ?? [], USUAL_ORDER);
  }

  /** Reads the directory again, even if nothing seems to have changed. */
  async refresh(): Promise<void> {
    await this.read();
  }

  /** A job may have changed what is in the directory. */
  soon(): void {
    this.stale = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.view.visible) void this.read();
    }, QUIET_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.reading?.abort();
    this.watcher?.dispose();
    for (const registration of this.registrations) registration.dispose();
  }

  private nodes(): BackupNode[] {
    const { entries, orphans, leftovers, problems } = this.listing ?? NOTHING;
    const { order } = this;
    const shown = orderBackups(entries, order);
    return [
      ...(groupBackups(shown, order)?.map((group): BackupNode => ({ kind: 'group', group })) ??
        rows(shown, labelInOrder(order))),
      ...(order.filter === ''
        ? [
            ...orphans
              .filter(({ path: file }) => !this.outputs().some((o) => manifestPath(o) === file))
              .map((orphan): BackupNode => ({ kind: 'orphan', path: orphan.path, orphan })),
            ...leftovers
              .filter(({ path: file }) => !this.isWritten(path.dirname(file)))
              .map((leftover): BackupNode => ({ kind: 'leftover', path: leftover.path, leftover })),
            ...problems.map((problem): BackupNode => ({
              kind: 'problem',
              path: problem.path,
              problem,
            })),
          ]
        : []),
    ];
  }

  /** Is a backup being written there? Then unfinished files may belong to it. */
  private isWritten(folder: string): boolean {
    return this.outputs().some((output) => path.dirname(output) === folder);
  }

  /** Names that running backups will have. */
  private outputs(): string[] {
    return this.jobs
      .list()
      .filter(({ status }) => !isFinished(status))
      .flatMap(({ options, outputPath }) =>
        'outputPath' in options ? [outputPath ?? options.outputPath] : [],
      );
  }

  private async read(): Promise<void> {
    this.reading?.abort();
    const controller = new AbortController();
    this.reading = controller;
    this.stale = false;
    let message = '';
    let listing: BackupListing | undefined;
    try {
      listing = await this.list(this.directory, controller.signal);
    } catch (error) {
      // The directory is created by the first backup.
      const none =
        AppError.is(error, 'inputMissing') && samePath(error.details.path, this.directory);
      if (!none) message = errorMessage(error);
    }
    // A newer reading has started, and its result counts.
    if (this.reading !== controller || controller.signal.aborted) return;
    this.listing = listing ?? NOTHING;
    if (this.listing.incomplete) {
      message = vscode.l10n.t('There are more backups than are listed here.');
    }
    this.view.message = message;
    this.changed.fire();
  }

  private directoryChanged(): void {
    const now = this.settings.backupDirectory();
    if (samePath(now, this.directory)) return;
    this.directory = now;
    this.listing = undefined;
    this.watch();
    this.describe();
    this.changed.fire();
  }

  private watch(): void {
    this.watcher?.dispose();
    const uri = vscode.Uri.file(this.directory);
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(uri, '**'));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      event(({ fsPath }) => {
        // Outputs that are being written change all the time, and are listed once they are whole.
        const parts = path.relative(this.directory, fsPath).split(path.sep);
        if (!parts.some(isLeftoverOutput)) this.soon();
      });
    }
    this.watcher = watcher;
  }

  private describe(): void {
    const order = orderText(this.order);
    this.view.description = order === '' ? path.basename(this.directory) : order;
    const filtered = this.order.filter !== '';
    void vscode.commands.executeCommand('setContext', 'pgBackup.backupsFiltered', filtered);
  }
}

function rows(entries: readonly BackupEntry[], labelBy: BackupLabel): BackupNode[] {
  return entries.map((entry) => ({ kind: 'backup', path: entry.path, entry, labelBy }));
}
