import { choose, type Choices } from '../../src/core/forms/form/choices';
import type { FieldProblem } from '../../src/core/forms/form/formTypes';
import type { RestoreOptions } from '../../src/core/model/options';
import type { Shell } from '../../src/core/pgtools/args/display';
import type { InspectResult } from '../../src/protocol/restoreApi';
import type {
  ConnectionState,
  ConnectionSummary,
  JobUpdate,
  ProblemReport,
} from '../../src/protocol/types';
import type { OptionsPanelState } from '../shared/options/optionsPanel';
import type { Info } from '../shared/types';
import { contentsTree } from '../../src/core/forms/selection/contentsTree';

/** What is known of the chosen file. */
export interface InputState {
  path: string;
  reading: boolean;
  info: Info | null;
  problem: ProblemReport | null;
  /** Has a job of this machine made it? Nobody knows while it is read. */
  madeHere?: boolean | undefined;
}

/** Everything the restore page shows is made from this. */
export interface RestoreState {
  connections: readonly ConnectionSummary[];
  /** What the user set, and what the form began with. */
  choices: Choices<RestoreOptions>;
  /** What follows from the choices: what is shown, and what will run. */
  options: RestoreOptions;
  extraText: string;
  extraError: string | null;
  input: InputState;
  connection: ConnectionState | null;
  loading: boolean;
  hostProblems: readonly FieldProblem<string>[];
  /** A request that failed as a whole. */
  failure: string;
  starting: boolean;
  job: JobUpdate | null;
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

export type RestoreAction =
  | { type: 'options'; choices: Choices<RestoreOptions>; options: RestoreOptions }
  | { type: 'extraArgs'; text: string; args: string[] | null; error: string | null }
  | { type: 'connections'; connections: readonly ConnectionSummary[] }
  | { type: 'reading'; path: string }
  | { type: 'read'; path: string; result: InspectResult }
  | { type: 'loading' }
  | { type: 'loaded'; connection: ConnectionState }
  | { type: 'starting' }
  | { type: 'notStarted'; problems: readonly FieldProblem<string>[] }
  | { type: 'started' }
  | { type: 'job'; update: JobUpdate; now: number }
  | { type: 'dismissJob' }
  | { type: 'failure'; message: string }
  | { type: 'view'; patch: RestoreViewPatch }
  | { type: 'expand'; id: string; expanded: boolean };

export type RestoreViewPatch = Partial<
  Pick<RestoreState, 'shell' | 'filter' | 'advancedOpen' | 'optionsPanel' | 'toolsOpen' | 'logOpen'>
>;

const SHOWN_AT_ONCE = 40;

/** The next state. Pure: no message is sent, nothing is drawn. */
export function reduceRestore(state: RestoreState, action: RestoreAction): RestoreState {
  switch (action.type) {
    case 'options':
      return {
        ...state,
        choices: action.choices,
        options: action.options,
        hostProblems: [],
        failure: '',
      };
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
    case 'reading':
      return {
        ...state,
        input: { path: action.path, reading: action.path !== '', info: null, problem: null },
      };
    case 'read': {
      // An answer about another file than the one chosen now is nobody's.
      if (action.path !== state.options.inputPath) return state;
      const { info, problem, madeHere } = action.result;
      const tree = info && contentsTree(info.contents);
      const small = tree && tree.byId.size <= SHOWN_AT_ONCE;
      return {
        ...state,
        input: { path: action.path, reading: false, info, problem, madeHere },
        filter: '',
        expanded: new Set(small ? tree.schemas.map(({ id }) => id) : []),
      };
    }
    case 'loading':
      return { ...state, loading: true };
    case 'loaded':
      if (action.connection.connectionId !== state.options.connectionId) return state;
      return { ...state, loading: false, connection: action.connection };
    case 'starting':
      return { ...state, starting: true, hostProblems: [], failure: '' };
    case 'notStarted':
      return { ...state, starting: false, hostProblems: action.problems };
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
