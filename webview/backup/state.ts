import { choose, type Choices } from '../../src/core/forms/form/choices';
import type { FieldProblem } from '../../src/core/forms/form/formTypes';
import type { BackupOptions } from '../../src/core/model/options';
import {
  databaseObjects,
  type DatabaseObjects,
} from '../../src/core/forms/selection/selectionTree';
import {
  readSelection,
  type Selection,
  writeSelection,
} from '../../src/core/forms/selection/selection';
import type { Shell } from '../../src/core/pgtools/args/display';
import type { ConnectionState, ConnectionSummary, JobUpdate } from '../../src/protocol/types';
import type { OptionsPanelState } from '../shared/options/optionsPanel';

/** Everything the backup page shows is made from this. */
export interface BackupState {
  connections: readonly ConnectionSummary[];
  /** What the user set, and what the form began with. */
  choices: Choices<BackupOptions>;
  /** What follows from the choices: what is shown, and what will run. */
  options: BackupOptions;
  /** Which objects are meant: the options' lists are written from it, and cannot say all of it. */
  selection: Selection;
  /** The text of the extra arguments, which may not (yet) be readable as arguments. */
  extraText: string;
  extraError: string | null;
  connection: ConnectionState | null;
  /** The objects of its database, made ready to choose from. */
  objects: DatabaseObjects | null;
  loading: boolean;
  /** The path that the host proposed; while the field holds it, it follows connection and format. */
  suggestedPath: string | null;
  /** What the host found wrong with the options it was sent; gone with the next change. */
  hostProblems: readonly FieldProblem<string>[];
  /** A request that failed as a whole. */
  failure: string;
  starting: boolean;
  job: JobUpdate | null;
  /** When the newest update came, on the page's own clock. */
  jobAt: number;
  jobDismissed: boolean;
  shell: Shell;
  filter: string;
  expanded: ReadonlySet<string>;
  advancedOpen: boolean;
  optionsPanel: OptionsPanelState;
  toolsOpen: boolean;
  logOpen: boolean;
}

export type BackupAction =
  /** `typedPath`: the user wrote or chose the path; else it may follow the proposal. */
  | {
      type: 'options';
      choices: Choices<BackupOptions>;
      options: BackupOptions;
      typedPath: boolean;
    }
  | { type: 'select'; selection: Selection }
  | { type: 'extraArgs'; text: string; args: string[] | null; error: string | null }
  | { type: 'connections'; connections: readonly ConnectionSummary[] }
  | { type: 'loading' }
  | { type: 'loaded'; connection: ConnectionState }
  | { type: 'suggested'; path: string; /** The path when the question was asked. */ for: string }
  | { type: 'starting' }
  | { type: 'notStarted'; problems: readonly FieldProblem<string>[]; failure: string }
  | { type: 'started' }
  | { type: 'job'; update: JobUpdate; now: number }
  | { type: 'dismissJob' }
  | { type: 'failure'; message: string }
  | { type: 'view'; patch: BackupViewPatch }
  | { type: 'expand'; id: string; expanded: boolean };

export type BackupViewPatch = Partial<
  Pick<BackupState, 'shell' | 'filter' | 'advancedOpen' | 'optionsPanel' | 'toolsOpen' | 'logOpen'>
>;

/** The next state. Pure: no message is sent, nothing is drawn. */
export function reduceBackup(state: BackupState, action: BackupAction): BackupState {
  switch (action.type) {
    case 'options':
      return {
        ...state,
        choices: action.choices,
        options: action.options,
        selection: selectionFor(state, action.options),
        // A proposal whose extension changed with the format is a proposal still.
        suggestedPath:
          !action.typedPath && followsSuggestion(state)
            ? action.options.outputPath
            : state.suggestedPath,
        hostProblems: [],
        failure: '',
      };
    case 'select': {
      const lists = writeSelection(action.selection);
      return {
        ...state,
        choices: choose(state.choices, lists),
        options: { ...state.options, ...lists },
        selection: action.selection,
        hostProblems: [],
        failure: '',
      };
    }
    case 'extraArgs':
      return {
        ...state,
        extraText: action.text,
        extraError: action.error,
        ...(action.args && {
          choices: choose(state.choices, { extraArgs: action.args }),
          options: { ...state.options, extraArgs: action.args },
        }),
        hostProblems: [],
        failure: '',
      };
    case 'connections':
      return { ...state, connections: action.connections };
    case 'loading':
      return { ...state, loading: true };
    case 'loaded':
      // An answer about another connection than the one chosen now is nobody's.
      if (action.connection.connectionId !== state.options.connectionId) return state;
      return loaded(state, action.connection);
    case 'suggested': {
      if (!followsSuggestion(state) || action.for !== state.options.outputPath) return state;
      return {
        ...state,
        suggestedPath: action.path,
        options: { ...state.options, outputPath: action.path },
      };
    }
    case 'starting':
      return { ...state, starting: true, hostProblems: [], failure: '' };
    case 'notStarted':
      return {
        ...state,
        starting: false,
        hostProblems: action.problems,
        failure: action.failure,
      };
    case 'started':
      return { ...state, starting: false, jobDismissed: false };
    case 'job':
      return { ...state, job: action.update, jobAt: action.now, jobDismissed: false };
    case 'dismissJob':
      return { ...state, jobDismissed: true, logOpen: false };
    case 'failure':
      return { ...state, failure: action.message, starting: false };
    case 'view':
      return { ...state, ...action.patch };
    case 'expand': {
      const expanded = new Set(state.expanded);
      if (action.expanded) expanded.add(action.id);
      else expanded.delete(action.id);
      return { ...state, expanded };
    }
  }
}

/** So few objects are shown at once; more start with their schemas closed. */
const SHOWN_AT_ONCE = 40;

function loaded(state: BackupState, connection: ConnectionState): BackupState {
  const { connectionId, catalog } = connection;
  const before = state.connection;
  const objects = catalog && databaseObjects(catalog);
  const next = { ...state, loading: false, connection, objects };
  if (!objects || (before?.connectionId === connectionId && before.catalog)) return next;
  const { schemas, byId } = objects.tree;
  const ids = byId.size > SHOWN_AT_ONCE ? [] : schemas.map(({ id }) => id);
  return { ...next, expanded: new Set(ids) };
}

/** The selection stays as it was meant while nobody has written other lists. */
function selectionFor({ options, selection }: BackupState, next: BackupOptions): Selection {
  const lists = ['schemas', 'tables', 'excludeSchemas', 'excludeTables'] as const;
  return lists.every((list) => options[list] === next[list]) ? selection : readSelection(next);
}

/** Does the path follow the connection and the format, or did the user write one? */
export function followsSuggestion(state: Pick<BackupState, 'options' | 'suggestedPath'>): boolean {
  return state.options.outputPath === '' || state.options.outputPath === state.suggestedPath;
}
