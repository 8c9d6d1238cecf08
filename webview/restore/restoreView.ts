import type { FormEvaluation } from '../../src/core/forms/formTypes';
import type { RestoreOptions } from '../../src/core/forms/options';
import type { ProblemAction } from '../../src/protocol/types';
import type { RestoreState } from './state';

/** What the views of the page read and do. */
export interface RestoreView {
  state: RestoreState;
  evaluation: FormEvaluation<keyof RestoreOptions>;
  /** A change by the user, with what follows from it. */
  change(patch: Partial<RestoreOptions>): void;
  setExtraText(text: string): void;
  setView(
    patch: Partial<Pick<RestoreState, 'shell' | 'filter' | 'advancedOpen' | 'logOpen'>>,
  ): void;
  expand(id: string, expanded: boolean): void;
  browse(folder: boolean): void;
  problemAction(action: ProblemAction): void;
}
