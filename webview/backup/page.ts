import * as l10n from '@vscode/l10n';
import { html, nothing } from 'lit';
import { backupDefaults } from '../../src/core/forms/backup/backupDefaults';
import { backupOptionsOf } from '../../src/core/forms/backup/backupForm';
import {
  type BackupProfile,
  factsFor,
  isOnThisMachine,
  keptFromProfile,
  leavesProfile,
  profileSettings,
  type ProfileFacts,
} from '../../src/core/forms/backup/backupProfiles';
import {
  beginChoices,
  type Choices,
  choose,
  forget,
  resumeChoices,
} from '../../src/core/forms/form/choices';
import { wholeDatabase } from '../../src/core/forms/selection/wholeDatabase';
import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import { readSelection, type Selection } from '../../src/core/forms/selection/selection';
import { backupFields } from '../../src/core/model/backupFields';
import type { Remedy } from '../../src/core/model/findings/findings';
import {
  isClusterBackup,
  type BackupOptions,
  type RememberedBackup,
} from '../../src/core/model/options';
import type { BackupEvents, BackupInit, BackupRequests } from '../../src/protocol/backupApi';
import type { RpcClient } from '../../src/protocol/rpc';
import type { ConnectionState } from '../../src/protocol/types';
import { firstState } from '../shared/form/firstState';
import { FormPage, type FormParts } from '../shared/form/formPage';
import type { FormAction } from '../shared/form/formState';
import type { PersistedState } from '../shared/persistedState';
import { LatestRequest } from '../shared/latestRequest';
import { currentConnection } from '../shared/form/pageTools';
import { memoFields, memoLast } from '../shared/memo';
import type { OptionItem } from '../shared/options/optionItem';
import type { ShownRows } from '../shared/tree/rows';
import { button } from '../shared/ui/button';
import { advancedItems, advancedView } from './advancedView';
import type { BackupView } from './backupView';
import { type BackupDerivedState, deriveState, inputsOf } from './derive';
import { fieldsView, objectExtras } from './fieldsView';
import { objectRows, objectsView } from './objectsView';
import { clusterView, databaseView, scopeView } from './scopeView';
import { type BackupAction, type BackupState, followsSuggestion, reduceBackup } from './state';

/** A selection in one database is meaningless in another, and so are choices on another server. */
function afresh(): Partial<BackupOptions> {
  return { ...wholeDatabase(), database: null, excludeDatabases: [], toolDir: null };
}

/** Persisted options count as chosen. */
function beginning(
  { options }: BackupInit,
  kept: PersistedState<BackupOptions>,
): BackupState['choices'] {
  if (!kept.options) return beginChoices(options);
  const isField = (name: string): name is keyof BackupOptions => name in options;
  return resumeChoices(options, kept.explicitFields.filter(isField), backupDefaults());
}

/** The host's path is a proposal, unless the user's own path was persisted. */
function proposedPath(init: BackupInit, kept: PersistedState<BackupOptions>): string | null {
  if (kept.options) return kept.suggestedPath;
  return init.typedPath === true ? null : init.options.outputPath;
}

/** Looks at every table: asked again only when one of these has changed. */
function profileReason({
  profile,
  ...facts
}: ProfileFacts & { profile: BackupProfile }): string | null {
  return facts.tool === null ? null : (profileSettings(profile, facts)?.reason ?? null);
}

/** Milliseconds until a path that is being typed is looked at. */
const SETTLE_MS = 300;

/** The folder of the output, as far as a page tells: its path to the last separator. */
const folderOf = ({ outputPath }: BackupOptions): string => outputPath.replace(/[^/\\]*$/, '');

