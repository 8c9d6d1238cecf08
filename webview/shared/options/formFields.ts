/** Controls for the fields of a form, drawn from their table. */
import * as l10n from '@vscode/l10n';
import type { TemplateResult } from 'lit';
import { fieldWords, rowOf } from '../../../src/core/forms/fields/fieldText';
import { fieldsAt, sameValue, valueOf } from '../../../src/core/forms/fields/fieldValues';
import type { FormEvaluation } from '../../../src/core/forms/form/formTypes';
import type { FieldPlace, FieldTable, OptionField } from '../../../src/core/model/optionFields';
import type { ToolName } from '../../../src/core/model/tools';
import { optionRow } from '../../../src/core/pgtools/catalogue/catalogue';
import type { DropdownOption } from '../ui/dropdown';
import { type FieldNotes, notesFor } from '../ui/field';
import { labelledCheckbox, labelledDropdown, labelledNumber, labelledText } from '../ui/fields';
import type { OptionItem } from './optionItem';

/** The fields of a form, with their values. */
export interface FormFields {
  table: FieldTable;
  options: object;
  defaults: object;
  evaluation: FormEvaluation<string>;
  /** Tool whose flags are shown at the fields; null = none. */
  tool: ToolName | null;
  /** Tool that decides the group in the advanced part, where rows differ by tool. */
  groupsBy: ToolName;
  applies?: (field: OptionField) => boolean;
  /** Suggestions for a text. */
  choices?: (field: OptionField, value: string | null) => readonly DropdownOption[];
  change: (patch: Record<string, unknown>) => void;
}

/** The fields of the advanced part; the user's own arguments have a line below it. */
export function advancedFields(form: FormFields): OptionItem[] {
  return shownFields(form, 'advanced')
    .filter(([, field]) => field.kind.type !== 'arguments')
    .map(([name, field]) => {
      const row = toolRow(field, form.groupsBy);
      return {
        id: name,
        flag: flagOf(field, form.tool),
        label: l10n.t(field.label),
        help: l10n.t(field.help ?? ''),
        group: row?.group ?? 'other',
        changed: isChanged(form, name),
        draw: () => control(form, name, field),
      };
    });
}

/** The controls of a place in the form, one below the other. */
export function controlsAt(form: FormFields, place: FieldPlace): TemplateResult[] {
  return shownFields(form, place).map(([name, field]) => control(form, name, field));
}

/** The controls of the given fields, whatever their place in the table. */
export function controlsOf(form: FormFields, names: readonly string[]): TemplateResult[] {
  return names.flatMap((name) => {
    const field = rowOf(form.table, name);
    return field === undefined ? [] : [control(form, name, field)];
  });
}

function shownFields(form: FormFields, place: FieldPlace): [string, OptionField][] {
  return fieldsAt(form.table, place).filter(([, field]) => form.applies?.(field) !== false);
}

function control(form: FormFields, name: string, field: OptionField): TemplateResult {
  const value = valueOf(form.options, name);
  const common = commonOf(form, name, field);
  const set = (next: unknown): void => form.change({ [name]: next });
  const { kind } = field;
  if (kind.type === 'flag') {
    return labelledCheckbox({ ...common, checked: value === true, onChange: set });
  }
  if (kind.type === 'integer') {
    const { min, max, unit, zero } = kind;
    const words =
      value === 0 && zero !== undefined
        ? l10n.t('0 = {0}', l10n.t(zero))
        : unit === 'seconds'
          ? l10n.t('seconds')
          : undefined;
    return labelledNumber({
      ...common,
      value: Number(value),
      min,
      max,
      ...(words === undefined ? {} : { words }),
      onInput: set,
    });
  }
  const text = typeof value === 'string' ? value : null;
  const choices =
    kind.type === 'choice'
      ? kind.values.map((each) => ({ value: each, label: each }))
      : (form.choices?.(field, text) ?? []);
  const orNull = (next: string): void => set(next === '' && kind.nullable ? null : next);
  if (choices.length === 0) return labelledText({ ...common, value: text ?? '', onInput: orNull });
  return labelledDropdown({ ...common, value: text ?? '', options: choices, onChange: orNull });
}

interface Common {
  name: string;
  label: string;
  description?: string;
  flag: string;
  notes: FieldNotes;
  onReset: (() => void) | undefined;
}

function commonOf(form: FormFields, name: string, field: OptionField): Common {
  const byDefault = valueOf(form.defaults, name);
  return {
    name,
    ...fieldWords(form.table, name),
    flag: flagOf(field, form.tool),
    notes: notesFor(name, form.evaluation),
    onReset: isChanged(form, name) ? () => form.change({ [name]: byDefault }) : undefined,
  };
}

function isChanged({ options, defaults }: FormFields, name: string): boolean {
  return !sameValue(valueOf(options, name), valueOf(defaults, name));
}

function flagOf(field: OptionField, tool: ToolName | null): string {
  return (tool && toolRow(field, tool)?.flag) ?? '';
}

function toolRow({ options }: OptionField, tool: ToolName) {
  const id = options?.[tool]?.[0];
  return id === undefined ? null : optionRow(tool, id);
}
