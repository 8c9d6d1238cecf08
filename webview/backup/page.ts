import * as l10n from '@vscode/l10n';
import { html, nothing, render, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors';
import { backupDefaults, backupOptionsOf } from '../../src/core/forms/backup/backupForm';
import { isClusterBackup } from '../../src/core/forms/backup/clusterBackup';
import { controlOf, isAdvanced, toolOptionName } from '../../src/core/forms/fields/fieldText';
import { backupFields } from '../../src/core/model/backupFields';
import {
  beginChoices,
  choose,
  chosenFields,
  forget,
  withNewBase,
  resumeChoices,
  chosenOptions,
} from '../../src/core/forms/form/choices';
import type { FormEvaluation } from '../../src/core/forms/form/formTypes';
import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import { readSelection, type Selection } from '../../src/core/forms/selection/selection';
import { wholeDatabase } from '../../src/core/forms/selection/wholeDatabase';
import type { BackupOptions, OptionValue } from '../../src/core/model/options';
import {
  changeToolOption,
  type ToolOptionField,
} from '../../src/core/forms/toolOptions/toolOptions';
import type { BackupEvents, BackupInit, BackupRequests } from '../../src/protocol/backupApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type { ConnectionSummary, JobUpdate, ProblemAction } from '../../src/protocol/types';
import { Announcer } from '../shared/announcer';
import { formatArgumentText, readExtraArgs } from '../shared/extraArgs';
import { beforeAnything, formFrame } from '../shared/form/formFrame';
import { saveState } from '../shared/host';
import { isOver } from '../shared/form/jobView';
import { toPersistable, type PersistedState } from '../shared/persistedState';
import { LatestRequest } from '../shared/latestRequest';
import { memoFields, memoLast } from '../shared/memo';
import {
  announceJob,
  labelsOf,
  oncePerTurn,
  namedErrors,
  sortedErrors,
  unanswered,
} from '../shared/form/pageTools';
import { button } from '../shared/ui/button';
import { focusControl } from '../shared/ui/field';
import { closedOptions, revealOption } from '../shared/options/optionsPanel';
import { advancedItems, advancedView } from './advancedView';
import type { BackupView } from './backupView';
import { fieldsView, objectExtras } from './fieldsView';
import { type BackupDerivedState, deriveState, inputsOf } from './derive';
import type { ShownRows } from '../shared/tree/rows';
import { objectRows, objectsView } from './objectsView';
import { clusterView, scopeView } from './scopeView';
import {
  type BackupAction,
  type BackupState,
  type BackupViewPatch,
  followsSuggestion,
  reduceBackup,
} from './state';

/** Wait this long after the last change of the connection before the server is asked. */
const SETTLE_MS = 150;

/** What was ticked in one database means nothing in another, nor what was chosen on one server. */
function afresh(): Partial<BackupOptions> {
  return { ...wholeDatabase(), excludeDatabases: [], toolDir: null };
}

/** What was kept over a reload is what was chosen before it. */
function beginning(
  { options }: BackupInit,
  kept: PersistedState<BackupOptions>,
): BackupState['choices'] {
  if (!kept.options) return beginChoices(options);
  const isField = (name: string): name is keyof BackupOptions => name in options;
  return resumeChoices(options, kept.explicitFields.filter(isField), backupDefaults());
}

/** The backup page: state in, requests out, the whole picture drawn from the state. */
export class BackupPage implements BackupView {
  state: BackupState;

  private readonly announcer = new Announcer();
  /** The user wanted it to be started. */
  private asked = false;
  private readonly loads = new LatestRequest();
  private readonly suggestions = new LatestRequest();
  private persisted: BackupOptions | null = null;
  private readonly rows = memoLast(objectRows);
  private readonly derive = memoFields(deriveState);
  private readonly persist = memoLast(
    (
      choices: BackupState['choices'],
      outputPath: string,
      advancedOpen: boolean,
      shell: BackupState['shell'],
      suggestedPath: string | null,
    ) => {
      this.persisted = toPersistable({ ...chosenOptions(choices), outputPath }, this.persisted);
      const kept: PersistedState<BackupOptions> = {
        options: this.persisted,
        explicitFields: chosenFields(choices),
        advancedOpen,
        shell,
        suggestedPath,
      };
      saveState(kept);
    },
  );
  private readonly draw = oncePerTurn(() => render(this.view(), this.root));

  constructor(
    private readonly host: RpcClient<BackupRequests, BackupEvents>,
    private readonly root: HTMLElement,
    init: BackupInit,
    kept: PersistedState<BackupOptions>,
  ) {
    this.state = {
      connections: init.connections,
      choices: beginning(init, kept),
      options: init.options,
      selection: readSelection(init.options),
      extraText: formatArgumentText(init.options.extraArgs),
      extraError: null,
      connection: null,
      objects: null,
      loading: false,
      // Whatever path the host came up with is its proposal, unless the user's own was kept.
      suggestedPath: kept.options
        ? kept.suggestedPath
        : init.typedPath === true
          ? null
          : init.options.outputPath,
      hostProblems: [],
      failure: '',
      starting: false,
      job: init.job,
      jobAt: performance.now(),
      jobDismissed: false,
      shell: kept.shell ?? init.shell,
      filter: '',
      expanded: new Set(),
      advancedOpen: kept.advancedOpen,
      optionsPanel: closedOptions,
      toolsOpen: false,
      logOpen: false,
    };
    host.on('job/update', (update) => this.jobUpdated(update));
    host.on('connections/changed', ({ connections }) => this.connectionsChanged(connections));
    // The elapsed time goes on while the tool is silent.
    setInterval(() => {
      if (this.state.job && !isOver(this.state.job.job.status)) this.draw();
    }, 1000);
    this.draw();
    this.load(false);
    this.suggest();
  }

  /** As it is shown. */
  get evaluation(): FormEvaluation<string> {
    const { evaluation } = this.derived;
    const begun = this.asked || this.state.connections.length > 0;
    return begun ? evaluation : beforeAnything(evaluation);
  }

  get toolFields(): readonly ToolOptionField[] {
    return this.derived.toolFields;
  }

  get objects(): ObjectSelection | null {
    return this.derived.objects;
  }

  get filtered(): boolean {
    return this.derived.filtered;
  }

  get objectRows(): ShownRows {
    const { objects, filter, expanded } = this.state;
    return objects ? this.rows(objects.tree, filter, expanded) : { rows: [], found: null };
  }

  change(patch: Partial<BackupOptions>): void {
    const before = this.state.options;
    const another = patch.connectionId !== undefined && patch.connectionId !== before.connectionId;
    const { outputPath, ...others } = patch;
    const begun = another ? forget(this.state.choices, afresh()) : this.state.choices;
    this.hold(choose(begun, others), outputPath);
    this.followOptions(before);
    if (another) this.recall(this.state.options.connectionId);
  }

  /** What depends on a connection, a scope or a tool is asked for anew when that is another. */
  private followOptions(before: BackupOptions): void {
    const { options } = this.state;
    const elsewhere =
      options.connectionId !== before.connectionId || options.scope !== before.scope;
    if (elsewhere) {
      this.setView({ toolsOpen: false });
      this.suggest();
    }
    if (elsewhere || options.toolDir !== before.toolDir) this.load(false);
  }

  /** What the last backup of this connection was told comes back. */
  private recall(connectionId: string): void {
    this.send(this.host.request('options/remembered', { connectionId }), ({ options }) => {
      if (options === null || this.state.options.connectionId !== connectionId) return;
      const before = this.state.options;
      this.hold(withNewBase(this.state.choices, options));
      this.followOptions(before);
    });
  }

  select(selection: Selection): void {
    this.dispatch({ type: 'select', selection });
  }

  /** Makes the options from these choices; the path goes along unless somebody typed one. */
  private hold(choices: BackupState['choices'], typedPath?: string): void {
    const options = backupOptionsOf(choices, this.state.options);
    if (typedPath !== undefined) options.outputPath = typedPath;
    this.dispatch({ type: 'options', choices, options, typedPath: typedPath !== undefined });
  }

  setExtraText(text: string): void {
    this.dispatch({ type: 'extraArgs', text, ...readExtraArgs(text) });
  }

  setToolOption(id: string, value: OptionValue | null): void {
    const { toolOptions } = changeToolOption(this.state.options, id, value);
    this.change({ toolOptions });
  }

  browseOption(id: string, direction: 'in' | 'out', current: string): void {
    this.send(this.host.request('file/browse', { direction, current }), ({ path }) => {
      if (path === null) return;
      this.setToolOption(id, path);
      focusControl(toolOptionName(id), 'nearest');
    });
  }

  setView(patch: BackupViewPatch): void {
    this.dispatch({ type: 'view', patch });
  }

  expand(id: string, expanded: boolean): void {
    this.dispatch({ type: 'expand', id, expanded });
  }

  browse(): void {
    const { options } = this.state;
    this.send(this.host.request('output/browse', { options }), ({ path }) => {
      if (path !== null) this.change({ outputPath: path });
    });
  }

  private get derived(): BackupDerivedState {
    return this.derive(inputsOf(this.state));
  }

  private dispatch(action: BackupAction): void {
    this.state = reduceBackup(this.state, action);
    const { choices, options, advancedOpen, shell, suggestedPath } = this.state;
    this.persist(choices, options.outputPath, advancedOpen, shell, suggestedPath);
    this.draw();
  }

  private load(refresh: boolean): void {
    const { connectionId, toolDir, scope } = this.state.options;
    if (!this.state.connections.some(({ id }) => id === connectionId)) {
      this.loads.cancel();
      return;
    }
    this.dispatch({ type: 'loading' });
    this.loads.ask(
      (signal) =>
        this.host.request('connection/load', { connectionId, refresh, toolDir, scope }, signal),
      (connection) => {
        this.dispatch({ type: 'loaded', connection });
        // What the database is called is known for sure only now.
        if (connection.server !== null) this.suggest();
      },
      (error) => this.dispatch({ type: 'loaded', connection: unanswered(connectionId, error) }),
      refresh ? 0 : SETTLE_MS,
    );
  }

  private suggest(): void {
    if (!followsSuggestion(this.state)) return;
    const { connectionId, format, scope, outputPath } = this.state.options;
    if (connectionId === '') return;
    this.suggestions.ask(
      (signal) => this.host.request('output/suggest', { connectionId, format, scope }, signal),
      ({ path }) => this.dispatch({ type: 'suggested', path, for: outputPath }),
      (error) => this.dispatch({ type: 'failure', message: error.message }),
    );
  }

  private connectionsChanged(connections: readonly ConnectionSummary[]): void {
    this.dispatch({ type: 'connections', connections });
    const first = this.state.connections.find(({ unused }) => unused !== true);
    // The first connection that is added is the one that is meant.
    if (this.state.options.connectionId === '' && first) this.change({ connectionId: first.id });
    else this.load(false);
  }

  private send<T>(request: Promise<T>, done: (value: T) => void = () => undefined): void {
    request.then(done, (error: unknown) => {
      const message = messageOf(error);
      this.dispatch({ type: 'failure', message });
      this.announcer.alert(message);
    });
  }

  private submit(): void {
    this.asked = true;
    const first = sortedErrors(this.derived.evaluation.problems, backupFields)[0];
    if (first) {
      const { message } = first;
      this.announcer.alert(message);
      this.draw();
      this.goTo(first.field);
      return;
    }
    this.dispatch({ type: 'starting' });
    this.send(this.host.request('job/start', { options: this.state.options }), (result) => {
      if (result.started) this.dispatch({ type: 'started' });
      else {
        const problems = result.declined ? [] : result.problems;
        this.dispatch({ type: 'notStarted', problems, failure: '' });
      }
    });
  }

  /** Opens what holds the field and moves the focus there. */
  private goTo(name: string): void {
    const control = controlOf(backupFields, name);
    if (isAdvanced(backupFields, name)) {
      const optionsPanel = revealOption(this.state.optionsPanel, advancedItems(this), control);
      this.setView({ advancedOpen: true, optionsPanel });
    }
    // The section that holds the field opens with the drawing that was just asked for.
    setTimeout(() => focusControl(control));
  }

  private jobUpdated(update: JobUpdate): void {
    const before = this.state.job;
    this.dispatch({ type: 'job', update, now: performance.now() });
    // The next backup gets a name of its own.
    if (announceJob(this.announcer, before, update, labelsOf(this.state.connections)))
      this.suggest();
  }

  private problemAction(action: ProblemAction): void {
    if (action === 'retry') {
      this.load(true);
      return;
    }
    const connectionId = this.state.options.connectionId || null;
    this.send(this.host.request('problem/action', { action, connectionId }), () => {
      if (action === 'setPassword' || action === 'chooseToolsFolder') this.load(true);
    });
  }

  private view(): TemplateResult {
    const { state } = this;
    const errors = namedErrors(this.evaluation.problems, backupFields, this.toolFields);
    return formFrame({
      title: l10n.t('Back up a database'),
      state,
      evaluation: this.evaluation,
      connection: this.derived.connection,
      command: this.derived.command,
      header: { label: l10n.t('Connection'), barred: () => null },
      noConnections: l10n.t(
        'There is no connection yet. Add the database that you want to back up.',
      ),
      submitLabel: l10n.t('Create Backup'),
      problems: errors.map(([label, name]) => ({ label, onClick: () => this.goTo(name) })),
      body: html`${scopeView(this)} ${fieldsView(this)} ${clusterView(this)}
      ${isClusterBackup(state.options) ? nothing : objectsView(this)} ${objectExtras(this)}
      ${advancedView(this)}`,
      outputActions: (jobId) =>
        html`${button({
          label: l10n.t('Reveal'),
          onClick: () => this.send(this.host.request('job/reveal', { jobId })),
        })}
        ${button({
          label: l10n.t('Restore…'),
          onClick: () => this.send(this.host.request('job/restore', { jobId })),
        })}`,
      onConnection: (connectionId) => this.change({ connectionId }),
      onTool: (toolDir) => this.change({ toolDir }),
      onView: (patch) => this.setView(patch),
      onRefresh: () => this.load(true),
      onSubmit: () => this.submit(),
      onProblemAction: (action) => this.problemAction(action),
      onCancel: (jobId) => this.send(this.host.request('job/cancel', { jobId })),
      onDismiss: () => this.dispatch({ type: 'dismissJob' }),
      onCopy: (text) => this.host.request('clipboard/copy', { text }),
      onTerminal: (text) => this.host.request('terminal/open', { text }),
    });
  }
}
