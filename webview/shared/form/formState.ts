import { choose, type Choices } from '../../../src/core/forms/form/choices';
import type { FieldProblem, FormEvaluation } from '../../../src/core/forms/form/formTypes';
import type { ToolOptionField } from '../../../src/core/forms/toolOptions/toolOptions';
import type { ToolOptions } from '../../../src/core/model/options';
import type { Shell } from '../../../src/core/pgtools/args/display';
import type { ShownCommand } from '../../../src/core/plans/preview';
import type { ConnectionState, ConnectionSummary, JobUpdate } from '../../../src/protocol/types';
import type { OptionsPanelState } from '../options/optionsPanel';

/** Options that every form has. */
export interface FormOptions {
  connectionId: string;
  toolDir: string | null;
  toolOptions: ToolOptions;
  extraArgs: string[];
}

/** State of every form page; each page adds its own. */
export interface FormState<O extends FormOptions> {
  connections: readonly ConnectionSummary[];
  /** The user's choices, and the initial options. */
  choices: Choices<O>;
  /** Options derived from the choices. The form shows them, and the job runs them. */
  options: O;
  /** The typed text of the extra arguments; it may be incomplete. */
  extraText: string;
  extraError: string | null;
  connection: ConnectionState | null;
  loading: boolean;
  /** Problems that the host found in the submitted options; removed with the next change. */
  hostProblems: readonly FieldProblem<string>[];
  /** A request that failed as a whole. */
  failure: string;
  starting: boolean;
  job: JobUpdate | null;
  /** Time of the newest update, by the clock of the page. */
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

/** Values that the form model derives from a state. */
export interface FormDerived {
  /** Facts about the currently chosen connection. */
  connection: ConnectionState | null;
  evaluation: FormEvaluation<string>;
  /** Options of the tool that will run. */
  toolFields: readonly ToolOptionField[];
  command: ShownCommand;
}

export type FormAction =
  | { type: 'extraArgs'; text: string; args: string[] | null; error: string | null }
  | { type: 'connections'; connections: readonly ConnectionSummary[] }
  | { type: 'loading' }
  | { type: 'loaded'; connection: ConnectionState }
  | { type: 'starting' }
  | { type: 'notStarted'; problems: readonly FieldProblem<string>[] }
  | { type: 'started' }
  | { type: 'job'; update: JobUpdate; now: number }
  | { type: 'dismissJob' }
  | { type: 'failure'; message: string }
  | { type: 'view'; patch: FormViewPatch }
  | { type: 'expand'; id: string; expanded: boolean };

export type FormViewPatch = Partial<
  Pick<
    FormState<FormOptions>,
    'shell' | 'filter' | 'advancedOpen' | 'optionsPanel' | 'toolsOpen' | 'logOpen'
  >
>;

/** Up to this many objects, all schemas are expanded at first. */
export const SHOWN_AT_ONCE = 40;

/** The state after a change of options: problems that the host found in the old ones are removed. */
export function changed<S extends FormState<FormOptions>>(state: S): S {
  return { ...state, hostProblems: [], failure: '' };
}

/** The next state, for what all forms have in common. Pure: no message is sent, nothing is drawn. */
export function reduceForm<O extends FormOptions, S extends FormState<O>>(
  state: S,
  action: FormAction,
): S {
  switch (action.type) {
    case 'extraArgs':
      return withExtraArgs<O, S>(state, action);
    case 'connections':
      return { ...state, connections: action.connections };
    case 'loading':
      return { ...state, loading: true };
    case 'loaded':
      // An answer about a connection that is no longer chosen is ignored.
      if (action.connection.connectionId !== state.options.connectionId) return state;
      return withConnection<O, S>(state, action.connection);
    case 'starting':
      return { ...changed(state), starting: true };
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

/** Removes an old failure of the connection once it answers. */
function withConnection<O extends FormOptions, S extends FormState<O>>(
  state: S,
  connection: ConnectionState,
): S {
  const before = state.connection?.problem ?? null;
  const mended = before !== null && connection.problem === null;
  const hostProblems = state.hostProblems.filter(({ field }) => field !== 'connectionId');
  const next = { ...state, loading: false, connection, hostProblems };
  return mended && state.job?.job.status === 'failed' ? { ...next, jobDismissed: true } : next;
}

function withExtraArgs<O extends FormOptions, S extends FormState<O>>(
  state: S,
  { text, args, error }: Extract<FormAction, { type: 'extraArgs' }>,
): S {
  const next = { ...changed(state), extraText: text, extraError: error };
  if (args === null) return next;
  const patch: Partial<FormOptions> = { extraArgs: args };
  return {
    ...next,
    choices: choose<O>(state.choices, patch as Partial<O>),
    options: { ...state.options, extraArgs: args },
  };
}
