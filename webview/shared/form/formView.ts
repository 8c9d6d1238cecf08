import type { FormEvaluation } from '../../../src/core/forms/form/formTypes';
import type { ToolOptionField } from '../../../src/core/forms/toolOptions/toolOptions';
import type { OptionValue } from '../../../src/core/model/options';
import type { ProblemAction } from '../../../src/protocol/types';
import type { FormOptions, FormState, FormViewPatch } from './formState';

/** State and actions for the views of every form. */
export interface FormView<O extends FormOptions, S extends FormState<O>> {
  state: S;
  /** With what the host found and the page's own text fields. */
  evaluation: FormEvaluation<string>;
  /** The options of the tool that will run; [] until it is known. */
  toolFields: readonly ToolOptionField[];
  /** Applies a change by the user and its consequences. */
  change(patch: Partial<O>): void;
  setExtraText(text: string): void;
  /** null resets the option to the tool's default. */
  setToolOption(id: string, value: OptionValue | null): void;
  browseOption(id: string, direction: 'in' | 'out', current: string): void;
  setView(patch: FormViewPatch): void;
  expand(id: string, expanded: boolean): void;
  problemAction(action: ProblemAction): void;
}
