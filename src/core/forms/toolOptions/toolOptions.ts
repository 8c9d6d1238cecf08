import * as l10n from '@vscode/l10n';
import { optionsOf, tableOf } from '../../pgtools/catalogue/catalogue';
import { offeredRows } from '../../pgtools/catalogue/offeredRows';
import { flagFor, unknownRows } from '../../pgtools/catalogue/rows';
import type { OptionChoice, OptionGroup, OptionRow } from '../../pgtools/catalogue/types';
import { checkFormat, checkOthers, type OptionProblem } from '../../pgtools/args/optionRules';
import type { ToolAbilities, ToolName, ToolVersion } from '../../model/tools';
import type { FieldState } from '../form/formTypes';
import type { BackupFormat, OptionValue, ToolOptions } from '../../model/options';
import { ruleReason, valueProblem } from './toolOptionText';

/** The control for a tool's option, and the type of its value. */
export type ToolOptionKind =
  /** `true` or not set. */
  | 'flag'
  | 'number'
  /** One of `choices`. */
  | 'choice'
  /** Some of `choices`: string[]. */
  | 'choices'
  | 'text'
  /** string[] */
  | 'list'
  /** Absolute path. */
  | 'file'
  /** A method with its level, as `parseCompression` reads it. */
  | 'compression';

/** One of a tool's options as the form shows it. */
export interface ToolOptionField {
  id: string;
  /** Spelling of this version, e.g. `--no-blobs`. */
  flag: string;
  label: string;
  help: string;
  /** `other`: listed by the tool's own help, unknown to the catalogue. */
  group: OptionGroup;
  kind: ToolOptionKind;
  /** Type of the text or of the list's elements, for suggestions. */
  of?: string;
  choices?: readonly OptionChoice[];
  min?: number;
  max?: number;
  unit?: 'milliseconds';
  /** The tool's default without the option; null = none. */
  default: string | number | null;
  state: FieldState;
  /** null = not set. */
  value: OptionValue | null;
  /** Problem of the present value. */
  problem?: string;
  dangerous: boolean;
}

/** A tool with what is asked of it. */
export interface ToolOptionsRequest {
  tool: ToolName;
  version: ToolVersion;
  abilities: ToolAbilities;
  /** The output's format, for pg_dump. */
  format: BackupFormat | null;
  /** Ids of the options that the form's own fields give. */
  given: ReadonlySet<string>;
  toolOptions: ToolOptions;
}

/**
 * The tool's options beyond the form's own fields, in the order of the catalogue, and `compress`,
 * which says more than the field does.
 */
export function toolOptionFields(request: ToolOptionsRequest): ToolOptionField[] {
  const { tool, version, abilities, toolOptions } = request;
  return offeredRows(tableOf(tool), version, abilities).map((row): ToolOptionField => {
    const value = toolOptions[row.id] ?? null;
    const rule = toolOptionRule(row, request);
    const reason = rule && ruleReason(rule);
    const problem = value === null ? null : (valueProblem(row, value) ?? reason);
    return {
      id: row.id,
      flag: flagFor(row, version),
      label: l10n.t(row.label),
      help: l10n.t(row.help),
      group: row.group,
      ...control(row),
      default: row.default ?? null,
      // An option that is set stays enabled, so that the user can reset it.
      state: reason !== null && value === null ? { enabled: false, reason } : { enabled: true },
      value,
      ...(problem === null ? {} : { problem }),
      dangerous: row.dangerous === true,
    };
  });
}

function control(
  row: OptionRow,
): Pick<ToolOptionField, 'kind' | 'of' | 'choices' | 'min' | 'max' | 'unit'> {
  const { kind } = row;
  switch (kind.kind) {
    case 'flag':
      return { kind: 'flag' };
    case 'number': {
      const { min, max, unit } = kind;
      return { kind: 'number', min, max, ...(unit && { unit }) };
    }
    case 'choice': {
      const choices = kind.choices.map(({ value, label }) => ({ value, label: l10n.t(label) }));
      return { kind: kind.many ? 'choices' : 'choice', choices };
    }
    case 'text':
      return { kind: 'text', of: kind.of };
    case 'patternList':
    case 'nameList':
      return { kind: 'list', of: kind.of };
    case 'file':
      return { kind: 'file', of: kind.direction };
    case 'compression':
      return { kind: 'compression' };
  }
}

/** Why the tool would refuse the option, or accept it without effect. */
export function toolOptionRule(row: OptionRow, request: ToolOptionsRequest): OptionProblem | null {
  const { tool, version, abilities, format, given, toolOptions } = request;
  const rows = [...optionsOf(tool), ...unknownRows(tool, abilities.unknownOptions ?? [])];
  const all = new Set([...given, ...Object.keys(toolOptions)]);
  return checkFormat(row, format, version) ?? checkOthers(row, rows, all, given);
}

/** Sets an option; an empty text or list, `false` and null take it back. */
export function changeToolOption<T extends { toolOptions: ToolOptions }>(
  options: T,
  id: string,
  value: OptionValue | null,
): T {
  const empty =
    value === null || value === false || value === '' || (Array.isArray(value) && !value.length);
  if (empty) return resetToolOption(options, id);
  return { ...options, toolOptions: { ...options.toolOptions, [id]: value } };
}

/** Leaves the option to the tool's default. */
export function resetToolOption<T extends { toolOptions: ToolOptions }>(options: T, id: string): T {
  const kept = Object.entries(options.toolOptions).filter(([each]) => each !== id);
  return { ...options, toolOptions: Object.fromEntries(kept) };
}
