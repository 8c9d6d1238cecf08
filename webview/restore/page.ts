import * as l10n from '@vscode/l10n';
import { html, render, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors';
import { isClusterScript } from '../../src/core/forms/restore/clusterRestore';
import { controlOf, isAdvanced, toolOptionName } from '../../src/core/forms/fields/fieldText';
import { restoreFields } from '../../src/core/model/restoreFields';
import {
  beginChoices,
  choose,
  chosenFields,
  type Choices,
  forget,
  withNewBase,
  resumeChoices,
  chosenOptions,
} from '../../src/core/forms/form/choices';
import type { FormEvaluation } from '../../src/core/forms/form/formTypes';
import type { OptionValue, RestoreOptions } from '../../src/core/model/options';
import {
  resetForFile,
  restoreDefaults,
  restoreOptionsOf,
} from '../../src/core/forms/restore/restoreForm';
import {
  changeToolOption,
  type ToolOptionField,
} from '../../src/core/forms/toolOptions/toolOptions';
import type {
  InspectResult,
  RestoreEvents,
  RestoreInit,
  RestoreRequests,
} from '../../src/protocol/restoreApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type {
  ConnectionState,
  ConnectionSummary,
  JobUpdate,
  ProblemAction,
} from '../../src/protocol/types';
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
import { closedOptions, revealOption } from '../shared/options/optionsPanel';
import { focusControl } from '../shared/ui/field';
import { advancedItems, advancedView } from './advancedView';
import { behaviourView } from './behaviourView';
import { clusterView } from './clusterView';
import { contentsRows, contentView, objectsView } from './contentView';
import { infoCard, inputField } from './inputView';
import { deriveState, type RestoreDerivedState } from './derive';
import { type ContentsTree, contentsTree } from '../../src/core/forms/selection/contentsTree';
import type { Info } from '../shared/types';
import type { RestoreView } from './restoreView';
import {
  type RestoreAction,
  type RestoreState,
  type RestoreViewPatch,
  reduceRestore,
} from './state';
import { targetView } from './targetView';

/** Wait this long after the last key before the file is read. */
const TYPING_MS = 400;
const SETTLE_MS = 150;

/** A form that is opened with somebody's options holds them as chosen; so does one after a reload. */
function beginning(
  init: RestoreInit,
  kept: PersistedState<RestoreOptions>,
): Choices<RestoreOptions> {
  const { options } = init;
  const isField = (name: string): name is keyof RestoreOptions => name in options;
  if (kept.options)
    return resumeChoices(options, kept.explicitFields.filter(isField), restoreDefaults());
  if ((init.explicitFields ?? []).length === 0) return beginChoices(options);
  return choose(beginChoices({ ...options, ...restoreDefaults() }), options);
}

/** The restore page: state in, requests out, the whole picture drawn from the state. */
export class RestorePage implements RestoreView {
  state: RestoreState;

  private readonly announcer = new Announcer();
  /** The user wanted it to be started. */
  private asked = false;
  private readonly loads = new LatestRequest();
  private readonly readings = new LatestRequest();
  private readonly draw = oncePerTurn(() => render(this.view(), this.root));
  private persisted: RestoreOptions | null = null;
  private readonly treeOf = memoLast(contentsTree);
  private readonly shownRows = memoLast(contentsRows);
  readonly contentsOf = ({ contents }: Info) => this.treeOf(contents);
  readonly rowsOf = (tree: ContentsTree) =>
    this.shownRows(tree, this.state.filter, this.state.expanded);
  private readonly derive = memoFields(deriveState);
  private readonly persist = memoLast(
    (choices: RestoreState['choices'], advancedOpen: boolean, shell: RestoreState['shell']) => {
      this.persisted = toPersistable(chosenOptions(choices), this.persisted);
      const kept: PersistedState<RestoreOptions> = {
        options: this.persisted,
        explicitFields: chosenFields(choices),
        advancedOpen,
        shell,
        suggestedPath: null,
      };
      saveState(kept);
    },
  );
  /** A restore has just made the target database. */
  private created = false;
  /** The file that the options were made for. */
  private settledPath: string;

