import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import { backupDefaults, FIRST_CHOICES } from '../../core/forms/backup/backupDefaults';
import type {
  BackupOptions,
  BackupScope,
  RememberedBackup,
  ToolOptions,
} from '../../core/model/options';
import type { BackupInit, BackupRequests } from '../../protocol/backupApi';
import { backupDecoders } from '../../protocol/decoders';
import type { StartResult } from '../../protocol/formApi';
import type { ConnectionState } from '../../protocol/types';
import { suggestOutputPath } from '../connections/outputPaths';
import { saveDialog } from '../ui/dialogs';
import { revealInExplorer } from '../ui/reveal';
import { firstChoice, FormPanel } from './formPanel';
import { BACKUP_VIEW, type PanelServices } from './panelServices';
import { obstacles, refusals } from './startResult';
import { createPanel, setPanelIcon } from './webviewPage';
import { LastOptions } from '../settings/lastOptions';

type LoadRequest = BackupRequests['connection/load'][0];

/** Initial values of the form. */
export interface BackupStart {
  connectionId?: string | undefined;
  /** Another one than the connection's own. */
  database?: string | undefined;
  /** Every field; an empty path is filled with a proposal. */
  options?: BackupOptions | undefined;
}

/** The backup form. */
export class BackupPanel extends FormPanel<BackupOptions, RememberedBackup, BackupRequests> {
  protected override readonly jobType = 'backup';

  /** The one that is chosen beside the connection; null = the connection's own. */
  database: string | null = null;

  static create(services: PanelServices, start: BackupStart): BackupPanel {
    const panel = createPanel(services.extensionUri, BACKUP_VIEW, untitled());
    return new BackupPanel(panel, services, start);
  }

  /** Takes over a panel that VS Code kept over a reload. */
  static revive(panel: vscode.WebviewPanel, services: PanelServices): BackupPanel {
    setPanelIcon(panel, services.extensionUri);
    return new BackupPanel(panel, services, {});
  }

  private constructor(
    panel: vscode.WebviewPanel,
    services: PanelServices,
    private readonly start: BackupStart,
  ) {
    super(panel, services);
    this.database = start.options?.database ?? start.database ?? null;
    this.showTarget(start.options?.connectionId ?? start.connectionId ?? '', this.database);
    this.open(
      services.extensionUri,
      'backup',
      {
        ...this.formHandlers(),
        ready: async (kept) => {
          await this.followKept(kept);
          return this.init(kept.restored);
        },
        'connection/load': (wanted, signal) => this.load(wanted, signal),
        'output/suggest': ({ connectionId, ...options }) => ({
          path: this.suggest(connectionId, options),
        }),
        'estimate/facts': ({ connectionId, database, scope = 'database' }) =>
          services.estimates.facts(connectionId, database ?? null, scope),
        'place/facts': (asked) => services.estimates.place(asked),
        'output/browse': async ({ options: { outputPath, format } }) => ({
          path: await saveDialog(outputPath, format),
        }),
        'job/open': ({ jobId }) =>
          this.withOutput(jobId, (output) =>
            vscode.commands.executeCommand('pgBackup.openArchive', vscode.Uri.file(output)),
          ),
        'job/reveal': ({ jobId }) => this.withOutput(jobId, revealInExplorer),
        'job/restore': ({ jobId }) =>
          this.withOutput(jobId, (output) => services.openRestore(output, null)),
      },
      backupDecoders,
    );
  }

  protected override title(label: string | null, database: string | null): string {
    if (label === null) return untitled();
    return database === null
      ? vscode.l10n.t('Back Up {0}', label)
      : vscode.l10n.t('Back Up {0} – {1}', database, label);
  }

  protected override remembered(connectionId: string): RememberedBackup | null {
    return this.lastOptions.backup(connectionId);
  }

  private get lastOptions(): LastOptions {
    return new LastOptions(this.services.workspaceState);
  }

  protected override async submit(options: BackupOptions): Promise<StartResult> {
    const { connections, startBackup } = this.services;
    const { connectionId, database, toolDir, scope } = options;
    const wanted = { connectionId, database, toolDir, scope, refresh: false };
    const state = await connections.stateForBackup(wanted);
    const { evaluateBackup } = await import('../../core/forms/backup/backupForm');
    const { problems: found } = evaluateBackup(options, connections.formContext(state));
    const problems = [...refusals(found), ...obstacles(state)];
    if (problems.length > 0) return { started: false, declined: false, problems };
    return this.run(
      () => startBackup(options),
      () => this.lastOptions.keepBackup(options),
    );
  }

  private async load(wanted: LoadRequest, signal: AbortSignal): Promise<ConnectionState> {
    const { connectionId, database = null, scope = 'database' } = wanted;
    const isOther = connectionId !== this.connectionId || database !== this.database;
    this.database = database;
    if (isOther) this.showTarget(connectionId, database);
    const state = await this.services.connections.stateForBackup({ ...wanted, signal });
    // Another one may have been chosen meanwhile.
    if (connectionId === this.connectionId && database === this.database) {
      const known = state.server?.database ?? database;
      this.showTarget(connectionId, scope === 'database' ? known : null);
    }
    return state;
  }

  private init(restored: BackupOptions | null): BackupInit {
    const common = this.common();
    const given = this.start.options;
    const connectionId =
      given?.connectionId ?? this.start.connectionId ?? firstChoice(common.connections)?.id ?? '';
    const last = this.remembered(connectionId);
    const database = this.start.database ?? null;
    const usual = last ?? FIRST_CHOICES;
    const defaults = given ?? { ...backupDefaults(last?.format), ...usual, database };
    this.database = (restored ?? defaults).database ?? null;
    this.showTarget(restored?.connectionId ?? connectionId, this.database);
    return {
      ...common,
      options: restored ?? {
        ...defaults,
        connectionId,
        outputPath: given?.outputPath || this.suggest(connectionId, defaults),
      },
      cores: availableParallelism(),
      typedPath: restored === null && given !== undefined && given.outputPath !== '',
    };
  }

  private suggest(
    connectionId: string,
    options: Pick<BackupOptions, 'format'> &
      Partial<{
        database: string | null | undefined;
        compression: number;
        scope: BackupScope | undefined;
        toolOptions: ToolOptions;
      }>,
  ): string {
    const { settings, connections } = this.services;
    const { format, compression = backupDefaults(format).compression } = options;
    return suggestOutputPath(settings, connections, { ...options, connectionId, compression });
  }

  private async withOutput(jobId: string, act: (output: string) => unknown): Promise<void> {
    const output = this.services.jobs.get(jobId)?.outputPath;
    if (output !== null && output !== undefined) await act(output);
  }
}

function untitled(): string {
  return vscode.l10n.t('Back Up Database');
}
