import * as l10n from '@vscode/l10n';
import { html } from 'lit';
import type { OptionValue, ToolOptions } from '../../../src/core/model/options';
import { toolOptionName } from '../../../src/core/forms/fields/fieldText';
import type { ToolOptionField } from '../../../src/core/forms/toolOptions/toolOptions';
import { optionsOf } from '../../../src/core/pgtools/catalogue/catalogue';
import type { ToolName } from '../../../src/core/model/tools';
import { button } from '../ui/button';
import { field, type FieldNotes } from '../ui/field';
import type { OptionItem } from './optionItem';
import { toolOptionControl, type ToolOptionHandlers } from './toolOptionControl';

type Problems = readonly { field: string; severity: 'error' | 'warning'; message: string }[];

/** Notes of an option: its problems, and the reason why it is disabled. */
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
  // The control of a wrong value stays enabled, so that the value can be corrected.
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
    draw: () => toolOptionControl(option, toolOptionNotes(option, problems), handlers),
  };
}
