import * as l10n from '@vscode/l10n';
import { html, nothing, render, type TemplateResult } from 'lit';
import { changeBackup, evaluateBackup } from '../../src/core/forms/backupForm';
import type { BackupContext } from '../../src/core/forms/context';
import type { FormEvaluation } from '../../src/core/forms/formTypes';
import type { BackupOptions } from '../../src/core/forms/options';
import { backupCommand } from '../../src/core/forms/preview';
import { displayCommand } from '../shared/commandText';
import { formatExtraArgs, parseExtraArgs } from '../shared/extraArgs';
import type { BackupEvents, BackupInit, BackupRequests } from '../../src/protocol/backupApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type { JobUpdate, ProblemAction } from '../../src/protocol/types';
import { Announcer } from '../shared/announcer';
import { connectionHeader } from '../shared/connectionHeader';
import '../shared/elements/pgCommand';
import type { Shell } from '../shared/elements/pgCommand';
import { keepState } from '../shared/host';
import { jobFooter } from '../shared/jobFooter';
import { isOver, viewJob } from '../shared/jobView';
import { keepable, type Kept } from '../shared/kept';
import { Latest } from '../shared/latest';
import { problemBanner } from '../shared/problemBanner';
import { button } from '../shared/ui/button';
import { focusControl, notesFor } from '../shared/ui/field';
import { advancedView } from './advancedView';
import type { BackupView } from './backupView';
import { fieldsView, objectExtras } from './fieldsView';
import { fieldLabel, fieldOrder } from './labels';
import { objectsView } from './objectsView';
import { type BackupAction, type BackupState, followsSuggestion, reduceBackup } from './state';

/** Wait this long after the last change of the connection before the server is asked. */
const SETTLE_MS = 150;

/** The backup page: state in, requests out, the whole picture drawn from the state. */
export class BackupPage implements BackupView {
  state: BackupState;
  evaluation: FormEvaluation<keyof BackupOptions>;

  private readonly announcer = new Announcer();
  private readonly loads = new Latest();
  private readonly suggestions = new Latest();
  private kept: BackupOptions | null;
  private drawing = false;

  constructor(
    private readonly host: RpcClient<BackupRequests, BackupEvents>,
    private readonly root: HTMLElement,
    init: BackupInit,
    kept: Kept<BackupOptions>,
  ) {
    this.state = {
      connections: init.connections,
      options: init.options,
      extraText: formatExtraArgs(init.options.extraArgs),
      extraError: null,
      connection: null,
      loading: false,
      suggestedPath: null,
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
      logOpen: false,
    };
    this.kept = keepable(init.options, null);
    this.evaluation = this.evaluate();
    host.on('job/update', (update) => this.jobUpdated(update));
    host.on('connections/changed', ({ connections }) => {
      this.dispatch({ type: 'connections', connections });
      this.load(false);
    });
    // The elapsed time goes on while the tool is silent.
    setInterval(() => {
      if (this.state.job && !isOver(this.state.job.job.status)) this.draw();
    }, 1000);
    this.draw();
    this.load(false);
    this.suggest();
  }

  change(patch: Partial<BackupOptions>): void {
    const before = this.state.options;
    this.setOptions(changeBackup(before, patch));
    const { connectionId, format } = this.state.options;
    if (connectionId !== before.connectionId) this.load(false);
    if (connectionId !== before.connectionId || format !== before.format) this.suggest();
  }

  setOptions(options: BackupOptions): void {
    this.dispatch({ type: 'options', options });
  }

  setExtraText(text: string): void {
    const parsed = parseExtraArgs(text);
    this.dispatch(
      'args' in parsed
        ? { type: 'extraArgs', text, args: parsed.args, error: null }
        : { type: 'extraArgs', text, args: null, error: parsed.error },
    );
  }

