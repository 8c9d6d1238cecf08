/** Controls with label, description and notes. */
import { html, nothing, type TemplateResult } from 'lit';
import { checkbox } from './checkbox';
import { dropdown, type DropdownOption } from './dropdown';
import { field, fieldNotes, type FieldNotes, flagAndReset, noteIds, noteText } from './field';
import { numberField } from './numberField';
import { radioGroup, type RadioOption } from './radioGroup';
import { textArea } from './textArea';
import { textField } from './textField';

/** What every labelled control has. */
export interface FieldProps {
  /** The option's name, and the control's id. */
  name: string;
  label: string;
  description?: string;
  notes: FieldNotes;
  /** Name of the option on the tool's command line. */
  flag?: string | undefined;
  /** Present only while the value differs from the default. */
  onReset?: (() => void) | undefined;
}

/** A text field, with a button after it if `after` is given. */
export function labelledText(
  props: FieldProps & {
    value: string;
    placeholder?: string;
    onInput: (value: string) => void;
    after?: TemplateResult;
  },
): TemplateResult {
  const { name, label, notes } = props;
  const control = textField({
    id: name,
    label,
    value: props.value,
    onInput: props.onInput,
    disabled: notes.disabled,
    invalid: notes.invalid,
    note: noteText(notes, props.description),
    ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
  });
  return field({
    ...props,
    control: props.after ? html`<div class="with-button">${control}${props.after}</div>` : control,
  });
}

/** A field for a whole number. */
export function labelledNumber(
  props: FieldProps & {
    /** null = not set, with `onClear`. */
    value: number | null;
    min: number;
    max?: number;
    words?: string;
    placeholder?: string;
    onInput: (value: number) => void;
    onClear?: () => void;
  },
): TemplateResult {
  const { name, label, notes } = props;
  return field({
    ...props,
    control: numberField({
      id: name,
      label,
      value: props.value,
      min: props.min,
      ...(props.max === undefined ? {} : { max: props.max }),
      ...(props.words === undefined ? {} : { words: props.words }),
      ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
      ...(props.onClear === undefined ? {} : { onClear: props.onClear }),
      onInput: props.onInput,
      disabled: notes.disabled,
      invalid: notes.invalid,
      note: noteText(notes, props.description),
    }),
  });
}

/** A text area. */
export function labelledArea(
  props: FieldProps & {
    value: string;
    rows: number;
    placeholder?: string;
    onInput: (value: string) => void;
  },
): TemplateResult {
  const { name, label, notes } = props;
  return field({
    ...props,
    control: textArea({
      id: name,
      label,
      value: props.value,
      rows: props.rows,
      onInput: props.onInput,
      disabled: notes.disabled,
      invalid: notes.invalid,
      note: noteText(notes, props.description),
      ...(props.placeholder === undefined ? {} : { placeholder: props.placeholder }),
    }),
  });
}

/** A dropdown. */
export function labelledDropdown(
  props: FieldProps & {
    value: string;
    options: readonly DropdownOption[];
    onChange: (value: string) => void;
  },
): TemplateResult {
  const { name, label, notes } = props;
  return field({
    ...props,
    control: dropdown({
      id: name,
      label,
      value: props.value,
      options: props.options,
      onChange: props.onChange,
      disabled: notes.disabled,
      invalid: notes.invalid,
      describedBy: noteIds(name, notes, props.description),
    }),
  });
}

/** Radio buttons. */
export function labelledRadios<V extends string>(
  props: FieldProps & {
    value: V;
    options: readonly RadioOption<V>[];
    layout?: 'list' | 'columns' | 'row';
    onChange: (value: V) => void;
  },
): TemplateResult {
  const { name, label, notes } = props;
  return field({
    ...props,
    control: radioGroup({
      id: name,
      label,
      value: props.value,
      options: props.options,
      onChange: props.onChange,
      layout: props.layout ?? 'list',
      disabled: notes.disabled,
      describedBy: noteIds(name, notes, props.description),
    }),
  });
}

/** A checkbox with its description and notes below. */
export function labelledCheckbox(
  props: FieldProps & { checked: boolean; onChange: (checked: boolean) => void },
): TemplateResult {
  const { name, label, notes, description } = props;
  return html`<div class="check" data-field=${name}>
    <div class="field-head">
      ${checkbox({
        id: name,
        label,
        checked: props.checked,
        onChange: props.onChange,
        disabled: notes.disabled,
        invalid: notes.invalid,
        describedBy: noteIds(name, notes, description),
      })}
      ${flagAndReset(props)}
    </div>
    ${
      description
        ? html`<div class="field-description" id="${name}-description">${description}</div>`
        : nothing
    }
    ${fieldNotes(name, notes)}
  </div>`;
}

/** Checkboxes that belong together, under a label of their own. */
export function checkGroup(label: string, checks: readonly unknown[]): TemplateResult {
  return html`<div class="field" role="group" aria-label=${label}>
    <div class="group-label" aria-hidden="true">${label}</div>
    <div class="checks">${checks}</div>
  </div>`;
}
