import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { OptionValue, ToolOptions } from '../../../src/core/model/options';
import { toolOptionName } from '../../../src/core/forms/fields/fieldText';
import type { ToolOptionField } from '../../../src/core/forms/toolOptions/toolOptions';
import { optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import type { ToolName } from '../../../src/core/model/tools';
import { button } from '../ui/button';
import { checkbox } from '../ui/checkbox';
import { field, type FieldNotes, noteIds } from '../ui/field';
import {
  labelledArea,
  labelledCheckbox,
  labelledDropdown,
  labelledNumber,
  labelledText,
} from '../ui/fields';
import type { OptionItem } from './optionItem';

type Problems = readonly { field: string; severity: 'error' | 'warning'; message: string }[];

/** Actions for the options of a tool. */
export interface ToolOptionHandlers {
  /** null takes the option back. */
  onChange: (id: string, value: OptionValue | null) => void;
  onReset: (id: string) => void;
  onBrowse: (id: string, direction: 'in' | 'out', current: string) => void;
}

/** Notes at an option: its problems, and why it cannot be used. */
export function toolOptionNotes(
  option: Pick<ToolOptionField, 'id' | 'state' | 'problem'>,
  problems: Problems,
): FieldNotes {
  const name = toolOptionName(option.id);
  const mine = problems.filter((problem) => problem.field === name);
  const errors = mine.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (option.problem !== undefined && !mine.some(({ message }) => message === option.problem)) {
    errors.push(option.problem);
  }
  // A wrong value must be correctable where it is shown.
  const disabled = !option.state.enabled && errors.length === 0;
  return {
    disabled,
    reason: disabled ? option.state.reason : undefined,
    errors,
    warnings: mine.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
    invalid: errors.length > 0,
  };
}

/** Options of a tool in a form. */
interface ShownToolOptions {
  /** Options of this version. */
  fields: readonly ToolOptionField[];
  /** Values by id. */
  set: ToolOptions;
  problems: Problems;
}

/**
 * The tool's options as the advanced part shows and finds them. What is set and not among them (any
 * more) comes too, so that it can be taken back.
 */
export function toolOptionItems(
  tool: ToolName,
  { fields, set, problems }: ShownToolOptions,
  handlers: ToolOptionHandlers,
): OptionItem[] {
  const known = new Set(fields.map(({ id }) => id));
  const lost = Object.keys(set).filter((id) => id !== 'compress' && !known.has(id));
  return [
    ...(fields.length === 0 ? [] : lost).map((id) =>
      lostItem(tool, [id, set[id] ?? null], problems, handlers),
    ),
    ...fields.map((option) => toolOptionItem(option, problems, handlers)),
  ];
}

function lostItem(
  tool: ToolName,
  [id, value]: [string, OptionValue | null],
  problems: Problems,
  handlers: ToolOptionHandlers,
): OptionItem {
  const row = optionsOf(tool).find((each) => each.id === id);
  const name = toolOptionName(id);
  const label = row ? l10n.t(row.label) : id;
  const help = row ? l10n.t(row.help) : '';
  const flag = row?.flag ?? `--${id}`;
  const notes = toolOptionNotes({ id, state: { enabled: true } }, problems);
  return {
    id: name,
    flag,
    label,
    help,
    group: 'lost',
    changed: true,
    draw: () =>
      field({
        name,
        label,
        flag,
        notes,
        control: html`<div class="with-button">
          <span class="lost-value">${Array.isArray(value) ? value.join(', ') : String(value)}</span>
          ${button({
            id: name,
            label: l10n.t('Reset {0}', label),
            onClick: () => handlers.onReset(id),
          })}
        </div>`,
      }),
  };
}

function toolOptionItem(
  option: ToolOptionField,
  problems: Problems,
  handlers: ToolOptionHandlers,
): OptionItem {
  return {
    id: toolOptionName(option.id),
    flag: option.flag,
    label: option.label,
    help: option.help,
    group: option.group,
    changed: option.value !== null,
    draw: () => control(option, toolOptionNotes(option, problems), handlers),
  };
}

function control(
  option: ToolOptionField,
  notes: FieldNotes,
  handlers: ToolOptionHandlers,
): TemplateResult {
  const { id, flag, label, help, value } = option;
  const set = (next: OptionValue | null): void => handlers.onChange(id, next);
  const common = {
    name: toolOptionName(id),
    label,
    description: help,
    flag,
    notes,
    onReset:
      value === null
        ? undefined
        : (): void => {
            typedLists.delete(id);
            handlers.onReset(id);
          },
  };
  switch (option.kind) {
    case 'flag':
      return labelledCheckbox({
        ...common,
        checked: value === true,
        onChange: (checked) => set(checked ? true : null),
      });
    case 'number':
      return labelledNumber({
        ...common,
        value: typeof value === 'number' ? value : null,
        min: option.min ?? 0,
        ...(option.max === undefined ? {} : { max: option.max }),
        ...(option.default === null ? {} : { placeholder: String(option.default) }),
        words: numberWords(option),
        onInput: set,
        onClear: () => set(null),
      });
    case 'choice':
      return labelledDropdown({
        ...common,
        value: typeof value === 'string' ? value : '',
        options: [{ value: '', label: notSet(option) }, ...(option.choices ?? [])],
        onChange: (chosen) => set(chosen === '' ? null : chosen),
      });
    case 'choices':
      return field({ ...common, control: choices(option, common.name, common.notes, set) });
    case 'list':
      return labelledArea({
        ...common,
        value: listText(id, list(value)),
        rows: Math.min(6, Math.max(2, list(value).length + 1)),
        placeholder: l10n.t('One per line'),
        onInput: (text) => {
          typedLists.set(id, text);
          set(linesOf(text));
        },
      });
    case 'file':
      return labelledText({
        ...common,
        value: text(value),
        onInput: set,
        after: button({
          label: l10n.t('Browse…'),
          disabled: common.notes.disabled,
          onClick: () => handlers.onBrowse(id, option.of === 'out' ? 'out' : 'in', text(value)),
        }),
      });
    case 'text':
    case 'compression':
      return labelledText({
        ...common,
        value: text(value),
        ...(option.default === null ? {} : { placeholder: String(option.default) }),
        onInput: set,
      });
  }
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
          // In the order of the choices, whatever the order of the clicks.
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
 * Texts as typed: an empty line at the end is not a value, but must not vanish under the cursor.
 */
const typedLists = new Map<string, string>();

function listText(id: string, values: readonly string[]): string {
  const typed = typedLists.get(id);
  const plain = values.join('\n');
  return typed !== undefined && linesOf(typed).join('\n') === plain ? typed : plain;
}

/** One value per line; blanks around it and empty lines are ignored. */
export function linesOf(text: string): string[] {
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
