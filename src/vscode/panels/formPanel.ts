import * as vscode from 'vscode';
import { WAY_COMMANDS } from '../jobs/wayCommands';
import type { BackupJob } from '../../core/model/job';
import type {
  FormEvents,
  FormInit,
  FormKept,
  FormRequests,
  StartResult,
} from '../../protocol/formApi';
import type { Handlers, RequestMap } from '../../protocol/rpc';
import type { ConnectionSummary } from '../../protocol/types';
import { optionFileDialog } from '../ui/dialogs';
import { previewShell } from '../ui/previewShell';
import { typeInTerminal } from '../ui/typeInTerminal';
import { prewarmWhileVisible } from './prewarmWhileVisible';
import { JobFeed } from './jobFeed';
import type { PanelServices } from './panelServices';
import { startResult } from './startResult';
import { setPanelIcon, WebviewPage } from './webviewPage';

/** A page with a form that starts jobs. `M`: what is remembered of its options. */
export abstract class FormPanel<
  O,
  M,
  R extends RequestMap<R> & FormRequests<O, M>,
> extends WebviewPage<R, FormEvents> {
  private readonly feed: JobFeed;
  private shownConnection = '';

  protected constructor(
    panel: vscode.WebviewPanel,
    protected readonly services: PanelServices,
  ) {
    super(panel);
    this.feed = new JobFeed(services.jobs, (update) => this.emit('job/update', update));
    this.register(
      this.feed,
      prewarmWhileVisible(panel, services.jobs),
      services.watched.add(this),
      panel.onDidChangeViewState(() => services.watched.update()),
      services.settings.onDidChangeConnections(() =>
        this.emit('connections/changed', { connections: services.connections.summaries() }),
      ),
    );
  }

  /** The job that the form shows. */
  get followed(): string | null {
    return this.feed.followed;
  }

  follow(jobId: string): void {
    this.feed.follow(jobId);
    this.services.watched.update();
  }

  /** The connection that is chosen in the form. */
  get connectionId(): string {
    return this.shownConnection;
  }

  protected abstract readonly jobType: BackupJob['type'];
  /** Title of the tab with this connection. `database`: null while unknown. */
  protected abstract title(label: string | null, database: string | null): string;

  /** Shows in the tab what the form is about. */
  protected showTarget(connectionId: string, database: string | null): void {
    const { connections, extensionUri } = this.services;
    if (connectionId === '') return;
    const connection = connections.summaries().find(({ id }) => id === connectionId);
    this.shownConnection = connectionId;
    this.panel.title = this.title(connection?.label ?? null, database);
    setPanelIcon(this.panel, extensionUri, connection?.environment === 'production');
  }

  /** The options of the last job of this kind with the connection; null = there was none. */
  protected abstract remembered(connectionId: string): M | null;
  /** Judges the options once more and starts the job. */
  protected abstract submit(options: O): Promise<StartResult>;

  /** Answers to what every form asks. */
  protected formHandlers(): Handlers<FormRequests<O, M>> {
    const { jobs, act } = this.services;
    return {
      'options/remembered': ({ connectionId }) => ({ options: this.remembered(connectionId) }),
      'job/start': ({ options }) => this.submit(options),
      'job/cancel': async ({ jobId }) => {
        await jobs.cancel(jobId);
      },
      'job/wayBack': async ({ jobId, way }) => {
        await vscode.commands.executeCommand(WAY_COMMANDS[way], { jobId });
      },
      'clipboard/copy': async ({ text }) => {
        await vscode.env.clipboard.writeText(text);
      },
      'terminal/open': async ({ text }) => {
        await typeInTerminal(text);
      },
      'file/browse': async ({ direction, current }) => ({
        path: await optionFileDialog(direction, current),
      }),
      'problem/action': ({ action, connectionId }) => act(action, connectionId),
    };
  }

  /** A page that is there again after a reload shows the job that it showed before. */
  protected async followKept({ jobId }: FormKept<O>): Promise<void> {
    if (jobId === undefined || this.followed !== null) return;
    await this.services.jobsFound;
    if (this.services.jobs.get(jobId)?.type === this.jobType) this.follow(jobId);
  }

  /** Initial data of every form, besides its options. */
  protected common(): Omit<FormInit<O>, 'options'> {
    const { strings, connections } = this.services;
    return {
      strings,
      connections: connections.summaries(),
      job: this.feed.current(),
      shell: previewShell(),
    };
  }

  /** Starts a job that the page follows from then on, and keeps its options for the next one. */
  protected run(
    start: () => Promise<string | null>,
    remember: () => PromiseLike<void>,
  ): Promise<StartResult> {
    return startResult(async () => {
      const jobId = await start();
      if (jobId !== null) {
        this.follow(jobId);
        await remember();
      }
      return jobId;
    });
  }
}

/** The initial connection of a form: one that needs no confirmation. */
export function firstChoice(
  connections: readonly ConnectionSummary[],
): ConnectionSummary | undefined {
  return connections.find(({ unused }) => unused !== true);
}