  setView(patch: Partial<Pick<BackupState, 'shell' | 'filter' | 'advancedOpen' | 'logOpen'>>): void {
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

  private dispatch(action: BackupAction): void {
    this.state = reduceBackup(this.state, action);
    this.evaluation = this.evaluate();
    this.kept = keepable(this.state.options, this.kept);
    const { advancedOpen, shell } = this.state;
    keepState({ options: this.kept, advancedOpen, shell } satisfies Kept<BackupOptions>);
    this.draw();
  }

  private context(): BackupContext {
    const { connection, connections, options } = this.state;
    const known = connection?.connectionId === options.connectionId ? connection : null;
    return {
      connection: connections.find(({ id }) => id === options.connectionId) ?? null,
      server: known?.server ?? null,
      catalog: known?.catalog ?? null,
      tool: known?.tool ?? null,
    };
  }

  private evaluate(): FormEvaluation<keyof BackupOptions> {
    const { options, hostProblems, extraError } = this.state;
    const { fields, problems, summary } = evaluateBackup(options, this.context());
    const all = [...problems];
    for (const problem of hostProblems) {
      const known = problem as (typeof problems)[number];
      if (!all.some((p) => p.field === known.field && p.message === known.message)) all.push(known);
    }
    if (extraError !== null) {
      all.push({ field: 'extraArgs', severity: 'error', message: extraError });
    }
    return { fields, problems: all, summary };
  }

  private load(refresh: boolean): void {
    const { connectionId } = this.state.options;
    if (!this.state.connections.some(({ id }) => id === connectionId)) {
      this.loads.cancel();
      return;
    }
    this.dispatch({ type: 'loading' });
    this.loads.ask(
      (signal) => this.host.request('connection/load', { connectionId, refresh }, signal),
      (connection) => this.dispatch({ type: 'loaded', connection }),
      (error) => {
        const problem = { message: error.message, actions: ['retry' as const] };
        const nothing = { server: null, catalog: null, tool: null, connectionArgs: [] };
        this.dispatch({ type: 'loaded', connection: { connectionId, ...nothing, problem } });
      },
      refresh ? 0 : SETTLE_MS,
    );
  }

  private suggest(): void {
    if (!followsSuggestion(this.state)) return;
    const { connectionId, format, outputPath } = this.state.options;
    if (connectionId === '') return;
    this.suggestions.ask(
      (signal) => this.host.request('output/suggest', { connectionId, format }, signal),
      ({ path }) => this.dispatch({ type: 'suggested', path, for: outputPath }),
      (error) => this.dispatch({ type: 'failure', message: error.message }),
    );
  }

  private send<T>(request: Promise<T>, done: (value: T) => void = () => undefined): void {
    request.then(done, (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      this.dispatch({ type: 'failure', message });
      this.announcer.alert(message);
    });
  }

  private submit(): void {
    const first = this.errors()[0];
    if (first) {
      const { message } = first;
      if (['jobs', 'lockWaitTimeout', 'noSync', 'encoding', 'extraArgs'].includes(first.field)) {
        this.setView({ advancedOpen: true });
      }
      this.announcer.alert(message);
      // The section that holds the field opens with the drawing that was just asked for.
      setTimeout(() => focusControl(first.field));
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

  private jobUpdated(update: JobUpdate): void {
    const before = this.state.job;
    this.dispatch({ type: 'job', update, now: performance.now() });
    const view = viewJob(update, 0);
    if (view.kind === 'running') this.announcer.say(view.running.phase);
    if (view.kind !== 'finished') return;
    const wasRunning = before?.job.id !== update.job.id || !isOver(before.job.status);
    if (!wasRunning) return;
    const { title, tone, lines } = view.outcome;
    const text = [title, ...lines].join(' ');
    if (tone === 'failed') this.announcer.alert(text);
    else this.announcer.say(text);
    // The next backup gets a name of its own.
    if (tone === 'done') this.suggest();
  }

  private problemAction(action: ProblemAction): void {
    if (action === 'retry') {
      this.load(true);
      return;
    }
    const connectionId = this.state.options.connectionId || null;
    this.send(this.host.request('problem/action', { action, connectionId }));
  }

  private errors(): { field: keyof BackupOptions; message: string }[] {
    const errors = this.evaluation.problems.filter(({ severity }) => severity === 'error');
    return errors.sort((a, b) => fieldOrder(a.field) - fieldOrder(b.field));
  }

  /** All changes of one turn are drawn once. */
  private draw(): void {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      render(this.view(), this.root);
    });
  }

  private view(): TemplateResult {
    const { state } = this;
    const problem = state.loading ? null : (state.connection?.problem ?? null);
    return html`<h1 class="visually-hidden">${l10n.t('Back up a database')}</h1>
      ${connectionHeader({
        label: l10n.t('Connection'),
        connections: state.connections,
        connectionId: state.options.connectionId,
        state: state.connection?.connectionId === state.options.connectionId ? state.connection : null,
        loading: state.loading,
        notes: notesFor('connectionId', this.evaluation),
        barred: () => null,
        onChange: (connectionId) => this.change({ connectionId }),
        onRefresh: () => this.load(true),
      })}
      <div class="scroll">
        <div class="columns">
          <div class="form">
            ${state.connections.length === 0 ? this.noConnections() : nothing}
            ${problem ? problemBanner(problem, (action) => this.problemAction(action)) : nothing}
            ${fieldsView(this)} ${objectsView(this)} ${objectExtras(this)} ${advancedView(this)}
          </div>
          ${this.aside()}
        </div>
      </div>
      ${this.footer()}`;
  }

  private noConnections(): TemplateResult {
    const message = l10n.t('There is no connection yet. Add the database that you want to back up.');
    return problemBanner({ message, actions: ['addConnection', 'editConnections'] }, (action) =>
      this.problemAction(action),
    );
  }

  private aside(): TemplateResult {
    const { state, evaluation } = this;
    return html`<div class="aside" role="complementary" aria-label=${l10n.t('Summary')}>
      <div class="summary">
        <h2>${l10n.t('Summary')}</h2>
        <ul>
          ${evaluation.summary.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </div>
      <pg-command
        .label=${l10n.t('Command')}
        .shell=${state.shell}
        .text=${(shell: Shell) => this.commandText(shell)}
        .onShell=${(shell: Shell) => this.setView({ shell })}
        .onCopy=${(text: string) => this.host.request('clipboard/copy', { text })}
      ></pg-command>
    </div>`;
  }

  private commandText(shell: Shell): string {
    const { connection, options } = this.state;
    const known = connection?.connectionId === options.connectionId ? connection : null;
    const target = {
      file: known?.tool?.file ?? 'pg_dump',
      connectionArgs: known?.connectionArgs ?? [],
    };
    return displayCommand(backupCommand(options, this.context(), target), shell);
  }

  private footer(): TemplateResult {
    const { state } = this;
    const job = state.jobDismissed ? null : state.job;
    const fields = [...new Set(this.errors().map(({ field }) => field))];
    return jobFooter({
      view: viewJob(job, performance.now() - state.jobAt),
      submit: {
        label: l10n.t('Create Backup'),
        busy: state.starting,
        onClick: () => this.submit(),
      },
      problems: fields.map((field) => ({ field, label: fieldLabel(field) })),
      general: state.failure,
      log: {
        lines: job?.job.output ?? [],
        open: state.logOpen,
        onToggle: () => this.setView({ logOpen: !state.logOpen }),
      },
      onCancel: (jobId) => this.send(this.host.request('job/cancel', { jobId })),
      onAction: (action) => this.problemAction(action),
      onDismiss: () => this.dispatch({ type: 'dismissJob' }),
      outputActions: (jobId) =>
        html`${button({
          label: l10n.t('Reveal'),
          onClick: () => this.send(this.host.request('job/reveal', { jobId })),
        })}
        ${button({
          label: l10n.t('Restore…'),
          onClick: () => this.send(this.host.request('job/restore', { jobId })),
        })}
        ${button({ label: l10n.t('Show Output'), onClick: () => this.problemAction('showOutput') })}`,
    });
  }
}
