import type { DatabaseSize } from '../../src/core/forms/backup/clusterEstimate';
import type { BackupPlace } from '../../src/core/forms/backup/backupProfiles';
import type { EstimateFacts } from '../../src/core/forms/backup/backupEstimate';
import { choose, type Choices } from '../../src/core/forms/form/choices';
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
import type { ConnectionState } from '../../src/protocol/types';
import {
  changed,
  type FormAction,
  type FormState,
  reduceForm,
  SHOWN_AT_ONCE,
} from '../shared/form/formState';

/** Everything the backup page shows is made from this. */
export interface BackupState extends FormState<BackupOptions> {
  /** The selected objects. The lists of the options are derived from it, but hold less. */
  selection: Selection;
  /** The selection before the user chose Everything; choosing another mode restores it. */
  selectionBefore: Selection | null;
  /** The objects of the connection's database, made ready to choose from. */
  objects: DatabaseObjects | null;
  /** The path that the host proposed; while the field holds it, it follows connection and format. */
  suggestedPath: string | null;
  /** What the estimate is made from, and of which database; null = not known yet. */
  estimateFacts: KnownFacts | null;
  /** What is known of link and disk; null = not asked yet. */
  place: BackupPlace | null;
}

/** Facts for the estimate, with the choice that they belong to. */
interface KnownFacts {
  connectionId: string;
  database: string | null;
  /** What a whole server holds; null = the facts are about one database. */
  databases: DatabaseSize[] | null;
  facts: EstimateFacts;
}

export type BackupAction =
  | FormAction
  /** `typedPath`: the user wrote or chose the path; else it may follow the proposal. */
  | {
      type: 'options';
      choices: Choices<BackupOptions>;
      options: BackupOptions;
      typedPath: boolean;
    }
  | { type: 'select'; selection: Selection }
  | { type: 'estimateFacts'; known: KnownFacts }
  | { type: 'place'; place: BackupPlace }
  | { type: 'suggested'; path: string; /** The path when the question was asked. */ for: string };

/** The next state. Pure: no message is sent, nothing is drawn. */
export function reduceBackup(state: BackupState, action: BackupAction): BackupState {
  switch (action.type) {
    case 'options':
      return {
        ...changed(state),
        choices: action.choices,
        options: action.options,
        selection: selectionFor(state, action.options),
        selectionBefore:
          action.options.connectionId === state.options.connectionId &&
          action.options.database === state.options.database
            ? state.selectionBefore
            : null,
        place: placeFor(state, action.options),
        // A path stays a proposal when only its extension changed with the format.
        suggestedPath:
          !action.typedPath && followsSuggestion(state)
            ? action.options.outputPath
            : state.suggestedPath,
      };
    case 'select': {
      const lists = writeSelection(action.selection);
      return {
        ...changed(state),
        choices: choose(state.choices, lists),
        options: { ...state.options, ...lists },
        selection: action.selection,
        selectionBefore:
          state.selection.mode === 'everything' ? state.selectionBefore : state.selection,
      };
    }
    case 'estimateFacts':
      return { ...state, estimateFacts: action.known };
    case 'place':
      return { ...state, place: action.place };
    case 'suggested': {
      if (!followsSuggestion(state) || action.for !== state.options.outputPath) return state;
      return {
        ...state,
        suggestedPath: action.path,
        options: { ...state.options, outputPath: action.path },
      };
    }
    case 'loaded': {
      const next = reduceForm<BackupOptions, BackupState>(state, action);
      return next === state ? state : loaded(next, state.connection, action.connection);
    }
    default:
      return reduceForm<BackupOptions, BackupState>(state, action);
  }
}

function loaded(
  state: BackupState,
  before: ConnectionState | null,
  { connectionId, catalog }: ConnectionState,
): BackupState {
  const objects = catalog && databaseObjects(catalog);
  const next = { ...state, objects };
  if (!objects || (before?.connectionId === connectionId && before.catalog)) return next;
  const { schemas, size } = objects.tree;
  const ids = size > SHOWN_AT_ONCE ? [] : schemas.map(({ id }) => id);
  return { ...next, expanded: new Set(ids) };
}

/** Another connection has another link. */
function placeFor({ options, place }: BackupState, next: BackupOptions): BackupPlace | null {
  if (place === null || options.connectionId === next.connectionId) return place;
  return { ...place, linkRate: null };
}

/** The selection's mode is kept while the lists are unchanged. */
function selectionFor({ options, selection }: BackupState, next: BackupOptions): Selection {
  const lists = ['schemas', 'tables', 'excludeSchemas', 'excludeTables'] as const;
  return lists.every((list) => options[list] === next[list]) ? selection : readSelection(next);
}

/** Does the path follow the connection and the format, or did the user write one? */
export function followsSuggestion(state: Pick<BackupState, 'options' | 'suggestedPath'>): boolean {
  return state.options.outputPath === '' || state.options.outputPath === state.suggestedPath;
}