  constructor(
    private readonly host: RpcClient<RestoreRequests, RestoreEvents>,
    private readonly root: HTMLElement,
    init: RestoreInit,
    kept: PersistedState<RestoreOptions>,
  ) {
    this.state = {
      connections: init.connections,
      choices: beginning(init, kept),
      options: init.options,
      extraText: formatArgumentText(init.options.extraArgs),
      extraError: null,
      input: { path: init.options.inputPath, reading: false, info: null, problem: null },
      connection: null,
      loading: false,
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
    this.settledPath = init.options.inputPath;
    host.on('job/update', (update) => this.jobUpdated(update));
    host.on('connections/changed', ({ connections }) => this.connectionsChanged(connections));
    host.on('input/changed', ({ path }) => this.change({ inputPath: path }));
    // The elapsed time goes on while the tool is silent.
    setInterval(() => {
      if (this.state.job && !isOver(this.state.job.job.status)) this.draw();
    }, 1000);
    this.draw();
    this.read(0);
    this.load(false);
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

  change(patch: Partial<RestoreOptions>): void {
    const before = this.state.options;
    const another = patch.connectionId !== undefined && patch.connectionId !== before.connectionId;
    let choices = choose(this.state.choices, patch);
    // A database's name means nothing on another server.
    if (another && !before.createDatabase) choices = forget(choices, { targetDatabase: null });
    // The tool that was chosen for one server may not do for another.
    if (another) choices = forget(choices, { toolDir: null });
    this.hold(choices);
    const { options } = this.state;
    if (options.inputPath !== before.inputPath) this.read(TYPING_MS);
    if (another) {
      this.setView({ toolsOpen: false });
      this.recall(options.connectionId);
    }
    if (another || options.toolDir !== before.toolDir) this.load(false);
  }

  /** What the last restore by this connection was told comes back. */
  private recall(connectionId: string): void {
    this.send(this.host.request('options/remembered', { connectionId }), ({ options }) => {
      if (options === null || this.state.options.connectionId !== connectionId) return;
      this.hold(withNewBase(this.state.choices, options));
      this.load(false);
    });
  }

  setExtraText(text: string): void {
    this.dispatch({ type: 'extraArgs', text, ...readExtraArgs(text) });
  }

  setToolOption(id: string, value: OptionValue | null): void {
    this.change({ toolOptions: changeToolOption(this.state.options, id, value).toolOptions });
  }

  browseOption(id: string, direction: 'in' | 'out', current: string): void {
    this.send(this.host.request('file/browse', { direction, current }), ({ path }) => {
      if (path === null) return;
      this.setToolOption(id, path);
      focusControl(toolOptionName(id), 'nearest');
    });
  }

  setView(patch: RestoreViewPatch): void {
    this.dispatch({ type: 'view', patch });
  }

  expand(id: string, expanded: boolean): void {
    this.dispatch({ type: 'expand', id, expanded });
  }

  browse(folder: boolean): void {
    this.send(this.host.request('input/browse', { folder }), ({ path }) => {
      if (path !== null) this.change({ inputPath: path });
    });
  }

  private get derived(): RestoreDerivedState {
    const { options, connections, connection, input, hostProblems, extraError } = this.state;
    return this.derive({ options, connections, connection, input, hostProblems, extraError });
  }

  private dispatch(action: RestoreAction): void {
    this.state = reduceRestore(this.state, action);
    const { choices, advancedOpen, shell } = this.state;
    this.persist(choices, advancedOpen, shell);
    this.draw();
  }

  /** Reads what is in the file; then the tool that fits it is chosen. */
  private read(delayMs: number): void {
    const path = this.state.options.inputPath;
    this.dispatch({ type: 'reading', path });
    this.readings.cancel();
    if (path === '') return;
    this.readings.ask(
      (signal) => this.host.request('input/inspect', { path }, signal),
      (result) => this.wasRead(path, result),
      (error) =>
        this.wasRead(path, { info: null, problem: { message: error.message, actions: [] } }),
      delayMs,
    );
  }

  private wasRead(path: string, result: InspectResult): void {
    this.dispatch({ type: 'read', path, result });
    if (!result.info) return;
    const another = path !== this.settledPath;
    this.settledPath = path;
    this.hold(another ? resetForFile(this.state.choices) : this.state.choices);
    // Which tool restores depends on the file.
    this.load(false);
  }

  /** Makes the options from these choices and from what is known by now. */
  private hold(choices: RestoreState['choices']): void {
    const options = restoreOptionsOf(choices, this.derived.context);
    const same = JSON.stringify(options) === JSON.stringify(this.state.options);
    if (same && choices === this.state.choices) return;
    this.dispatch({ type: 'options', choices, options });
  }

  private load(refresh: boolean): void {
    const { connectionId, inputPath, toolDir } = this.state.options;
    if (!this.state.connections.some(({ id }) => id === connectionId)) {
      this.loads.cancel();
      return;
    }
    this.dispatch({ type: 'loading' });
    this.loads.ask(
      (signal) =>
        this.host.request('connection/load', { connectionId, inputPath, refresh, toolDir }, signal),
      (connection) => {
        this.dispatch({ type: 'loaded', connection });
        this.useCreated(connection);
        this.hold(this.state.choices);
      },
      (error) => this.dispatch({ type: 'loaded', connection: unanswered(connectionId, error) }),
      refresh ? 0 : SETTLE_MS,
    );
  }

  private connectionsChanged(connections: readonly ConnectionSummary[]): void {
    this.dispatch({ type: 'connections', connections });
    const first = this.state.connections.find(
      ({ readOnly, unused }) => !readOnly && unused !== true,
    );
    // The first connection that is added is the one that is meant.
    if (this.state.options.connectionId === '' && first) this.change({ connectionId: first.id });
    else this.load(false);
  }

  /** The new database is there now: to create it again would be the form's next error. */
  private useCreated({ server }: ConnectionState): void {
    const { options } = this.state;
    const there = server?.databases.includes(options.targetDatabase ?? '') === true;
    if (!this.created || !there || !options.createDatabase) return;
    this.created = false;
    this.hold(choose(this.state.choices, { createDatabase: false }));
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
    const first = sortedErrors(this.derived.evaluation.problems, restoreFields)[0];
    if (first) {
      this.announcer.alert(first.message);
      this.draw();
      this.goTo(first.field);
      return;
    }
    this.dispatch({ type: 'starting' });
    this.send(this.host.request('job/start', { options: this.state.options }), (result) => {
      if (result.started) this.dispatch({ type: 'started' });
      else this.dispatch({ type: 'notStarted', problems: result.declined ? [] : result.problems });
    });
  }

  /** Opens what holds the field and moves the focus there. */
  private goTo(name: string): void {
    const control = controlOf(restoreFields, name);
    if (isAdvanced(restoreFields, name)) {
      const optionsPanel = revealOption(this.state.optionsPanel, advancedItems(this), control);
      this.setView({ advancedOpen: true, optionsPanel });
    }
    // The section that holds the field opens with the drawing that was just asked for.
    setTimeout(() => focusControl(control));
  }

  private jobUpdated(update: JobUpdate): void {
    const before = this.state.job;
    this.dispatch({ type: 'job', update, now: performance.now() });
    if (!announceJob(this.announcer, before, update, labelsOf(this.state.connections))) return;
    const through = ['completed', 'completedWithErrors'].includes(update.job.status);
    this.created = through && this.state.options.createDatabase;
    // The databases and objects of the server are others now.
    this.load(true);
  }

  problemAction(action: ProblemAction): void {
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
    const errors = namedErrors(this.evaluation.problems, restoreFields, this.toolFields);
    return formFrame({
      title: l10n.t('Restore a backup'),
      state,
      evaluation: this.evaluation,
      connection: this.derived.connection,
      command: this.derived.command,
      header: {
        label: l10n.t('into'),
        name: l10n.t('Restore into connection'),
        before: inputField(this),
        barred: ({ readOnly }) =>
          readOnly ? l10n.t('read-only: nothing is restored into it') : null,
      },
      noConnections: l10n.t(
        'There is no connection yet. Add the server that you want to restore to.',
      ),
      submitLabel: l10n.t('Restore'),
      problems: errors.map(([label, name]) => ({ label, onClick: () => this.goTo(name) })),
      body: html`${infoCard(this)}
      ${
        isClusterScript(state.input.info)
          ? clusterView(this)
          : html`${targetView(this)} ${contentView(this)} ${objectsView(this)}
            ${behaviourView(this)}`
      }
      ${advancedView(this)}`,
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
