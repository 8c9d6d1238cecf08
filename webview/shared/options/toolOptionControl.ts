import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { OptionValue } from '../../../src/core/model/options';
import { toolOptionName } from '../../../src/core/forms/fields/fieldText';
import type { ToolOptionField } from '../../../src/core/forms/toolOptions/toolOptions';
import { button } from '../ui/button';
import { checkbox } from '../ui/checkbox';
import { field, type FieldNotes, noteIds } from '../ui/field';
import {
  type FieldProps,
  labelledArea,
  labelledCheckbox,
  labelledDropdown,
  labelledNumber,
  labelledText,
} from '../ui/fields';

/** Actions for the options of a tool. */
export interface ToolOptionHandlers {
  /** null removes the option. */
  onChange: (id: string, value: OptionValue | null) => void;
  onReset: (id: string) => void;
  onBrowse: (id: string, direction: 'in' | 'out', current: string) => void;
}

/** Draws the control for the kind of an option. */
export function toolOptionControl(
  option: ToolOptionField,
  notes: FieldNotes,
  handlers: ToolOptionHandlers,
): TemplateResult {
  const { id, flag, label, help, value } = option;
  const set: SetOption = (next) => handlers.onChange(id, next);
  const reset = (): void => {
    typedLists.delete(id);
    handlers.onReset(id);
  };
  const common: FieldProps = {
    name: toolOptionName(id),
    label,
    description: help,
    flag,
    notes,
    onReset: value === null ? undefined : reset,
  };
  switch (option.kind) {
    case 'flag':
      return labelledCheckbox({
        ...common,
        checked: value === true,
        onChange: (checked) => set(checked ? true : null),
      });
    case 'number':
      return numberControl(option, common, set);
    case 'choice':
      return labelledDropdown({
        ...common,
        value: typeof value === 'string' ? value : '',
        options: [{ value: '', label: notSet(option) }, ...(option.choices ?? [])],
        onChange: (chosen) => set(chosen === '' ? null : chosen),
      });
    case 'choices':
      return field({ ...common, control: choices(option, common.name, notes, set) });
    case 'list':
      return listControl(option, common, set);
    case 'file':
      return labelledText({
        ...common,
        value: text(value),
        onInput: set,
        after: button({
          label: l10n.t('Browse…'),
          disabled: notes.disabled,
          onClick: () => handlers.onBrowse(id, option.of === 'out' ? 'out' : 'in', text(value)),
        }),
      });
    case 'text':
    case 'compression':
      return labelledText({ ...common, value: text(value), ...placeholder(option), onInput: set });
  }
}

type SetOption = (value: OptionValue | null) => void;

function numberControl(
  option: ToolOptionField,
  common: FieldProps,
  set: SetOption,
): TemplateResult {
  const { value, min, max } = option;
  return labelledNumber({
    ...common,
    value: typeof value === 'number' ? value : null,
    min: min ?? 0,
    ...(max === undefined ? {} : { max }),
    ...placeholder(option),
    words: numberWords(option),
    onInput: set,
    onClear: () => set(null),
  });
}

function listControl(option: ToolOptionField, common: FieldProps, set: SetOption): TemplateResult {
  const values = list(option.value);
  return labelledArea({
    ...common,
    value: listText(option.id, values),
    rows: Math.min(6, Math.max(2, values.length + 1)),
    placeholder: l10n.t('One per line'),
    onInput: (typed) => {
      typedLists.set(option.id, typed);
      set(linesOf(typed));
    },
  });
}

/** Shows the tool's default while the field is empty. */
function placeholder({ default: byDefault }: ToolOptionField): { placeholder?: string } {
  return byDefault === null ? {} : { placeholder: String(byDefault) };
}

function choices(
  option: ToolOptionField,
  name: string,
  notes: FieldNotes,
  set: (value: string[]) => void,
): TemplateResult {
  const chosen = new Set(list(option.value));
  const all = option.choices ?? [];
  return html`<div
    class="checks-row"
    id=${name}
    role="group"
    tabindex="-1"
    aria-label=${option.label}
  >
    ${all.map(({ value, label }) =>
      checkbox({
        id: `${name}.${value}`,
        label,
        checked: chosen.has(value),
        disabled: notes.disabled,
        invalid: notes.invalid,
        describedBy: noteIds(name, notes, option.help),
        onChange: (on) => {
          // The values keep the order of the choices, whatever the order of the clicks.
          const kept = all.filter((each) => (each.value === value ? on : chosen.has(each.value)));
          set(kept.map((each) => each.value));
        },
      }),
    )}
  </div>`;
}

function numberWords({ unit, value }: ToolOptionField): string {
  if (value === null) return l10n.t('not set');
  return unit === 'milliseconds' ? l10n.t('milliseconds') : '';
}

function notSet({ default: byDefault, choices: all }: ToolOptionField): string {
  if (byDefault === null) return l10n.t('Not set');
  const label = all?.find(({ value }) => value === byDefault)?.label ?? String(byDefault);
  return l10n.t('Default: {0}', label);
}

/**
 * The typed texts of lists. An empty last line is no value, but must stay while the user types.
 */
const typedLists = new Map<string, string>();

function listText(id: string, values: readonly string[]): string {
  const typed = typedLists.get(id);
  const plain = values.join('\n');
  return typed !== undefined && linesOf(typed).join('\n') === plain ? typed : plain;
}

/** One value per line; blanks around it and empty lines are ignored. */
function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function list(value: OptionValue | null): string[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? [value] : [];
}

function text(value: OptionValue | null): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
