import type { Choices } from '../../src/core/forms/form/choices';
import { contentsTree } from '../../src/core/forms/selection/contentsTree';
import type { JobEstimate } from '../../src/core/model/estimates/estimate';
import type { Preflight } from '../../src/core/model/findings/findings';
import type { RestoreOptions } from '../../src/core/model/options';
import type { InspectResult } from '../../src/protocol/restoreApi';
import type { ProblemReport } from '../../src/protocol/types';
import {
  changed,
  type FormAction,
  type FormState,
  reduceForm,
  SHOWN_AT_ONCE,
} from '../shared/form/formState';
import type { Info } from '../shared/types';

/** Facts about the chosen file. */
export interface InputState {
  path: string;
  reading: boolean;
  info: Info | null;
  problem: ProblemReport | null;
  /** Was the file made by a job of this machine? Unknown while the file is read. */
  madeHere?: boolean | undefined;
}

/** Everything the restore page shows is made from this. */
export interface RestoreState extends FormState<RestoreOptions> {
  input: InputState;
  preflight: PreflightState;
  /** How long it will take, and with which options; null = not known. */
  expected: { options: RestoreOptions; estimate: JobEstimate } | null;
  /** The list of what is restored, as it was saved for the command; null = it was not. */
  savedList: SavedList | null;
  /** Cores of the machine that runs the tool. */
  cores: number;
}

/** The list belongs to these options only. */
export interface SavedList {
  path: string;
  options: RestoreOptions;
}

/** The result of the preflight check. */
export interface PreflightState {
  /** null = not checked yet, or not possible to check. */
  result: Preflight | null;
  looking: boolean;
  /** Why it could not be checked; null = it was not tried, or could. */
  failed: string | null;
}

export const NO_PREFLIGHT: PreflightState = { result: null, looking: false, failed: null };

export type RestoreAction =
  | FormAction
  | { type: 'options'; choices: Choices<RestoreOptions>; options: RestoreOptions }
  | { type: 'preflight'; preflight: PreflightState }
  | { type: 'expected'; expected: RestoreState['expected'] }
  | { type: 'listSaved'; savedList: SavedList }
  | { type: 'reading'; path: string }
  | { type: 'read'; path: string; result: InspectResult };

/** The next state. Pure: no message is sent, nothing is drawn. */
export function reduceRestore(state: RestoreState, action: RestoreAction): RestoreState {
  switch (action.type) {
    case 'options':
      return { ...changed(state), choices: action.choices, options: action.options };
    case 'preflight':
      return { ...state, preflight: action.preflight };
    case 'expected':
      return { ...state, expected: action.expected };
    case 'listSaved':
      return { ...state, savedList: action.savedList };
    case 'reading':
      return {
        ...state,
        preflight: NO_PREFLIGHT,
        expected: null,
        input: { path: action.path, reading: action.path !== '', info: null, problem: null },
      };
    case 'read': {
      // An answer about a file that is no longer chosen is ignored.
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
    default:
      return reduceForm<RestoreOptions, RestoreState>(state, action);
  }
}
