import type { BackupFormat, RestoreOptions } from '../../model/options';
import type { ToolAbilities, ToolName, ToolVersion } from '../../model/tools';
import { tableOf } from '../catalogue/catalogue';
import { rowsOf } from '../catalogue/offeredRows';
import { longSpellings, takesValue, unknownRows } from '../catalogue/rows';
import type { FormField, OptionRow, Reserved } from '../catalogue/types';
import { checkFormat, checkOthers, checkValue, type OptionProblem } from './optionRules';

/** Why an extra argument is refused. */
export type ExtraProblem =
  /** Not an option of this tool in any version that we know. */
  | { code: 'unknown' }
  /** The option is there in other versions: from `since` to `until`. */
  | { code: 'otherVersion'; flag: string; since: number; until: number | null }
  /** The beginning of one or more options: what it means depends on the version. */
  | { code: 'abbreviation'; candidates: string[] }
  /** A field of the form sets this option. */
  | { code: 'formField'; flag: string; field: FormField }
  /** It is set among the tool's options in the form. */
  | { code: 'setInForm'; flag: string }
  | { code: 'reserved'; flag: string; reason: Reserved }
  /** Would be taken for the database's or the archive's name. */
  | { code: 'positional' }
  | { code: 'valueMissing'; flag: string }
  | { code: 'valueUnexpected'; flag: string }
  | OptionProblem;

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
  /** Ids of the other options that are set in the form. */
  toolOptions?: readonly string[];
  abilities?: ToolAbilities;
}

/** An option that was recognised among the arguments. */
interface Found {
  row: OptionRow;
  value: string | null;
  argument: string;
  index: number;
}

/** Options that can be recognised. */
interface Rows {
  /** Options of this version. */
  here: readonly OptionRow[];
  /** Options of any version. */
  all: readonly OptionRow[];
  version: ToolVersion;
}

type Report = (argument: string, index: number, problem: ExtraProblem) => void;

/**
 * Checks the user's own arguments: only options that this version of the tool has, spelled out,
 * none that a field of the form sets, none that changes the server or the database. The tools
 * themselves would obey the last of two contradicting options, and accept an abbreviation for an
 * option that begins with it.
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
  const table = tableOf(tool);
  const rows: Rows = {
    here: rowsOf(table, version, context.abilities),
    all: [...table.rows, ...unknownRows(tool, context.abilities?.unknownOptions ?? [])],
    version,
  };
  const found = readArguments(rows, args, report);
  const byForm = new Set(context.toolOptions ?? []);
  const given = new Set([...(context.given ?? []), ...byForm, ...found.map((f) => f.row.id)]);
  for (const option of found) {
    const problem =
      ownership(option, byForm) ??
      (option.value === null ? null : checkValue(option.row, option.value)) ??
      checkFormat(option.row, context.format, version) ??
      checkOthers(option.row, rows.all, given, context.given);
    if (problem) report(option.argument, option.index, problem);
  }
  return problems.sort((a, b) => a.index - b.index);
}

function readArguments(rows: Rows, args: readonly string[], report: Report): Found[] {
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
      ? readLong(rows, argument, add)
      : readShorts(rows, argument, add);
    if (problem) report(argument, at, problem);
  }
  return found;
}

function readLong(
  { here, all, version }: Rows,
  argument: string,
  add: (row: OptionRow, value: string | null) => void,
): ExtraProblem | null {
  // Arguments after a bare -- are not options.
  if (argument === '--') return { code: 'positional' };
  const equals = argument.indexOf('=');
  const flag = equals < 0 ? argument : argument.slice(0, equals);
  const value = equals < 0 ? null : argument.slice(equals + 1);
  const row = here.find((r) => longSpellings(r, version).includes(flag));
  if (row) {
    if (value !== null && !takesValue(row)) return { code: 'valueUnexpected', flag: row.flag };
    add(row, value);
    return null;
  }
  const elsewhere = all.find((r) =>
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
  { here, all }: Rows,
  argument: string,
  add: (row: OptionRow, value: string | null) => void,
): ExtraProblem | null {
  if (!argument.startsWith('-') || argument === '-') return { code: 'positional' };
  for (let i = 1; i < argument.length; i++) {
    const short = `-${argument.charAt(i)}`;
    const row = here.find((r) => r.short === short);
    if (!row) {
      const elsewhere = all.find((r) => r.short === short);
      if (!elsewhere) return { code: 'unknown' };
      const { since = 12, until = null } = elsewhere;
      return { code: 'otherVersion', flag: short, since, until };
    }
    if (takesValue(row)) {
      add(row, i + 1 < argument.length ? argument.slice(i + 1) : null);
      return null;
    }
    add(row, null);
  }
  return null;
}

function ownership({ row, value }: Found, byForm: ReadonlySet<string>): ExtraProblem | null {
  const { flag } = row;
  if (row.reserved) return { code: 'reserved', flag, reason: row.reserved };
  if (byForm.has(row.id)) return { code: 'setInForm', flag };
  const field = row.formField;
  if (field !== undefined) return { code: 'formField', flag, field };
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
