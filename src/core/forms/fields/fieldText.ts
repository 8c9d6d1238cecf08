/** Names, order and controls of fields, from their table. */
import * as l10n from '@vscode/l10n';
import { backupFields } from '../../model/backupFields';
import type { FieldTable, OptionField } from '../../model/optionFields';
import { restoreFields } from '../../model/restoreFields';

const TOOL_OPTION = 'toolOptions.';

/** The name of a tool's option in what is said about a form. */
export function toolOptionName(id: string): `toolOptions.${string}` {
  return `${TOOL_OPTION}${id}`;
}

/** The words for a field in a list of problems. `tool`: the options of the tool that will run. */
export function fieldLabel(
  table: FieldTable,
  name: string,
  tool: readonly { id: string; label: string }[],
): string {
  const row = rowOf(table, name) ?? hostOf(table, name, 'shared')?.row;
  if (row) return l10n.t(row.group ?? row.label);
  return tool.find(({ id }) => toolOptionName(id) === name)?.label ?? name;
}

/** The words at a field's own control. */
export function fieldWords(
  table: FieldTable,
  name: string,
): { label: string; description?: string } {
  const row = rowOf(table, name);
  if (row === undefined) return { label: name };
  const label = l10n.t(row.label);
  return row.help === undefined ? { label } : { label, description: l10n.t(row.help) };
}

/** The words for a field within a sentence, whichever form it belongs to. */
export function fieldName(name: string): string {
  const row = rowOf(backupFields, name) ?? rowOf(restoreFields, name);
  if (row === undefined) return name.startsWith(TOOL_OPTION) ? `--${optionOf(name)}` : name;
  const label = l10n.t(row.label);
  return row.group === undefined ? label : l10n.t('{0}: {1}', l10n.t(row.group), label);
}

/** The place of a field from the top of the form to its end. */
export function fieldOrder(table: FieldTable, name: string): number {
  const names = Object.keys(table);
  const index = names.indexOf(name);
  if (index >= 0) return index;
  const host = hostOf(table, name);
  return host ? names.indexOf(host.name) + 0.5 : names.length;
}

/** The id of the control that a field's problem is corrected at. */
export function controlOf(table: FieldTable, name: string): string {
  return rowOf(table, name)?.control ?? hostOf(table, name, 'shared')?.name ?? name;
}

/** Is the field in the advanced part? */
export function isAdvanced(table: FieldTable, name: string): boolean {
  const row = rowOf(table, name);
  if (row) return row.place === 'advanced';
  return name.startsWith(TOOL_OPTION) && hostOf(table, name) === undefined;
}

/** The tool options that are shown beside fields, and therefore not in the advanced part. */
export function optionsBesideFields(table: FieldTable): string[] {
  return Object.values(table).flatMap(({ beside = {} }) => Object.keys(beside));
}

/** The row of a field; undefined for a name that the table does not have. */
export function rowOf(table: FieldTable, name: string): OptionField | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function optionOf(name: string): string {
  return name.slice(TOOL_OPTION.length);
}

/** The field that a tool option is shown beside. */
function hostOf(
  table: FieldTable,
  name: string,
  how?: 'shared',
): { name: string; row: OptionField } | undefined {
  if (!name.startsWith(TOOL_OPTION)) return undefined;
  const option = optionOf(name);
  for (const [host, row] of Object.entries(table)) {
    const beside = row.beside?.[option];
    if (beside !== undefined && (how === undefined || beside === how)) return { name: host, row };
  }
  return undefined;
}
