import type { BackupFormat, BackupOptions, RestoreOptions } from '../../forms/options';
import type { ToolName, ToolVersion } from '../types';
import { hasOption, longSpellings, optionsOf, takesValue } from './catalogue/catalogue';
import type { OptionRow, Reserved } from './catalogue/types';

/** Why an extra argument is refused. */
export type ExtraProblem =
  /** Not an option of this tool in any version that we know. */
  | { code: 'unknown' }
  /** The option is there in other versions: from `since` to `until`. */
  | { code: 'otherVersion'; flag: string; since: number; until: number | null }
  /** The beginning of one or more options: what it means depends on the version. */
  | { code: 'abbreviation'; candidates: string[] }
  /** A field of the form says this. */
  | { code: 'formField'; flag: string; field: keyof BackupOptions | keyof RestoreOptions }
  | { code: 'reserved'; flag: string; reason: Reserved }
  /** Would be taken for the database's or the archive's name. */
  | { code: 'positional' }
  | { code: 'valueMissing'; flag: string }
  | { code: 'valueUnexpected'; flag: string }
  | { code: 'valueInvalid'; flag: string; allowed: string }
  /** The tool refuses it with this format. */
  | { code: 'formatRefuses'; flag: string; formats: readonly BackupFormat[] }
  /** The tool accepts it with this format and does nothing. */
  | { code: 'formatIgnores'; flag: string; formats: readonly BackupFormat[] }
  /** The tool refuses it, or ignores it, without one of these (flags). */
  | { code: 'needs'; flag: string; anyOf: string[] }
  /** The tool refuses the two together, or one of them does nothing. */
  | {
      code: 'conflict';
      flag: string;
      with: string;
      field: keyof BackupOptions | keyof RestoreOptions | null;
    };

export interface ExtraArgumentProblem {
  /** The argument as it was given. */
  argument: string;
  /** Its place among the arguments, from 0. */
  index: number;
  problem: ExtraProblem;
}

export interface ExtraArgsContext {
  /** The output's format, for pg_dump. */
  format?: BackupFormat;
  /** Ids of the options that the form's own fields give. */
  given?: ReadonlySet<string>;
}

/** An option that was recognised among the arguments. */
interface Found {
  row: OptionRow;
  value: string | null;
  argument: string;
  index: number;
}

type Report = (argument: string, index: number, problem: ExtraProblem) => void;

/**
 * Checks the user's own arguments: only options that this version of the tool has, spelled out, no
 * field of the form, nothing that would send the run elsewhere. The tools themselves would take
 * the last of two contradicting options, or an unknown one for another that begins alike.
 *
 * @returns the problems in the order of the arguments; empty = fine
 */
export function validateExtraArgs(
  tool: ToolName,
  version: ToolVersion,
  args: readonly string[],
  context: ExtraArgsContext = {},
): ExtraArgumentProblem[] {
  const problems: ExtraArgumentProblem[] = [];
  const report: Report = (argument, index, problem) => problems.push({ argument, index, problem });
  const found = readArguments(tool, version, args, report);
  const given = new Set([...(context.given ?? []), ...found.map((f) => f.row.id)]);
  for (const option of found) {
    const problem =
      ownership(option) ??
      checkValue(option) ??
      checkFormat(option.row, context.format) ??
      checkOthers(option.row, tool, given, context.given);
    if (problem) report(option.argument, option.index, problem);
  }
  return problems.sort((a, b) => a.index - b.index);
}

function readArguments(
  tool: ToolName,
  version: ToolVersion,
  args: readonly string[],
  report: Report,
): Found[] {
  const found: Found[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? '';
    const at = i;
    const add = (row: OptionRow, attached: string | null): void => {
      let value = attached;
      if (takesValue(row) && value === null) {
        value = args[i + 1] ?? null;
        if (value === null) {
          report(argument, at, { code: 'valueMissing', flag: row.flag });
          return;
        }
        i++;
      }
      found.push({ row, value, argument, index: at });
    };
    const problem = argument.startsWith('--')
      ? readLong(tool, version, argument, add)
      : readShorts(tool, version, argument, add);
    if (problem) report(argument, at, problem);
  }
  return found;
}

