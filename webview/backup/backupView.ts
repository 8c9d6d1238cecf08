import type { FormEvaluation } from '../../src/core/forms/form/formTypes';
import type { BackupOptions, OptionValue } from '../../src/core/model/options';
import type { ToolOptionField } from '../../src/core/forms/toolOptions/toolOptions';
import type { ShownRows } from '../shared/tree/rows';
import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import type { Selection } from '../../src/core/forms/selection/selection';
import type { BackupState, BackupViewPatch } from './state';

/** What the views of the page read and do. */
export interface BackupView {
  state: BackupState;
  /** With what the host found and the page's own text fields. */
  evaluation: FormEvaluation<string>;
  /** What is selected of which objects; null while these are not known. */
  objects: ObjectSelection | null;
  /** Is pg_dump limited to some of them? */
  filtered: boolean;
  /** The rows of the tree that are shown. */
  objectRows: ShownRows;
  /** The options of the tool that will run; [] until it is known. */
  toolFields: readonly ToolOptionField[];
  /** A change by the user, with what follows from it. */
  change(patch: Partial<BackupOptions>): void;
  /** Another selection of objects. */
  select(selection: Selection): void;
  setExtraText(text: string): void;
  /** null takes the option back to the tool's default. */
  setToolOption(id: string, value: OptionValue | null): void;
  browseOption(id: string, direction: 'in' | 'out', current: string): void;
  setView(patch: BackupViewPatch): void;
  expand(id: string, expanded: boolean): void;
  browse(): void;
}
