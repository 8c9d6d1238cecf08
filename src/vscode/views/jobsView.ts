import * as vscode from 'vscode';
import { CooperativeLoop } from '../../core/cooperativeLoop';
import { formatDate, formatRelative } from '../../core/text/formatDate';
import { type LabelOf, outcomeTitle } from '../../core/text/jobOutcome';
import { isFinished, type BackupJob } from '../../core/model/job';
import { Throttle } from '../../core/throttle';
import type { Jobs } from '../../core/jobs/manager/jobs';
import type { LastingJobs } from '../jobs/lastingJobs';
import { publishShownJobs, showAllJobs, showsAllJobs } from '../settings/shownJobs';
import { describeError } from '../text/errorText';
import { activeObjectItem, jobItem, type JobItemContext, sortJobs } from './jobItem';
import { redrawWhileVisible } from '../ui/redrawWhileVisible';
import { RowMoves } from '../ui/rowMoves';
import { treeItem } from './treeItem';
import type { ViewItem } from './viewItem';
import type { ViewDoor } from '../doors/viewDoor';
import { textField } from '../ui/argumentField';

/** A row: a job, or one of the objects that it works on. */
export interface JobNode {
  jobId: string;
  object?: string;
}

/** Shortest interval between changes of a row. */
const REFRESH_MS = 500;
/** The whole list changes at most this often, however many jobs come and go. */
const REBUILD_MS = 100;

/** Where the view is shown, when it can be filled, and what it remembers for the workspace. */
export interface JobsPlace {
  /** Resolves when the jobs of earlier windows are known. */
  known: Promise<void>;
  /** The jobs that the badge counts. */
  lasting: Pick<LastingJobs, 'has' | 'onDidFind'>;
  door: Pick<ViewDoor<JobNode>, 'lead' | 'id'>;
  state: vscode.Memento;
}

