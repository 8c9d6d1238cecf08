import type { FormEvaluation } from '../../src/core/forms/form/formTypes';
import type { OptionValue, RestoreOptions } from '../../src/core/model/options';
import type { ToolOptionField } from '../../src/core/forms/toolOptions/toolOptions';
import type { ProblemAction } from '../../src/protocol/types';
import type { ContentsTree } from '../../src/core/forms/selection/contentsTree';
import type { ShownRows } from '../shared/tree/rows';
import type { Info } from '../shared/types';
import type { RestoreState, RestoreViewPatch } from './state';

/** What the views of the page read and do. */
export interface RestoreView {
  state: RestoreState;
  evaluation: FormEvaluation<string>;
  /** The options of the tool that will run; [] until it is known. */
  toolFields: readonly ToolOptionField[];
  /** A change by the user, with what follows from it. */
  /** Schemas and tables of the file. */
  contentsOf(info: Info): ContentsTree;
  /** Those of them that are shown. */
  rowsOf(contents: ContentsTree): ShownRows;
  change(patch: Partial<RestoreOptions>): void;
  setExtraText(text: string): void;
  /** null takes the option back to the tool's default. */
  setToolOption(id: string, value: OptionValue | null): void;
  browseOption(id: string, direction: 'in' | 'out', current: string): void;
  setView(patch: RestoreViewPatch): void;
  expand(id: string, expanded: boolean): void;
  browse(folder: boolean): void;
  problemAction(action: ProblemAction): void;
}
