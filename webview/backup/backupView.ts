import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import type { Selection } from '../../src/core/forms/selection/selection';
import type { BackupOptions } from '../../src/core/model/options';
import type { FormView } from '../shared/form/formView';
import type { ShownRows } from '../shared/tree/rows';
import type { BackupState } from './state';

/** State and actions for the views of the page. */
export interface BackupView extends FormView<BackupOptions, BackupState> {
  /** The selected objects; null while the objects are unknown. */
  objects: ObjectSelection | null;
  /** Is pg_dump limited to some of them? */
  filtered: boolean;
  /** What the profile sets and why, in one sentence; null = it sets nothing, or not yet. */
  profileReason: string | null;
  /** The rows of the tree that are shown. */
  objectRows: ShownRows;
  /** Another selection of objects. */
  select(selection: Selection): void;
  browse(): void;
}
