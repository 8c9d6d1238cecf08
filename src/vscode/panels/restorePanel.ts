import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { changedFields } from '../../core/forms/form/choices';
import { restoreDefaults } from '../../core/forms/restore/restoreDefaults';
import { targetLabel } from './targetLabel';
import type { FilePart } from '../../core/archive/document/chosenPart';
import { AppError } from '../../core/errors';
import type { Preflight } from '../../core/model/findings/findings';
import { shortened } from '../../core/preflight/shortened';
import type { BackupInfo } from '../../core/model/archive';
import type { RememberedRestore, RestoreOptions } from '../../core/model/options';
import { restoreDecoders } from '../../protocol/decoders';
import type { StartResult } from '../../protocol/formApi';
import type { InspectResult, RestoreInit, RestoreRequests } from '../../protocol/restoreApi';
import { nothingLeftText } from '../../core/text/ways/wayBackText';
import { window } from '../ui/window';
import { describeInputError } from '../text/inputErrorText';
import { takeStep } from './takeStep';
import { openDumpDialog, saveListDialog } from '../ui/dialogs';
import { firstChoice, FormPanel } from './formPanel';
import { RESTORE_VIEW, type PanelServices } from './panelServices';
import { obstacles, refusals } from './startResult';
import { createPanel, setPanelIcon } from './webviewPage';
import { samePath } from '../../core/files/samePath';
import { LastOptions } from '../settings/lastOptions';

/** Initial values of the form. */
export interface RestoreStart {
  inputPath: string;
  connectionId?: string | undefined;
  /** Another one than the connection's own. */
  database?: string | undefined;
  /** The part of the file that is chosen already. */
  part?: FilePart | undefined;
  /** Every field, e.g. as another restore had them. */
  options?: RestoreOptions | undefined;
}

/** The restore form. */
export class RestorePanel extends FormPanel<RestoreOptions, RememberedRestore, RestoreRequests> {
  protected override readonly jobType = 'restore';

  static create(services: PanelServices, start: RestoreStart): RestorePanel {
    const panel = createPanel(services.extensionUri, RESTORE_VIEW, titleFor(start.inputPath));
    return new RestorePanel(panel, services, start);
  }

  /** Takes over a panel that VS Code kept over a reload. */
  static revive(panel: vscode.WebviewPanel, services: PanelServices): RestorePanel {
    setPanelIcon(panel, services.extensionUri);
    return new RestorePanel(panel, services, { inputPath: '' });
  }

  /** What the page shows, with the names of all objects. */
  private looked: { preflight: Preflight; options: RestoreOptions; at: string } | null = null;
  private inspected: { path: string; result: Promise<InspectResult> } | undefined;

  private constructor(
    panel: vscode.WebviewPanel,
    services: PanelServices,
    private readonly initial: RestoreStart,
  ) {
    super(panel, services);
    this.showTarget(initial.options?.connectionId ?? initial.connectionId ?? '', null);
    this.open(
      services.extensionUri,
      'restore',
      {
        ...this.formHandlers(),
        ready: async (kept) => {
          await this.followKept(kept);
          return this.init(kept.restored);
        },
        'input/browse': async ({ folder }) => ({ path: await openDumpDialog(folder) }),
        'input/inspect': ({ path: input }, signal) => this.inspect(input, signal),
        'connection/load': async ({ connectionId, inputPath, refresh, toolDir }, signal) => {
          if (connectionId !== this.connectionId) this.showTarget(connectionId, null);
          const info = await this.infoOf(inputPath, signal);
          const wanted = { connectionId, refresh, toolDir, signal };
          return services.connections.stateForRestore(wanted, info);
        },
        'problem/action': async ({ action, connectionId }) => {
          if (action === 'openArchiveBeside') await this.openBeside();
          else await services.act(action, connectionId);
        },
        'preflight/look': ({ options }, signal) => this.look(options, signal),
        'preflight/show': ({ code }) => this.showReport(code),
        'estimate/look': ({ options }, signal) =>
          this.services.restoreEstimates.look(options, signal),
        'preflight/take': ({ connectionId, database, step }) =>
          takeStep(services, { connectionId, database, step }),
        'job/rest': async ({ jobId, options }) => ({ options: await this.rest(jobId, options) }),
        'command/saveList': ({ options }, signal) => this.saveList(options, signal),
        'preflight/remedy': ({ code, id }) => {
          const finding = this.looked?.preflight.findings.find((each) => each.code === code);
          return finding?.remedies.find((each) => each.id === id) ?? null;
        },
        'preflight/without': async ({ options, dumpIds }) => {
          const left = await services.preflight.withoutEntries(options, dumpIds);
          if (left.length > 0) return { dumpIds: left };
          const { leavesNothingText } = await import('../../core/text/findingText');
          void window.showInformationMessage(leavesNothingText());
          return { dumpIds: null };
        },
      },
      restoreDecoders,
    );
  }

  private async saveList(
    options: RestoreOptions,
    signal: AbortSignal,
  ): Promise<{ path: string | null }> {
    const text = await this.services.preflight.listText(options, signal);
    const uri = text === null ? undefined : await saveListDialog(options.inputPath);
    if (text === null || uri === undefined) return { path: null };
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    return { path: uri.fsPath };
  }

