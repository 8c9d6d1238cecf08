import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupInfo } from '../../core/model/archive';
import type { RestoreOptions } from '../../core/model/options';
import { evaluateRestore, restoreDefaults } from '../../core/forms/restore/restoreForm';
import type { StartResult } from '../../protocol/backupApi';
import { restoreDecoders } from '../../protocol/decoders';
import type {
  InspectResult,
  RestoreEvents,
  RestoreInit,
  RestoreRequests,
} from '../../protocol/restoreApi';
import { openDumpDialog, optionFileDialog } from '../ui/dialogs';
import { describeError } from '../text/errorText';
import { typeInTerminal } from '../ui/typeInTerminal';
import { prewarmWhileVisible } from './prewarmWhileVisible';
import { createPanel, WebviewPage, setPanelIcon } from './webviewPage';
import { JobFeed } from './jobFeed';
import type { PanelServices } from './panelServices';
import { firstChoice, previewShell, refusals, startResult } from './startResult';

/** What the form is opened with. */
export interface RestoreStart {
  inputPath: string;
  connectionId?: string | undefined;
  /** Entries of the archive that are chosen already. */
  dumpIds?: number[] | undefined;
  /** Every field, e.g. as another restore had them. */
  options?: RestoreOptions | undefined;
}

/** The restore form. */
export class RestorePanel extends WebviewPage<RestoreRequests, RestoreEvents> {
  static readonly viewType = 'pgBackup.restore';

  static create(services: PanelServices, start: RestoreStart): RestorePanel {
    const panel = createPanel(
      services.extensionUri,
      RestorePanel.viewType,
      titleFor(start.inputPath),
    );
    return new RestorePanel(panel, services, start);
  }

  /** Takes over a panel that VS Code kept over a reload. */
  static revive(panel: vscode.WebviewPanel, services: PanelServices): RestorePanel {
    setPanelIcon(panel, services.extensionUri);
    return new RestorePanel(panel, services, { inputPath: '' });
  }

  readonly feed: JobFeed;
  private inspected: { path: string; result: Promise<InspectResult> } | undefined;

  private constructor(
    panel: vscode.WebviewPanel,
    private readonly services: PanelServices,
    private readonly initial: RestoreStart,
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
      'restore',
      {
        ready: ({ restored }) => this.init(restored),
        'input/browse': async ({ folder }) => ({ path: await openDumpDialog(folder) }),
        'input/inspect': ({ path: input }, signal) => this.inspect(input, signal),
        'connection/load': async ({ connectionId, inputPath, refresh, toolDir }, signal) =>
          services.connections.stateForRestore(
            connectionId,
            await this.infoOf(inputPath, signal),
            refresh,
            toolDir,
          ),
        'options/remembered': ({ connectionId }) => ({
          options: services.lastOptions.restore(connectionId),
        }),
        'job/start': ({ options }) => this.start(options),
        'job/cancel': async ({ jobId }) => {
          await services.jobs.cancel(jobId);
        },
        'clipboard/copy': async ({ text }) => {
          await vscode.env.clipboard.writeText(text);
        },
        'terminal/open': ({ text }) => typeInTerminal(text),
        'file/browse': async ({ direction, current }) => ({
          path: await optionFileDialog(direction, current),
        }),
        'problem/action': ({ action, connectionId }) => services.act(action, connectionId),
      },
      restoreDecoders,
    );
  }

  private init(restored: RestoreOptions | null): RestoreInit {
    const connections = this.services.connections.summaries();
    const first = firstChoice(connections.filter(({ readOnly }) => !readOnly));
    const given = this.initial.options;
    const connectionId = given?.connectionId ?? this.initial.connectionId ?? first?.id ?? '';
    return {
      strings: this.services.strings,
      connections,
      options: restored ??
        given ?? {
          ...restoreDefaults(),
          ...this.services.lastOptions.restore(connectionId),
          connectionId,
          inputPath: this.initial.inputPath,
          dumpIds: this.initial.dumpIds ?? null,
        },
      explicitFields:
        restored === null ? (Object.keys(given ?? {}) as (keyof RestoreOptions)[]) : [],
      job: this.feed.current(),
      shell: previewShell(),
    };
  }

  /** Does it show just this? A choice of entries or options always gets a form of its own. */
  isFor(start: RestoreStart): boolean {
    const shown = this.inspected?.path ?? this.initial.inputPath;
    const plain = start.dumpIds === undefined && start.options === undefined;
    return plain && shown === start.inputPath;
  }

  private async inspect(input: string, signal: AbortSignal): Promise<InspectResult> {
    this.panel.title = titleFor(input);
    const result = this.read(input, signal);
    this.inspected = { path: input, result };
    return result;
  }

  private async read(input: string, signal: AbortSignal): Promise<InspectResult> {
    try {
      const info = await this.services.files.info(input, { signal });
      return { info, problem: null, madeHere: await this.services.madeHere(input) };
    } catch (error) {
      return { info: null, problem: describeError(error) };
    }
  }

  /** A long script is not scanned again for each connection that is looked at. */
  private async infoOf(input: string, signal: AbortSignal): Promise<BackupInfo | null> {
    if (input === '') return null;
    const known = this.inspected?.path === input ? await this.inspected.result : null;
    return known?.info ?? (await this.inspect(input, signal)).info;
  }

  private async start(options: RestoreOptions): Promise<StartResult> {
    const info = await this.infoOf(options.inputPath, new AbortController().signal);
    const state = await this.services.connections.stateForRestore(
      options.connectionId,
      info,
      false,
      options.toolDir,
    );
    const problems = refusals(
      evaluateRestore(options, { ...this.services.connections.formContext(state), info }).problems,
    );
    if (problems.length > 0) return { started: false, declined: false, problems };
    return startResult(async () => {
      const jobId = await this.services.startRestore(options);
      if (jobId !== null) {
        this.feed.follow(jobId);
        await this.services.lastOptions.keepRestore(options);
      }
      return jobId;
    });
  }
}

function titleFor(input: string): string {
  return input === ''
    ? vscode.l10n.t('Restore Database')
    : vscode.l10n.t('Restore {0}', path.basename(input));
}