function readLong(
  tool: ToolName,
  version: ToolVersion,
  argument: string,
  add: (row: OptionRow, value: string | null) => void,
): ExtraProblem | null {
  // What follows a bare -- is no option any more.
  if (argument === '--') return { code: 'positional' };
  const equals = argument.indexOf('=');
  const flag = equals < 0 ? argument : argument.slice(0, equals);
  const value = equals < 0 ? null : argument.slice(equals + 1);
  const rows = optionsOf(tool);
  const here = rows.filter((row) => hasOption(row, version));
  const row = here.find((r) => longSpellings(r, version).includes(flag));
  if (row) {
    if (value !== null && !takesValue(row)) return { code: 'valueUnexpected', flag: row.flag };
    add(row, value);
    return null;
  }
  const elsewhere = rows.find((r) =>
    [r.flag, ...(r.spellings ?? []).map((s) => s.flag)].includes(flag),
  );
  if (elsewhere) {
    const since = elsewhere.flagSince ?? elsewhere.since ?? 12;
    return { code: 'otherVersion', flag, since, until: elsewhere.until ?? null };
  }
  const candidates = here
    .flatMap((r) => longSpellings(r, version))
    .filter((spelling) => spelling.startsWith(flag));
  return candidates.length > 0 ? { code: 'abbreviation', candidates } : { code: 'unknown' };
}

/** `-x`, several at once (`-xO`), with a value attached (`-n'name'`) or following. */
function readShorts(
  tool: ToolName,
  version: ToolVersion,
  argument: string,
  add: (row: OptionRow, value: string | null) => void,
): ExtraProblem | null {
  if (!argument.startsWith('-') || argument === '-') return { code: 'positional' };
  for (let i = 1; i < argument.length; i++) {
    const short = `-${argument.charAt(i)}`;
    const row = optionsOf(tool).find((r) => r.short === short);
    if (!row) return { code: 'unknown' };
    if (!hasOption(row, version)) {
      return {
        code: 'otherVersion',
        flag: short,
        since: row.since ?? 12,
        until: row.until ?? null,
      };
    }
    if (takesValue(row)) {
      add(row, i + 1 < argument.length ? argument.slice(i + 1) : null);
      return null;
    }
    add(row, null);
  }
  return null;
}

function ownership({ row, value }: Found): ExtraProblem | null {
  const { flag } = row;
  if (row.reserved) return { code: 'reserved', flag, reason: row.reserved };
  if (row.seedField) return { code: 'formField', flag, field: row.seedField };
  const name = value?.replace(/=.*$/s, '') ?? '';
  const owner = Object.entries(row.reservedNames ?? {}).find(([n]) => n === name)?.[1];
  if (owner === undefined) return null;
  return isReserved(owner)
    ? { code: 'reserved', flag, reason: owner }
    : { code: 'formField', flag, field: owner };
}

function isReserved(owner: keyof RestoreOptions | Reserved): owner is Reserved {
  return ['connection', 'information', 'managed', 'elsewhere'].includes(owner);
}

function checkValue({ row, value }: Found): ExtraProblem | null {
  const { kind } = row;
  if (value === null || kind.kind === 'flag') return null;
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

function checkFormat(row: OptionRow, format: BackupFormat | undefined): ExtraProblem | null {
  if (!format) return null;
  if (row.formats && !row.formats.includes(format)) {
    return { code: 'formatRefuses', flag: row.flag, formats: row.formats };
  }
  if (row.actsOn && !row.actsOn.includes(format)) {
    return { code: 'formatIgnores', flag: row.flag, formats: row.actsOn };
  }
  return null;
}

function checkOthers(
  row: OptionRow,
  tool: ToolName,
  given: ReadonlySet<string>,
  byForm: ReadonlySet<string> | undefined,
): ExtraProblem | null {
  const rowOf = (id: string): OptionRow | undefined => optionsOf(tool).find((r) => r.id === id);
  for (const needs of [row.requires, row.actsOnlyWith]) {
    if (needs && !needs.some((id) => given.has(id))) {
      return { code: 'needs', flag: row.flag, anyOf: needs.map((id) => rowOf(id)?.flag ?? id) };
    }
  }
  const against = [...(row.conflicts ?? []), ...(row.pointlessWith ?? [])];
  const id = against.find((other) => given.has(other));
  if (id === undefined) return null;
  const other = rowOf(id);
  const field = byForm?.has(id) ? (other?.seedField ?? null) : null;
  return { code: 'conflict', flag: row.flag, with: other?.flag ?? id, field };
}