  private async rest(jobId: string, how: RestoreOptions): Promise<Partial<RestoreOptions> | null> {
    const job = this.services.jobs.get(jobId);
    const options = job === undefined ? null : await this.services.preflight.rest(job, how);
    if (options !== null) return changedFields(how, options);
    void window.showInformationMessage(nothingLeftText());
    return null;
  }

  /** A form for the archive that this restore.sql belongs to. */
  private async openBeside(): Promise<void> {
    const { archiveBeside } = await import('../../core/archive/packed/archiveBeside');
    const found = await archiveBeside(this.shownPath);
    if (found !== null) await this.services.openRestore(found, this.connectionId || null);
  }

  protected override title(label: string | null): string {
    const { shownPath } = this;
    return label === null || shownPath === ''
      ? titleFor(shownPath)
      : vscode.l10n.t('{0} – {1}', titleFor(shownPath), label);
  }

  private get shownPath(): string {
    return this.inspected?.path ?? this.initial.inputPath;
  }

  protected override remembered(connectionId: string): RememberedRestore | null {
    return this.lastOptions.restore(connectionId);
  }

  private get lastOptions(): LastOptions {
    return new LastOptions(this.services.workspaceState);
  }

  protected override async submit(options: RestoreOptions): Promise<StartResult> {
    const { connections, startRestore } = this.services;
    const { connectionId, inputPath, toolDir } = options;
    const info = await this.infoOf(inputPath, new AbortController().signal);
    const state = await connections.stateForRestore(
      { connectionId, refresh: false, toolDir },
      info,
    );
    const context = { ...connections.formContext(state), info };
    const { evaluateRestore } = await import('../../core/forms/restore/restoreForm');
    const problems = [...refusals(evaluateRestore(options, context).problems), ...obstacles(state)];
    if (problems.length > 0) return { started: false, declined: false, problems };
    return this.run(
      () => startRestore(options),
      () => this.lastOptions.keepRestore(options),
    );
  }

  /** Nobody is asked for anything: what cannot be looked at without is not. */
  private async look(options: RestoreOptions, signal: AbortSignal): Promise<Preflight | null> {
    try {
      const preflight = await this.services.preflight.lookWhole({ options }, signal);
      this.looked = { preflight, options, at: new Date().toISOString() };
      return shortened(preflight);
    } catch (error) {
      // The form says at its fields what is wrong with file and connection.
      if (AppError.is(error) && error.code !== 'internal') return null;
      throw error;
    }
  }

  /** Everything that was found, for reading and searching. */
  private async showReport(code: string | null): Promise<void> {
    if (this.looked === null) return;
    const { reportLines } = await import('../../core/text/findings/preflightReport');
    const { preflight, options, at } = this.looked;
    const { connectionId, inputPath, inputMember, targetDatabase } = options;
    const { connections, reports } = this.services;
    const { lines, lineOf } = reportLines({
      ...{ preflight, at },
      file: inputMember === null ? inputPath : `${inputPath} (${inputMember})`,
      target: targetLabel(connections, connectionId, targetDatabase),
    });
    const line = code === null ? undefined : lineOf.get(code);
    await reports.show(titleFor(inputPath), lines, line ?? 0);
  }

  private init(restored: RestoreOptions | null): RestoreInit {
    const common = this.common();
    const first = firstChoice(common.connections.filter(({ readOnly }) => !readOnly));
    const given = this.initial.options;
    const connectionId = given?.connectionId ?? this.initial.connectionId ?? first?.id ?? '';
    this.showTarget(restored?.connectionId ?? connectionId, null);
    return {
      ...common,
      cores: availableParallelism(),
      options: restored ??
        given ?? {
          ...restoreDefaults(),
          ...this.remembered(connectionId),
          connectionId,
          inputPath: this.initial.inputPath,
          targetDatabase: this.initial.database ?? null,
          ...this.initial.part,
        },
      explicitFields:
        restored === null ? (Object.keys(given ?? {}) as (keyof RestoreOptions)[]) : [],
    };
  }

  /** Does it show just this? A choice of entries or options always gets a form of its own. */
  isFor(start: RestoreStart): boolean {
    const plain =
      start.part === undefined && start.options === undefined && start.database === undefined;
    const { connectionId = this.connectionId } = start;
    const same = samePath(this.shownPath, start.inputPath);
    return plain && same && connectionId === this.connectionId;
  }

  private async inspect(input: string, signal: AbortSignal): Promise<InspectResult> {
    const result = this.read(input, signal);
    this.inspected = { path: input, result };
    this.panel.title = titleFor(input);
    this.showTarget(this.connectionId, null);
    return result;
  }

  private async read(input: string, signal: AbortSignal): Promise<InspectResult> {
    try {
      const info = await this.services.files.info(input, { signal, ask: true });
      return { info, problem: null, madeHere: await this.services.madeHere(input) };
    } catch (error) {
      return { info: null, problem: await describeInputError(input, error) };
    }
  }

  /** A long script is not scanned again for each connection that is looked at. */
  private async infoOf(input: string, signal: AbortSignal): Promise<BackupInfo | null> {
    if (input === '') return null;
    const known = this.inspected?.path === input ? await this.inspected.result : null;
    return known?.info ?? (await this.inspect(input, signal)).info;
  }
}

function titleFor(input: string): string {
  return input === ''
    ? vscode.l10n.t('Restore Database')
    : vscode.l10n.t('Restore {0}', path.basename(input));
}