/** The backup page. */
export class BackupPage
  extends FormPage<BackupOptions, RememberedBackup, BackupState>
  implements BackupView
{
  private readonly suggestions = new LatestRequest();
  private readonly estimates = new LatestRequest();
  private readonly places = new LatestRequest();
  private readonly rows = memoLast(objectRows);
  private readonly reason = memoFields(profileReason);
  private readonly derive = memoFields(deriveState);
  private readonly cores: number;

  constructor(
    protected override readonly host: RpcClient<BackupRequests, BackupEvents>,
    root: HTMLElement,
    init: BackupInit,
    kept: PersistedState<BackupOptions>,
  ) {
    const state: BackupState = {
      ...firstState(init, kept, beginning(init, kept)),
      selection: readSelection(init.options),
      selectionBefore: null,
      objects: null,
      suggestedPath: proposedPath(init, kept),
      estimateFacts: null,
      place: null,
    };
    super(host, root, state, backupFields);
    this.cores = init.cores;
    this.begin();
    this.suggest();
  }

  get objects(): ObjectSelection | null {
    return this.derived.objects;
  }

  get filtered(): boolean {
    return this.derived.filtered;
  }

  get profileReason(): string | null {
    const { options } = this.state;
    return this.reason({ ...factsFor(options, this.profileFacts()), profile: options.profile });
  }

  get objectRows(): ShownRows {
    const { objects, filter, expanded } = this.state;
    return objects ? this.rows(objects.tree, filter, expanded) : { rows: [], found: null };
  }

  select(selection: Selection): void {
    this.act({ type: 'select', selection });
  }

  browse(): void {
    const { options } = this.state;
    this.send(this.host.request('output/browse', { options }), ({ path }) => {
      if (path !== null) this.change({ outputPath: path });
    });
  }

  protected override get derived(): BackupDerivedState {
    return this.derive(inputsOf(this.state));
  }

  protected override reduce(action: FormAction): BackupState {
    return reduceBackup(this.state, action);
  }

  protected override choose(patch: Partial<BackupOptions>, another: boolean): void {
    const { outputPath, ...others } = patch;
    const { options } = this.state;
    const choices = leavesProfile(options, patch)
      ? choose(this.state.choices, keptFromProfile(options))
      : this.state.choices;
    const otherDatabase = patch.database !== undefined || patch.scope !== undefined;
    const begun = another
      ? forget(choices, afresh())
      : otherDatabase
        ? forget(choices, wholeDatabase())
        : choices;
    this.hold(choose(begun, others), outputPath);
  }

  /** Derives the options from these choices; the path follows them unless the user typed one. */
  protected override hold(choices: Choices<BackupOptions>, typedPath?: string): void {
    const options = backupOptionsOf(choices, this.state.options, this.profileFacts());
    if (typedPath !== undefined) options.outputPath = typedPath;
    this.act({ type: 'options', choices, options, typedPath: typedPath !== undefined });
  }

  protected override isElsewhere(before: BackupOptions): boolean {
    const { scope, database } = this.state.options;
    return super.isElsewhere(before) || scope !== before.scope || database !== before.database;
  }

  protected override followOptions(before: BackupOptions): void {
    if (this.isElsewhere(before)) this.suggest();
    const { options } = this.state;
    if (folderOf(options) !== folderOf(before) || options.profile !== before.profile) {
      this.askForPlace();
    }
    super.followOptions(before);
  }

  protected override connectionQuestion(
    refresh: boolean,
  ): (signal: AbortSignal) => Promise<ConnectionState> {
    const { connectionId, database, toolDir, scope } = this.state.options;
    const question = { connectionId, database, refresh, toolDir, scope };
    return (signal) => this.host.request('connection/load', question, signal);
  }

  protected override connected(connection: ConnectionState): void {
    super.connected(connection);
    // Tool and tables are known now.
    if (this.state.options.profile !== 'custom') this.hold(this.state.choices);
    // The server's answer tells the name of the database.
    if (connection.server === null) return;
    this.suggest();
    this.askForEstimate();
    this.askForPlace();
  }

  /** Proposes a new file name for the next backup, of which more is known now. */
  protected override jobEnded(): void {
    this.suggest();
    this.askForEstimate();
    this.askForPlace();
  }

  protected override proposal(): { outputPath: string; suggestedPath: string | null } {
    const { options, suggestedPath } = this.state;
    return { outputPath: options.outputPath, suggestedPath };
  }

  protected override advancedItems(): OptionItem[] {
    return advancedItems(this);
  }

  protected override take(remedy: Remedy): void {
    if (remedy.kind === 'setBackup') this.change(remedy.options);
    else if (remedy.id === 'otherOutput') this.browse();
    else super.take(remedy);
  }

  protected override parts(): FormParts {
    return {
      title: l10n.t('Back up a database'),
      header: { label: l10n.t('Connection'), barred: () => null },
      noConnections: l10n.t(
        'There is no connection yet. Add the database that you want to back up.',
      ),
      submitLabel: l10n.t('Create Backup'),
      body: html`${scopeView(this)} ${databaseView(this)} ${fieldsView(this)} ${clusterView(this)}
      ${isClusterBackup(this.state.options) ? nothing : objectsView(this)} ${objectExtras(this)}
      ${advancedView(this)}`,
      outputActions: (jobId) =>
        html`${button({
          label: l10n.t('Open'),
          onClick: () => this.send(this.host.request('job/open', { jobId })),
        })}
        ${button({
          label: l10n.t('Reveal'),
          onClick: () => this.send(this.host.request('job/reveal', { jobId })),
        })}
        ${button({
          label: l10n.t('Restore…'),
          onClick: () => this.send(this.host.request('job/restore', { jobId })),
        })}`,
    };
  }

  private profileFacts(): ProfileFacts {
    const { options, connections, place } = this.state;
    const connection = currentConnection(this.state);
    return {
      tool: connection?.tool ?? null,
      catalog: connection?.catalog ?? null,
      cores: this.cores,
      isLocal: isOnThisMachine(
        connection?.server ?? null,
        connections.find(({ id }) => id === options.connectionId) ?? null,
      ),
      ...place,
    };
  }

  private act(action: BackupAction): void {
    this.show(reduceBackup(this.state, action));
  }

  /** The form waits for no estimate, and tells nothing of one that failed. */
  private askForEstimate(): void {
    const { connectionId, database, scope } = this.state.options;
    this.estimates.ask(
      (signal) => this.host.request('estimate/facts', { connectionId, database, scope }, signal),
      (sent) => {
        if (sent === null) return;
        const { runs, database: name, databases, samples, ...objects } = sent;
        const rows = {
          samples: new Map(samples.map(({ table, ...sample }) => [table, sample])),
          ...objects,
        };
        const facts = { runs, database: name, rows };
        const known = { connectionId, database, databases, facts };
        this.act({ type: 'estimateFacts', known });
      },
      () => undefined,
    );
  }

  /** What link and disk tell a profile; one that cannot be told is left out. */
  private askForPlace(): void {
    const { connectionId, outputPath, profile } = this.state.options;
    if (profile !== 'recommended') return;
    this.places.ask(
      (signal) => this.host.request('place/facts', { connectionId, outputPath }, signal),
      (place) => {
        this.act({ type: 'place', place });
        const { choices, options } = this.state;
        const { format, compression, jobs, toolOptions } = backupOptionsOf(
          choices,
          options,
          this.profileFacts(),
        );
        // A change of options takes away what the host has said of those before.
        if (leavesProfile(options, { format, compression, jobs, toolOptions })) this.hold(choices);
      },
      () => undefined,
      SETTLE_MS,
    );
  }

  private suggest(): void {
    if (!followsSuggestion(this.state)) return;
    const { connectionId, database, format, scope, outputPath } = this.state.options;
    if (connectionId === '') return;
    this.suggestions.ask(
      (signal) =>
        this.host.request('output/suggest', { connectionId, database, format, scope }, signal),
      ({ path }) => this.act({ type: 'suggested', path, for: outputPath }),
      (error) => this.dispatch({ type: 'failure', message: error.message }),
    );
  }
}
