import * as vscode from 'vscode';
import { backupDefaults, evaluateBackup } from '../../core/forms/backup/backupForm';
import type { BackupOptions, BackupScope, ToolOptions } from '../../core/model/options';
import type {
  BackupEvents,
  BackupInit,
  BackupRequests,
  StartResult,
} from '../../protocol/backupApi';
import { backupDecoders } from '../../protocol/decoders';
import { saveDialog, optionFileDialog } from '../ui/dialogs';
import { suggestOutputPath } from '../connections/outputPaths';
import { revealInExplorer } from '../ui/reveal';
import { typeInTerminal } from '../ui/typeInTerminal';
import { prewarmWhileVisible } from './prewarmWhileVisible';
import { createPanel, WebviewPage, setPanelIcon } from './webviewPage';
import { JobFeed } from './jobFeed';
import type { PanelServices } from './panelServices';
import { firstChoice, previewShell, refusals, startResult } from './startResult';

/** What the form is opened with. */
export interface BackupStart {
  connectionId?: string | undefined;
  /** Every field; an empty path is filled with a proposal. */
  options?: BackupOptions | undefined;
}

/** The backup form. */
export class BackupPanel extends WebviewPage<BackupRequests, BackupEvents> {
  static readonly viewType = 'pgBackup.backup';

  static create(services: PanelServices, start: BackupStart): BackupPanel {
    const title = vscode.l10n.t('Back Up Database');
    const panel = createPanel(services.extensionUri, BackupPanel.viewType, title);
    return new BackupPanel(panel, services, start);
  }

  /** Takes over a panel that VS Code kept over a reload. */
  static revive(panel: vscode.WebviewPanel, services: PanelServices): BackupPanel {
    setPanelIcon(panel, services.extensionUri);
    return new BackupPanel(panel, services, {});
  }

  readonly feed: JobFeed;

  private constructor(
    panel: vscode.WebviewPanel,
    private readonly services: PanelServices,
    private readonly start: BackupStart,
  ) {
    super(panel);
    this.feed = new JobFeed(services.jobs, (update) => this.emit('job/update', update));
    this.register(
      this.feed,
      prewarmWhileVisible(panel, services.jobs),
      services.settings.onDidChangeConnections(() =>
        this.emit('connections/changed', { connections: services.connections.summaries() }),
      ),
    );
    this.open(
      services.extensionUri,
      'backup',
      {
        ready: ({ restored }) => this.init(restored),
        'connection/load': ({ connectionId: id, refresh, toolDir, scope }) =>
          services.connections.stateForBackup(id, refresh, toolDir, scope),
        'output/suggest': ({ connectionId: id, format, scope }) => ({
          path: this.suggest(id, { format, scope }),
        }),
        'options/remembered': ({ connectionId: id }) => ({
          options: services.lastOptions.backup(id),
        }),
        'output/browse': ({ options }) => this.browse(options),
        'job/start': ({ options }) => this.submit(options),
        'job/cancel': async ({ jobId }) => {
          await services.jobs.cancel(jobId);
        },
        'job/reveal': ({ jobId }) => this.withOutput(jobId, revealInExplorer),
        'job/restore': ({ jobId }) =>
          this.withOutput(jobId, (output) => services.openRestore(output, null)),
        'clipboard/copy': async ({ text }) => {
          await vscode.env.clipboard.writeText(text);
        },
        'terminal/open': ({ text }) => typeInTerminal(text),
        'file/browse': async ({ direction, current }) => ({
          path: await optionFileDialog(direction, current),
        }),
        'problem/action': ({ action, connectionId: id }) => services.act(action, id),
      },
      backupDecoders,
    );
  }

  private init(restored: BackupOptions | null): BackupInit {
    const connections = this.services.connections.summaries();
    const given = this.start.options;
    const connectionId =
      given?.connectionId ?? this.start.connectionId ?? firstChoice(connections)?.id ?? '';
    const last = this.services.lastOptions.backup(connectionId);
    const defaults = given ?? { ...backupDefaults(last?.format), ...last };
    return {
      strings: this.services.strings,
      connections,
      options: restored ?? {
        ...defaults,
        connectionId,
        outputPath: given?.outputPath || this.suggest(connectionId, defaults),
      },
      typedPath: restored === null && given !== undefined && given.outputPath !== '',
      job: this.feed.current(),
      shell: previewShell(),
    };
  }

  private suggest(
    connectionId: string,
    options: Pick<BackupOptions, 'format'> &
      Partial<{ compression: number; scope: BackupScope | undefined; toolOptions: ToolOptions }>,
  ): string {
    const { settings, connections } = this.services;
    const { format, compression = backupDefaults(format).compression } = options;
    return suggestOutputPath(settings, connections, { ...options, connectionId, compression });
  }

  private async browse(options: BackupOptions): Promise<{ path: string | null }> {
    return { path: await saveDialog(options.outputPath, options.format) };
  }

  private async submit(options: BackupOptions): Promise<StartResult> {
    const { connectionId, toolDir, scope } = options;
    const { connections } = this.services;
    const state = await connections.stateForBackup(connectionId, false, toolDir, scope);
    const problems = refusals(evaluateBackup(options, connections.formContext(state)).problems);
    if (problems.length > 0) return { started: false, declined: false, problems };
    return startResult(async () => {
      const jobId = await this.services.startBackup(options);
      if (jobId !== null) {
        this.feed.follow(jobId);
        await this.services.lastOptions.keepBackup(options);
      }
      return jobId;
    });
  }

  private async withOutput(jobId: string, act: (output: string) => unknown): Promise<void> {
    const output = this.services.jobs.get(jobId)?.outputPath;
    if (output !== null && output !== undefined) await act(output);
  }
}
