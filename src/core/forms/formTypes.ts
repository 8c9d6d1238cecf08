/** What a form model says about a form. Messages are localised text, made for the user. */

export interface FieldState {
  enabled: boolean;
  /** Why the field cannot be used as things stand, and what to change. */
  reason?: string;
}

export interface FieldProblem<F extends string> {
  field: F;
  /** An error cannot be submitted; a warning is shown and may be. */
  severity: 'error' | 'warning';
  message: string;
}

export interface FormEvaluation<F extends string> {
  /** Fields that are not mentioned are enabled. */
  fields: Partial<Record<F, FieldState>>;
  problems: FieldProblem<F>[];
  /** Sentences for the summary: what will be in the dump, what is left out, what will happen. */
  summary: string[];
}
