import * as l10n from '@vscode/l10n';
import { html } from 'lit';
import { withRoles } from '../../src/core/forms/restore/byScript';
import { isClusterScript } from '../../src/core/forms/restore/clusterRestore';
import { restoreDefaults } from '../../src/core/forms/restore/restoreDefaults';
import {
  chooseRestoreProfile,
  restoreProfile,
  restoreReason,
  withoutUsualJobs,
} from '../../src/core/forms/restore/profiles/restoreProfiles';
import type { RestoreProfile } from '../../src/core/forms/restore/profiles/profileNames';
import { resetForFile, restoreOptionsOf } from '../../src/core/forms/restore/restoreForm';
import {
  beginChoices,
  type Choices,
  choose,
  forget,
  resumeChoices,
} from '../../src/core/forms/form/choices';
import { type ContentsTree, contentsTree } from '../../src/core/forms/selection/contentsTree';
import type { FindingCode, Remedy } from '../../src/core/model/findings/findings';
import type { WayBack } from '../../src/core/text/ways/waysBack';
import type { RememberedRestore, RestoreOptions } from '../../src/core/model/options';
import { restoreFields } from '../../src/core/model/restoreFields';
import type {
  InspectResult,
  RestoreEvents,
  RestoreInit,
  RestoreRequests,
} from '../../src/protocol/restoreApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type { ConnectionState, JobUpdate, ProblemAction } from '../../src/protocol/types';
import { currentConnection } from '../shared/form/pageTools';
import { firstState } from '../shared/form/firstState';
import { FormPage, type FormParts } from '../shared/form/formPage';
import type { FormAction } from '../shared/form/formState';
import type { PersistedState } from '../shared/persistedState';
import { LatestRequest } from '../shared/latestRequest';
import { focusControl } from '../shared/ui/field';
import { memoFields, memoLast } from '../shared/memo';
import type { OptionItem } from '../shared/options/optionItem';
import type { Info } from '../shared/types';
import { advancedItems, advancedView } from './advancedView';
import { behaviourView, profileView } from './behaviourView';
import { clusterView } from './clusterView';
import { contentsRows, contentView, objectsView } from './contentView';
import { deriveState, inputsOf, withExpectation, type RestoreDerivedState } from './derive';
import { infoCard, inputField } from './inputView';
import { PreflightLooks } from './preflightLooks';
import { preflightView, verdictOf } from './preflightView';
import type { RestoreView } from './restoreView';
import { NO_PREFLIGHT, type RestoreAction, type RestoreState, reduceRestore } from './state';
import { proposed, targetView } from './targetView';

/** Wait this long after the last key before the file is read. */
const TYPING_MS = 400;

/** Options that a form is opened with count as chosen; so do those after a reload. */
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