/** Running, waiting and ended jobs. */
export class JobsView implements vscode.TreeDataProvider<JobNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<JobNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<JobNode>;
  private readonly nodes = new Map<string, JobNode>();
  /** The newest states; `list` would copy every job's output for each row. */
  private readonly known = new Map<string, BackupJob>();
  private readonly pending = new Set<string>();
  private readonly refresh = new Throttle(() => this.refreshRows(), REFRESH_MS);
  /** Jobs were added, removed or moved. Up to 10,000 may be found at once. */
  private readonly rebuild = new Throttle(() => {
    this.changed.fire(undefined);
    this.publish();
  }, REBUILD_MS);
  private readonly republish = new Throttle(() => this.publish(), REBUILD_MS);
  /** What menus and badge were told last. Menus remember what an earlier extension host has told. */
  private published: { finished: boolean | null; running: number } = { finished: null, running: 0 };
  private readonly moves = new RowMoves();
  private drawing = new CooperativeLoop();
  /** The next turn in which rows are made. */
  private turn: Promise<void> | undefined;
  private readonly clock: vscode.Disposable;
  private readonly stop: (() => void)[];
  private readonly context: JobItemContext;

  constructor(
    private readonly jobs: Jobs,
    labelOf: LabelOf,
    private readonly isForeign: (job: BackupJob) => boolean,
    private readonly place: JobsPlace,
  ) {
    this.context = {
      labelOf,
      isForeign,
      dateText: formatDate,
      whenText: (iso) => formatRelative(iso),
      failureText: (job) => {
        const failure = jobs.failure(job.id);
        return failure === null ? outcomeTitle(job, labelOf) : describeError(failure).message;
      },
    };
    for (const job of jobs.list()) this.keep(job);
    this.view = place.door.lead(this);
    this.clock = redrawWhileVisible(this.view, () => this.changed.fire(undefined));
    const found = place.lasting.onDidFind(() => this.republish.request());
    this.stop = [
      () => void found.dispose(),
      jobs.onUpdate((job) => this.update(job)),
      jobs.onRemoved((id) => {
        this.known.delete(id);
        this.nodes.delete(id);
        this.rebuild.request();
      }),
    ];
    this.publish();
    publishShownJobs(place.state);
  }

  async getChildren(node?: JobNode): Promise<JobNode[]> {
    if (node === undefined) {
      // Otherwise the view would say for a moment that there are no jobs.
      await this.place.known;
      const rows = sortJobs(this.shown()).map(({ id }) => this.node(id));
      // VS Code fetches the rows just before it draws them.
      this.moves.drawn(rows.map(({ jobId }) => jobId));
      this.drawing = new CooperativeLoop();
      return rows;
    }
    const job = node.object === undefined ? this.known.get(node.jobId) : undefined;
    if (job === undefined || isFinished(job.status)) return [];
    const { jobId } = node;
    const names = new Set(job.progress?.currentObjects ?? []);
    return [...names].map((object) => ({ jobId, object }));
  }

  getParent(node: JobNode): JobNode | undefined {
    return node.object === undefined ? undefined : this.nodes.get(node.jobId);
  }

  /** VS Code asks for all rows at once, of which there may be 10,000: others get their turns. */
  async getTreeItem(node: JobNode): Promise<vscode.TreeItem> {
    // All of them wait for one turn: with a turn each, all other loops would stand behind thousands.
    while (this.drawing.shouldYield) {
      await (this.turn ??= this.drawing.yield().finally(() => (this.turn = undefined)));
    }
    const { jobId, object } = node;
    if (object !== undefined) return treeItem(activeObjectItem(jobId, object));
    const job = this.known.get(jobId);
    if (job === undefined) return new vscode.TreeItem('');
    return treeItem(this.item(job), {
      command: 'pgBackup.showJobLog',
      title: vscode.l10n.t('Show Job Log'),
      arguments: [node, true],
    });
  }

  /** Text of a job's row. */
  item(job: BackupJob): ViewItem {
    return jobItem(job, this.context);
  }

  /** Are jobs of other workspaces shown, too? */
  get showsAll(): boolean {
    return showsAllJobs(this.place.state);
  }

  async showAll(all: boolean): Promise<void> {
    await showAllJobs(this.place.state, all);
    this.changed.fire(undefined);
    this.publish();
    publishShownJobs(this.place.state);
  }

  /** Does the view have a row for the job? */
  shows(job: BackupJob): boolean {
    return this.showsAll || this.jobs.isOwn(job.id) || !this.isForeign(job);
  }

  private shown(): BackupJob[] {
    return [...this.known.values()].filter((job) => this.shows(job));
  }

  /** The row's job, or the one that is chosen in the view. */
  get selected(): string | undefined {
    return this.view.selection[0]?.jobId;
  }

  /** All rows that are chosen in the view. */
  get selection(): readonly JobNode[] {
    return this.view.selection;
  }

  /**
   * Has the list moved so recently that the user may have meant the row that was in this place
   * before? Only for rows of this view, not for jobs that a command names.
   */
  movedUnder(node: unknown): boolean {
    const id = textField(node, 'jobId');
    const isRow = id !== undefined && this.nodes.get(id) === node;
    return isRow && this.moves.justNow;
  }

  /** Moves the focus into the view, to this job when it is there. */
  async show(jobId?: string): Promise<void> {
    const node = jobId === undefined ? undefined : this.nodes.get(jobId);
    if (node === undefined) await vscode.commands.executeCommand(`${this.place.door.id}.focus`);
    else await this.view.reveal(node, { focus: true, select: true });
  }

  dispose(): void {
    this.clock.dispose();
    this.refresh.cancel();
    this.rebuild.cancel();
    this.republish.cancel();
    for (const stop of this.stop) stop();
    this.changed.dispose();
  }

  private node(id: string): JobNode {
    const node = this.nodes.get(id) ?? { jobId: id };
    this.nodes.set(id, node);
    return node;
  }

  private keep(job: BackupJob): void {
    // This view does not show output, which can be large.
    this.known.set(job.id, { ...job, output: [] });
  }

  private update(job: BackupJob): void {
    const before = this.known.get(job.id)?.status;
    this.keep(job);
    // The job moves to another place in the list.
    if (before !== job.status) this.rebuild.request();
    else {
      this.pending.add(job.id);
      this.refresh.request();
    }
  }

  private refreshRows(): void {
    for (const id of this.pending) this.changed.fire(this.nodes.get(id));
    this.pending.clear();
  }

  /** State for the menus and the activity bar, as far as it has changed. */
  private publish(): void {
    const all = this.shown();
    const finished = all.some(({ status }) => isFinished(status));
    const running = all.filter(
      ({ id, status }) => !isFinished(status) && this.place.lasting.has(id),
    ).length;
    const before = this.published;
    this.published = { finished, running };
    if (finished !== before.finished) {
      void vscode.commands.executeCommand('setContext', 'pgBackup.finishedJobs', finished);
    }
    if (running === before.running) return;
    const tooltip =
      running === 1
        ? vscode.l10n.t('1 job is running')
        : vscode.l10n.t('{0} jobs are running', running);
    this.view.badge = running === 0 ? undefined : { value: running, tooltip };
  }
}
