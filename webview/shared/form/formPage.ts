import * as l10n from '@vscode/l10n';
import { render } from 'lit';
import { messageOf } from '../../../src/core/errors';
import { controlOf, isAdvanced, toolOptionName } from '../../../src/core/forms/fields/fieldText';
import {
  chosenFields,
  type Choices,
  withNewBase,
  chosenOptions,
} from '../../../src/core/forms/form/choices';
import type { FormEvaluation } from '../../../src/core/forms/form/formTypes';
import {
  changeToolOption,
  type ToolOptionField,
} from '../../../src/core/forms/toolOptions/toolOptions';
import type { FieldTable } from '../../../src/core/model/optionFields';
import type { Remedy } from '../../../src/core/model/findings/findings';
import type { OptionValue } from '../../../src/core/model/options';
import type { WayBack } from '../../../src/core/text/ways/waysBack';
import type { FormEvents, FormRequests } from '../../../src/protocol/formApi';
import type { RpcClient } from '../../../src/protocol/rpc';
import type {
  ConnectionState,
  ConnectionSummary,
  JobUpdate,
  ProblemAction,
  ProblemReport,
} from '../../../src/protocol/types';
import { Announcer } from '../announcer';
import { readExtraArgs } from '../extraArgs';
import { saveState } from '../host';
import { toPersistable, type PersistedState } from '../persistedState';
import { LatestRequest } from '../latestRequest';
import { memoFields } from '../memo';
import type { OptionItem } from '../options/optionItem';
import { revealOption } from '../options/optionsPanel';
import { focusControl } from '../ui/field';
import { beforeAnything, formFrame, type FrameProps } from './formFrame';
import type { FormAction, FormDerived, FormOptions, FormState, FormViewPatch } from './formState';
import type { FormView } from './formView';
import { goToPlace } from './goToPlace';
import { isOver } from './jobView';
import { focusBanner } from './problemBanner';
import {
  announceJob,
  labelsOf,
  namedErrors,
  oncePerTurn,
  sortedErrors,
  unanswered,
} from './pageTools';

/** After these the server is asked again: they may have mended what was wrong. */
const REMEDIES: ReadonlySet<ProblemAction> = new Set([
  'setPassword',
  'chooseToolsFolder',
  'chooseContainer',
]);
/** Wait this long after the last change of the connection before the server is asked. */
const SETTLE_MS = 150;
/** Milliseconds. Elapsed times are drawn again even if the tool writes nothing. */
const CLOCK_MS = 1000;

/** The host's end of what every form asks. `M`: what is remembered of the options. */
export type FormHost<O, M> = Pick<RpcClient<FormRequests<O, M>, FormEvents>, 'request' | 'on'>;

/** Content of one form's frame. */
export type FormParts = Pick<
  FrameProps,
  'title' | 'header' | 'noConnections' | 'submitLabel' | 'verdict' | 'body' | 'outputActions'
>;

/** The part of a page's state that is kept over a reload. */
type KeptState<O> = Omit<PersistedState<O>, 'options' | 'explicitFields'> & {
  choices: Choices<O>;
  outputPath: string | null;
};

/**
 * Base of the form pages. It draws the page from its state and sends requests to the host. A form adds
 * its fields, and the rules that follow from them.
 */
export abstract class FormPage<
  O extends FormOptions,
  M extends Partial<O>,
  S extends FormState<O>,