/** The restore page. */
export class RestorePage
  extends FormPage<RestoreOptions, RememberedRestore, RestoreState>
  implements RestoreView
{
  private readonly readings = new LatestRequest();
  private readonly treeOf = memoLast(contentsTree);
  private readonly shownRows = memoLast(contentsRows);
  readonly contentsOf = ({ contents }: Info) => this.treeOf(contents);
  readonly rowsOf = (tree: ContentsTree) =>
    this.shownRows(tree, this.state.filter, this.state.expanded);
  private readonly derive = memoFields(deriveState);
  private readonly expect = memoLast(withExpectation);
  private readonly preflight: PreflightLooks;
  /** A restore has just made the target database. */
  private created = false;
  /** A restore with these options has just gone through. */
  private done = false;
  /** The file that the options were made for. */
  private settledPath: string;
  /** The options are those of an earlier restore, whose file was not read yet. */
  private given: boolean;

  constructor(
    protected override readonly host: RpcClient<RestoreRequests, RestoreEvents>,
    root: HTMLElement,
    init: RestoreInit,
    kept: PersistedState<RestoreOptions>,
  ) {
    const path = init.options.inputPath;
    const state: RestoreState = {
      ...firstState(init, kept, beginning(init, kept)),
      input: { path, reading: false, info: null, problem: null },
      preflight: NO_PREFLIGHT,
      expected: null,
      savedList: null,
      cores: init.cores,
    };
    super(host, root, state, restoreFields);
    this.preflight = new PreflightLooks(host, {
      state: () => this.state,
      show: (preflight) => this.act({ type: 'preflight', preflight }),
      expect: (expected) => this.act({ type: 'expected', expected }),
      say: (text) => this.announcer.say(text),
      isDone: () => this.done,
    });
    this.settledPath = path;
    this.given = !kept.options && (init.explicitFields ?? []).length > 0;
    this.begin();
    this.read(0);
  }

  protected override readonly saveList = (): void => {
    const { options } = this.state;
    this.send(this.host.request('command/saveList', { options }), ({ path }) => {
      if (path !== null) this.act({ type: 'listSaved', savedList: { path, options } });
    });
  };

  get profile(): RestoreProfile {
    return restoreProfile(this.state.options, this.state.choices);
  }

  get profileReason(): string {
    return restoreReason(this.profile, this.state.options, this.derived.context);
  }

  chooseProfile(profile: RestoreProfile): void {
    this.done = false;
    this.hold(chooseRestoreProfile(this.state.choices, profile, this.state.options));
  }

  browse(folder: boolean): void {
    this.send(this.host.request('input/browse', { folder }), ({ path }) => {
      if (path !== null) this.change({ inputPath: path });
    });
  }

  protected override get derived(): RestoreDerivedState {
    const { options, expected } = this.state;
    return this.expect(this.derive(inputsOf(this.state)), options, expected);
  }

  protected override reduce(action: FormAction): RestoreState {
    return reduceRestore(this.state, action);
  }

  protected override choose(patch: Partial<RestoreOptions>, another: boolean): void {
    const before = this.state.options;
    this.done = false;
    let choices = choose(this.state.choices, patch);
    // A database's name is meaningless on another server.
    if (another && !before.createDatabase) choices = forget(choices, { targetDatabase: null });
    // A tool that was chosen for one server may not fit another.
    if (another) choices = forget(choices, { toolDir: null });
    this.hold(choices);
  }

  protected override hold(choices: Choices<RestoreOptions>): void {
    const options = restoreOptionsOf(choices, this.derived.context);
    const same = JSON.stringify(options) === JSON.stringify(this.state.options);
    if (same && choices === this.state.choices) return;
    this.act({ type: 'options', choices, options });
    if (!same) this.preflight.look();
  }

  protected override followOptions(before: RestoreOptions): void {
    if (this.state.options.inputPath !== before.inputPath) this.read(TYPING_MS);
    super.followOptions(before);
  }

  lookAgain(): void {
    this.preflight.look(0);
  }

  showReport(code: FindingCode | null): void {
    this.send(this.host.request('preflight/show', { code }));
  }

  remedy(code: FindingCode, remedy: Remedy): void {
    if (remedy.short !== true) {
      this.take(remedy);
      return;
    }
    this.send(this.host.request('preflight/remedy', { code, id: remedy.id }), (whole) => {
      if (whole !== null) this.take(whole);
    });
  }

  protected override take(remedy: Remedy): void {
    switch (remedy.kind) {
      case 'set':
        this.change(remedy.options);
        break;
      case 'setBackup':
        break;
      case 'place':
      case 'copy':
        super.take(remedy);
        break;
      case 'mapRoles': {
        const user = currentConnection(this.state)?.server?.user;
        if (user === undefined) break;
        const { mapRoles } = this.state.options;
        this.change({ mapRoles: withRoles(mapRoles, remedy.names, user) });
        setTimeout(() => focusControl('mapRoles'));
        break;
      }
      case 'newDatabase':
        this.change({ createDatabase: true, targetDatabase: proposed(this) });
        setTimeout(() => focusControl('targetDatabase'));
        break;
      case 'leaveOut': {
        const { options } = this.state;
        const { dumpIds } = remedy;
        this.send(this.host.request('preflight/without', { options, dumpIds }), (left) => {
          // Nothing would be left, as the host says: no entries means all of them here.
          if (left.dumpIds === null) return;
          this.change({ dumpIds: left.dumpIds, schemas: null, tables: null });
        });
        break;
      }
      case 'step': {
        const { connectionId, targetDatabase, createDatabase } = this.state.options;
        const { step } = remedy;
        // Roles belong to the server, and the database may not be there yet.
        const database = createDatabase ? null : targetDatabase;
        this.send(
          this.host.request('preflight/take', { connectionId, database, step }),
          (taken) => {
            if (taken.done) this.preflight.look(0);
          },
        );
      }
    }
  }

  /** Restores what the job has not brought, with the remedies that were chosen since. */
  protected override takeWay(jobId: string, way: WayBack): void {
    if (way !== 'restoreRest') {
      super.takeWay(jobId, way);
      return;
    }
    const { options } = this.state;
    this.send(this.host.request('job/rest', { jobId, options }), (rest) => {
      if (rest.options === null) return;
      this.change(rest.options);
      this.submit();
    });
  }

  protected override connectionQuestion(
    refresh: boolean,
  ): (signal: AbortSignal) => Promise<ConnectionState> {
    const { connectionId, inputPath, toolDir } = this.state.options;
    const question = { connectionId, inputPath, refresh, toolDir };
    return (signal) => this.host.request('connection/load', question, signal);
  }

  protected override connected(connection: ConnectionState): void {
    const before = proposed(this);
    super.connected(connection);
    this.useCreated(connection);
    this.proposeAnew(before);
    this.hold(this.state.choices);
    this.preflight.look();
  }

  protected override jobEnded({ job }: JobUpdate): void {
    const through = job.status === 'completed' || job.status === 'completedWithErrors';
    this.created = through && this.state.options.createDatabase;
    // To do it once more would fail at what is there now: beside the result that reads as if it had.
    this.done = job.status === 'completed';
    // The job has changed the databases and objects of the server.
    this.load(true);
  }

  protected override advancedItems(): OptionItem[] {
    return advancedItems(this);
  }

  protected override parts(): FormParts {
    return {
      title: l10n.t('Restore a backup'),
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
      verdict: verdictOf(this.state),
      body: html`${infoCard(this)}
      ${
        isClusterScript(this.state.input.info)
          ? clusterView(this)
          : html`${targetView(this)} ${profileView(this)} ${preflightView(this)}
            ${contentView(this)} ${objectsView(this)} ${behaviourView(this)}`
      }
      ${advancedView(this)}`,
    };
  }

  override problemAction(action: ProblemAction): void {
    if (action === 'retry' && this.state.input.problem) this.read(0);
    else super.problemAction(action);
  }

  private act(action: RestoreAction): void {
    this.show(reduceRestore(this.state, action));
  }

  /** Reads what is in the file; then the tool that fits it is chosen. */
  private read(delayMs: number): void {
    const path = this.state.options.inputPath;
    this.act({ type: 'reading', path });
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
    const before = proposed(this);
    this.act({ type: 'read', path, result });
    if (!result.info) return;
    const another = path !== this.settledPath;
    this.settledPath = path;
    const { choices, options } = this.state;
    const settled = this.given ? withoutUsualJobs(choices, options, this.derived.context) : choices;
    this.given = false;
    this.hold(another ? resetForFile(settled) : settled);
    this.proposeAnew(before);
    // Which tool restores depends on the file.
    this.load(false);
  }

  /** The database exists now, so the form stops asking to create it. */
  private useCreated({ server }: ConnectionState): void {
    const { options } = this.state;
    const there = server?.databases.includes(options.targetDatabase ?? '') === true;
    if (!this.created || !there || !options.createDatabase) return;
    this.created = false;
    this.hold(choose(this.state.choices, { createDatabase: false }));
  }

  /** A proposed name follows what becomes known of the file and of the server. */
  private proposeAnew(before: string | null): void {
    const { createDatabase, targetDatabase } = this.state.options;
    const name = proposed(this);
    if (!createDatabase || targetDatabase !== before || name === before) return;
    this.hold(choose(this.state.choices, { targetDatabase: name }));
  }
}
