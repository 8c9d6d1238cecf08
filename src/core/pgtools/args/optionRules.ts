import type { BackupFormat } from '../../model/options';
import type { ToolVersion } from '../../model/tools';
import { formatsFor } from '../catalogue/rows';
import type { FormField, OptionRow } from '../catalogue/types';

/** Why an option cannot be used now. */
export type OptionProblem =
  | { code: 'valueInvalid'; flag: string; allowed: string }
  /** The tool refuses it with this format. */
  | { code: 'formatRefuses'; flag: string; formats: readonly BackupFormat[] }
  /** The tool accepts it with this format and does nothing. */
  | { code: 'formatIgnores'; flag: string; formats: readonly BackupFormat[] }
  /** The tool refuses it, or ignores it, without one of these (flags). */
  | { code: 'needs'; flag: string; anyOf: string[] }
  /** The tool refuses the two together, or one of them does nothing. */
  | { code: 'conflict'; flag: string; with: string; field: FormField | null };

/** A value as it stands in an argument: a whole number in range, one of the choices. */
export function checkValue(row: OptionRow, value: string): OptionProblem | null {
  const { kind } = row;
  if (kind.kind === 'number') {
    const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
    if (number >= kind.min && number <= kind.max) return null;
    const allowed = `${String(kind.min)}..${String(kind.max)}`;
    return { code: 'valueInvalid', flag: row.flag, allowed };
  }
  if (kind.kind === 'choice' && !kind.choices.some((choice) => choice.value === value)) {
    const allowed = kind.choices.map((choice) => choice.value).join(', ');
    return { code: 'valueInvalid', flag: row.flag, allowed };
  }
  return null;
}

/** Does the option mean anything to this version of the tool, in this output format? */
export function checkFormat(
  row: OptionRow,
  format: BackupFormat | null | undefined,
  version: ToolVersion,
): OptionProblem | null {
  if (!format) return null;
  const formats = formatsFor(row, version);
  if (formats && !formats.includes(format)) {
    return { code: 'formatRefuses', flag: row.flag, formats };
  }
  if (row.effectiveFormats && !row.effectiveFormats.includes(format)) {
    return { code: 'formatIgnores', flag: row.flag, formats: row.effectiveFormats };
  }
  return null;
}

/**
 * Is the option accepted, and does it do something, together with the others?
 *
 * @param rows of the same tool
 * @param given ids of all options that are given
 * @param byForm those of them that the form's own fields give
 */
export function checkOthers(
  row: OptionRow,
  rows: readonly OptionRow[],
  given: ReadonlySet<string>,
  byForm: ReadonlySet<string> | undefined,
): OptionProblem | null {
  const rowOf = (id: string): OptionRow | undefined => rows.find((r) => r.id === id);
  for (const needs of [row.requires, row.noEffectWithout]) {
    if (needs && !needs.some((id) => given.has(id))) {
      return { code: 'needs', flag: row.flag, anyOf: needs.map((id) => rowOf(id)?.flag ?? id) };
    }
  }
  const against = [...(row.conflicts ?? []), ...(row.noEffectWith ?? [])];
  const id = against.find((other) => given.has(other));
  if (id === undefined) return null;
  const other = rowOf(id);
  const field = byForm?.has(id) === true ? (other?.formField ?? null) : null;
  return { code: 'conflict', flag: row.flag, with: other?.flag ?? id, field };
}
