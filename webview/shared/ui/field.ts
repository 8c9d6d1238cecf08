import { html, nothing, type TemplateResult } from 'lit';
import * as l10n from '@vscode/l10n';
import type { FieldProblem, FieldState } from '../../../src/core/forms/form/formTypes';
import { iconButton } from './button';

/** Evaluation of one field, prepared for its control. */
export interface FieldNotes {
  disabled: boolean;
  reason: string | undefined;
  errors: string[];
  warnings: string[];
  invalid: boolean;
}

/** Picks the notes of the field `name` from an evaluation. */
export function notesFor(
  name: string,
  evaluation: {
    fields: Partial<Record<string, FieldState>>;
    problems: readonly FieldProblem<string>[];
  },
): FieldNotes {
  const state = evaluation.fields[name];
  const mine = evaluation.problems.filter((problem) => problem.field === name);
  const errors = mine.filter((p) => p.severity === 'error').map((p) => p.message);
  const barred = state?.enabled === false;
  return {
    // The control of a refused value stays enabled, so that the value can be corrected.
    disabled: barred && errors.length === 0,
    reason: barred && errors.length === 0 ? state.reason : undefined,
    errors,
    warnings: mine.filter((p) => p.severity === 'warning').map((p) => p.message),
    invalid: errors.length > 0,
  };
}

/**
 * Two options behind one control; what is said of both is said once. It cannot be used when neither
 * of them can, or when `either` cannot.
 */
export function mergedNotes(
  a: FieldNotes,
  b: FieldNotes,
  disabledBy: 'both' | 'either' = 'both',
): FieldNotes {
  const disabled = disabledBy === 'both' ? a.disabled && b.disabled : a.disabled || b.disabled;
  const invalid = a.invalid || b.invalid;
  return {
    // The control of a wrong value stays enabled, so that the value can be corrected.
    disabled: disabled && !invalid,
    reason: invalid ? undefined : (a.reason ?? b.reason),
    errors: [...new Set([...a.errors, ...b.errors])],
    warnings: [...new Set([...a.warnings, ...b.warnings])],
    invalid,
  };
}

/** All notes of the field as one text, for controls that cannot refer to them by id. */
export function noteText(notes: FieldNotes, description?: string): string {
  return [description, ...notes.errors, ...notes.warnings, notes.reason]
    .filter((text) => text !== undefined && text !== '')
    .join(' ');
}

/** Ids of the notes of the field, for `aria-describedby`. */
export function noteIds(name: string, notes: FieldNotes, description?: string): string | undefined {
  const ids = [
    description ? `${name}-description` : '',
    notes.errors.length + notes.warnings.length > 0 || notes.reason ? `${name}-notes` : '',
  ].filter((id) => id !== '');
  return ids.length > 0 ? ids.join(' ') : undefined;
}

export interface FieldProps {
  /** The option's name; the control has the id `name`. */
  name: string;
  label?: string;
  description?: string;
  notes: FieldNotes;
  control: TemplateResult;
  /** Takes the whole row of a grid. */
  wide?: boolean;
  /** The tool's name of the option, beside the label. */
  flag?: string | undefined;
  /** Restores the default; present only while the value differs from it. */
  onReset?: (() => void) | undefined;
}

/** A field: label, description, control, and its problems or the reason why it is disabled. */
export function field(props: FieldProps): TemplateResult {
  const { name, notes } = props;
  return html`<div
    class="field ${props.wide === true ? 'field-wide' : ''} ${notes.disabled ? 'field-disabled' : ''}"
    data-field=${name}
  >
    ${
      props.label
        ? html`<div class="field-head">
            <div class="field-label" aria-hidden="true" @click=${() => focusControl(name)}>
              ${props.label}
            </div>
            ${flagAndReset({ ...props, label: props.label })}
          </div>`
        : nothing
    }
    ${
      props.description
        ? html`<div class="field-description" id="${name}-description">${props.description}</div>`
        : nothing
    }
    ${props.control} ${fieldNotes(name, notes)}
  </div>`;
}

/** Elements behind a label: the option's flag, and the button that resets it. */
export function flagAndReset(props: {
  name: string;
  label: string;
  flag?: string | undefined;
  onReset?: (() => void) | undefined;
}): TemplateResult {
  const { name, label, flag, onReset } = props;
  const reset = (): void => {
    onReset?.();
    // The button disappears after the reset, so the focus moves to the control.
    focusControl(name, 'nearest');
  };
  return html`${flag ? html`<code class="field-flag">${flag}</code>` : nothing}${
    onReset
      ? html`<span class="field-reset"
          >${iconButton({ label: l10n.t('Reset {0} to its default', label), icon: 'discard', onClick: reset })}</span
        >`
      : nothing
  }`;
}

/** Errors, warnings and the reason below a control. */
export function fieldNotes(name: string, notes: FieldNotes): TemplateResult | typeof nothing {
  const rows = [
    ...notes.errors.map((text) => ({ kind: 'error', icon: 'error', text })),
    ...notes.warnings.map((text) => ({ kind: 'warning', icon: 'warning', text })),
    ...(notes.reason ? [{ kind: 'reason', icon: 'info', text: notes.reason }] : []),
  ];
  if (rows.length === 0) return nothing;
  return html`<div class="field-notes" id="${name}-notes">
    ${rows.map(
      (row) =>
        html`<div class="field-note field-${row.kind}">
          <span class="codicon codicon-${row.icon}" aria-hidden="true"></span
          ><span>${row.text}</span>
        </div>`,
    )}
  </div>`;
}

/** Moves the focus to a field's control, wherever it is on the page. */
export function focusControl(name: string, block: 'center' | 'nearest' = 'center'): void {
  const element =
    document.getElementById(name) ?? document.querySelector<HTMLElement>(`[data-field="${name}"]`);
  if (!element) return;
  element.scrollIntoView({ block });
  const radio = element.querySelector<HTMLElement>('[role="radio"][tabindex="0"]');
  (radio ?? element).focus();
}