> implements FormView<O, S> {
  protected readonly announcer = new Announcer();
  /** Has the user pressed the main button? */
  private asked = false;
  private readonly loads = new LatestRequest();
  private keptOptions: O | null = null;
  private readonly draw = oncePerTurn(() => render(this.view(), this.root));
  private readonly keep = memoFields((kept: KeptState<O>) => {
    const { choices, outputPath, ...rest } = kept;
    const path = outputPath === null ? {} : { outputPath };
    this.keptOptions = toPersistable({ ...chosenOptions(choices), ...path }, this.keptOptions);
    const persisted: PersistedState<O> = {
      ...rest,
      options: this.keptOptions,
      explicitFields: chosenFields(choices).map(String),
    };
    saveState(persisted);
  });

  protected constructor(
    protected readonly host: FormHost<O, M>,
    private readonly root: HTMLElement,
    public state: S,
    private readonly table: FieldTable,
  ) {}

  /** Only for forms whose command reads a list file. */
  protected readonly saveList: (() => void) | undefined;

  /** Derived values. */
  protected abstract get derived(): FormDerived;
  protected abstract reduce(action: FormAction): S;
  /** Applies a choice; a change of connection (`another`) removes some of the earlier choices. */
  protected abstract choose(patch: Partial<O>, another: boolean): void;
  /** Derives the options from these choices and from what is known so far. */
  protected abstract hold(choices: Choices<O>): void;
  /** Request about the connection, with the present options. */
  protected abstract connectionQuestion(
    refresh: boolean,
  ): (signal: AbortSignal) => Promise<ConnectionState>;
  /** The job has ended with this update. */
  protected abstract jobEnded(update: JobUpdate): void;
  protected abstract advancedItems(): OptionItem[];
  protected abstract parts(): FormParts;

  /** Draws the page and sends the first requests. Called once, at the end of the constructor. */
  protected begin(): void {
    this.host.on('job/update', (update) => this.jobUpdated(update));
    this.host.on('connections/changed', ({ connections }) => this.connectionsChanged(connections));
    setInterval(() => {
      if (this.state.job && !isOver(this.state.job.job.status)) this.draw();
    }, CLOCK_MS);
    this.root.addEventListener('keydown', (event) => this.key(event));
    this.draw();
    this.load(false);
  }

  /** Display text. */
  get evaluation(): FormEvaluation<string> {
    const { evaluation } = this.derived;
    const begun = this.asked || this.state.connections.length > 0;
    return begun ? evaluation : beforeAnything(evaluation);
  }

  get toolFields(): readonly ToolOptionField[] {
    return this.derived.toolFields;
  }

  change(patch: Partial<O>): void {
    const before = this.state.options;
    const { connectionId } = patch;
    const another = connectionId !== undefined && connectionId !== before.connectionId;
    this.choose(patch, another);
    this.followOptions(before);
    if (another) this.recall(this.state.options.connectionId);
  }

  setExtraText(text: string): void {
    this.dispatch({ type: 'extraArgs', text, ...readExtraArgs(text) });
  }

  setToolOption(id: string, value: OptionValue | null): void {
    const { toolOptions } = changeToolOption(this.state.options, id, value);
    this.changeCommon({ toolOptions });
  }

  browseOption(id: string, direction: 'in' | 'out', current: string): void {
    this.send(this.host.request('file/browse', { direction, current }), ({ path }) => {
      if (path === null) return;
      this.setToolOption(id, path);
      focusControl(toolOptionName(id), 'nearest');
    });
  }

  setView(patch: FormViewPatch): void {
    this.dispatch({ type: 'view', patch });
  }

  expand(id: string, expanded: boolean): void {
    this.dispatch({ type: 'expand', id, expanded });
  }

  problemAction(action: ProblemAction): void {
    if (action === 'retry') {
      this.load(true);
      return;
    }
    const connectionId = this.state.options.connectionId || null;
    this.send(this.host.request('problem/action', { action, connectionId }), () => {
      if (REMEDIES.has(action)) this.load(true);
    });
  }

  /** Takes those remedies that are the same on every form. */
  protected take(remedy: Remedy): void {
    if (remedy.kind === 'place') {
      goToPlace(remedy.id, {
        problemAction: (action) => this.problemAction(action),
        setView: (patch) => this.setView(patch),
        focus: focusControl,
      });
    }
    if (remedy.kind === 'copy') {
      this.send(this.host.request('clipboard/copy', { text: remedy.text }));
    }
  }

  protected dispatch(action: FormAction): void {
    this.show(this.reduce(action));
  }

  /** The state from now on. */
  protected show(state: S): void {
    this.state = state;
    const { choices, advancedOpen, shell, job, jobDismissed } = state;
    const jobId = jobDismissed ? null : (job?.job.id ?? null);
    this.keep({ choices, advancedOpen, shell, jobId, ...this.proposal() });
    this.draw();
  }

  /** The path of a form that writes a file, and the one that was proposed for it. */
  protected proposal(): { outputPath: string | null; suggestedPath: string | null } {
    return { outputPath: null, suggestedPath: null };
  }

  /** Requests the data again that depend on the connection or the tool, if these changed. */
  protected followOptions(before: O): void {
    const elsewhere = this.isElsewhere(before);
    if (elsewhere) this.setView({ toolsOpen: false });
    if (!elsewhere && this.state.options.toolDir === before.toolDir) return;
    // A failure belongs to the earlier connection or tool.
    if (this.state.job?.job.status === 'failed') this.dispatch({ type: 'dismissJob' });
    this.load(false);
  }

  protected isElsewhere(before: O): boolean {
    return this.state.options.connectionId !== before.connectionId;
  }

  protected load(refresh: boolean): void {
    const { connectionId } = this.state.options;
    if (!this.state.connections.some(({ id }) => id === connectionId)) {
      this.loads.cancel();
      return;
    }
    this.dispatch({ type: 'loading' });
    this.loads.ask(
      this.connectionQuestion(refresh),
      (connection) => this.connected(connection),
      (error) => this.dispatch({ type: 'loaded', connection: unanswered(connectionId, error) }),
      refresh ? 0 : SETTLE_MS,
    );
  }

  protected connected(connection: ConnectionState): void {
    this.dispatch({ type: 'loaded', connection });
  }

  protected send<T>(request: Promise<T>, done: (value: T) => void = () => undefined): void {
    request.then(done, (error: unknown) => {
      const message = messageOf(error);
      this.dispatch({ type: 'failure', message });
      this.announcer.alert(message);
    });
  }

  /** Options that every form has. */
  private changeCommon(patch: Partial<FormOptions>): void {
    this.change(patch as Partial<O>);
  }

  /** Restores the remembered options of this connection. */
  private recall(connectionId: string): void {
    this.send(this.host.request('options/remembered', { connectionId }), ({ options }) => {
      if (options === null || this.state.options.connectionId !== connectionId) return;
      const before = this.state.options;
      this.hold(withNewBase<O>(this.state.choices, options));
      this.followOptions(before);
    });
  }

  private connectionsChanged(connections: readonly ConnectionSummary[]): void {
    this.dispatch({ type: 'connections', connections });
    const { barred } = this.parts().header;
    const first = connections.find((each) => each.unused !== true && barred(each) === null);
    // A form without a connection takes the first one that is added.
    if (this.state.options.connectionId === '' && first) {
      this.changeCommon({ connectionId: first.id });
    } else this.load(false);
  }

  /** A problem with the connection or the tool; the banner shows it. */
  private get obstacle(): ProblemReport | null {
    return this.derived.connection?.problem ?? null;
  }

  /** Ctrl+Enter in any field presses the main button. */
  private key(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    const { job } = this.state;
    if (job && !isOver(job.job.status)) return;
    event.preventDefault();
    this.submit();
  }

  protected takeWay(jobId: string, way: WayBack): void {
    this.send(this.host.request('job/wayBack', { jobId, way }));
  }

  protected submit(): void {
    if (this.state.starting) return;
    this.asked = true;
    const first = sortedErrors(this.derived.evaluation.problems, this.table)[0];
    if (first) {
      this.announcer.alert(first.message);
      this.draw();
      this.goTo(first.field);
      return;
    }
    const { obstacle } = this;
    if (obstacle !== null) {
      this.announcer.alert(obstacle.message);
      focusBanner();
      // The problem may be solved meanwhile.
      this.load(true);
      return;
    }
    this.dispatch({ type: 'starting' });
    this.send(this.host.request('job/start', { options: this.state.options }), (result) => {
      if (result.started) this.dispatch({ type: 'started' });
      else this.dispatch({ type: 'notStarted', problems: result.declined ? [] : result.problems });
    });
  }

  /** Opens the section of a field and moves the focus to the field. */
  private goTo(name: string): void {
    const control = controlOf(this.table, name);
    if (isAdvanced(this.table, name)) {
      const optionsPanel = revealOption(this.state.optionsPanel, this.advancedItems(), control);
      this.setView({ advancedOpen: true, optionsPanel });
    }
    // The section opens only when the page is drawn again.
    setTimeout(() => focusControl(control));
  }

  private jobUpdated(update: JobUpdate): void {
    const before = this.state.job;
    this.dispatch({ type: 'job', update, now: performance.now() });
    const ended = announceJob(this.announcer, before, update, labelsOf(this.state.connections));
    if (ended) this.jobEnded(update);
  }

  private view(): ReturnType<typeof formFrame> {
    const { evaluation, state, derived, host } = this;
    const errors = namedErrors(evaluation.problems, this.table, this.toolFields);
    return formFrame({
      onRemedy: (remedy) => this.take(remedy),
      ...this.parts(),
      state,
      evaluation,
      connection: derived.connection,
      command: derived.command,
      problems: [
        ...(this.obstacle === null ? [] : [obstacleProblem(derived.connection)]),
        ...errors.map(([label, name]) => ({ label, onClick: () => this.goTo(name) })),
      ],
      onConnection: (connectionId) => this.changeCommon({ connectionId }),
      onTool: (toolDir) => this.changeCommon({ toolDir }),
      onView: (patch) => this.setView(patch),
      onRefresh: () => this.load(true),
      onSubmit: () => this.submit(),
      onProblemAction: (action) => this.problemAction(action),
      onCancel: (jobId) => this.send(host.request('job/cancel', { jobId })),
      onWay: (jobId, way) => this.takeWay(jobId, way),
      onDismiss: () => this.dispatch({ type: 'dismissJob' }),
      onCopy: (text) => host.request('clipboard/copy', { text }),
      onTerminal: (text) => host.request('terminal/open', { text }),
      onSaveList: this.saveList,
    });
  }
}

/** The problem of the connection or tool, listed at the button beside those of fields. */
function obstacleProblem(connection: ConnectionState | null): FrameProps['problems'][number] {
  // If the server has answered, only the tool is missing.
  const label = connection?.server ? l10n.t('Tool') : l10n.t('Connection');
  return { label, onClick: focusBanner };
}
