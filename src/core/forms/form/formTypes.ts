/** Evaluation of a form. Messages are localised text for the user. */
import type { BackupOptions, RestoreOptions } from '../../model/options';

/** The name of an option of the tool, in what is said about a form. */
export type ToolOptionName = `toolOptions.${string}`;
export type BackupField = keyof BackupOptions | ToolOptionName;
export type RestoreField = keyof RestoreOptions | ToolOptionName;

export interface FieldState {
  enabled: boolean;
  /** Why the field cannot be used now, and what to change. */
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
