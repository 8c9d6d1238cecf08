import { shownText } from '../../text/shownText';
import type { FieldProblem, FieldState, FormEvaluation } from './formTypes';

/**
 * Gathers what there is to say about a form, field by field. Names in messages come from servers,
 * dumps and workspaces: `shownText` makes their invisible characters, and those that reverse the
 * direction of text, visible.
 */
export class Evaluation<F extends string> {
  readonly fields: Partial<Record<F, FieldState>> = {};
  readonly problems: FieldProblem<F>[] = [];

  /** The field cannot be used; `reason` says why, and what to change. The first reason stays. */
  disable(field: F, reason: string): void {
    this.fields[field] ??= { enabled: false, reason: shownText(reason) };
  }

  error(field: F, message: string): void {
    this.problems.push({ field, severity: 'error', message: shownText(message) });
  }

  warn(field: F, message: string): void {
    this.problems.push({ field, severity: 'warning', message: shownText(message) });
  }

  /**
   * The field cannot be used. Where it is set all the same (`set`), that is an error, and the field
   * stays enabled so that the user can undo it; only then the message ends with `remedy`.
   */
  refuse(field: F, set: boolean, reason: string, remedy?: string): void {
    if (set) this.error(field, remedy === undefined ? reason : `${reason} ${remedy}`);
    else this.disable(field, reason);
  }

  finish(summary: string[]): FormEvaluation<F> {
    return { fields: this.fields, problems: this.problems, summary: summary.map(shownText) };
  }
}
