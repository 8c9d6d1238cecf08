import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import type { Selection } from '../../src/core/forms/selection/selection';
import type { BackupOptions } from '../../src/core/model/options';
import type { FormView } from '../shared/form/formView';
import type { ShownRows } from '../shared/tree/rows';
import type { BackupState } from './state';

/** What the views of the page read and do. */
export interface BackupView extends FormView<BackupOptions, BackupState> {
  /** What is selected of which objects; null while these are not known. */
  objects: ObjectSelection | null;
  /** Is pg_dump limited to some of them? */
  filtered: boolean;
  /** The rows of the tree that are shown. */
  objectRows: ShownRows;
  /** Another selection of objects. */
  select(selection: Selection): void;
  browse(): void;
}
