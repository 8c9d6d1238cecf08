import type { BackupFormat, BackupOptions, RestoreOptions } from '../../model/options';
import type { ToolName } from '../../model/tools';

/** The kinds of value an option takes; forms choose the control by it. */
export type OptionKind =
  | { kind: 'flag' }
  /** An integer from `min` to `max`, both included. */
  | { kind: 'number'; min: number; max: number; unit?: 'milliseconds' }
  /** `many`: given once for each of the chosen. */
  | { kind: 'choice'; choices: readonly OptionChoice[]; many?: true }
  /** `of` tells what may be suggested. */
  | { kind: 'text'; of: 'encoding' | 'role' | 'snapshot' | 'key' | 'free' }
  /** Given once for each pattern. */
  | { kind: 'patternList'; of: 'schema' | 'relation' | 'extension' | 'database' | 'foreignServer' }
  /** pg_restore's exact names: neither quoted nor patterns. Given once for each name. */
  | { kind: 'nameList'; of: 'schema' | 'relation' | 'index' | 'function' | 'trigger' }
  | { kind: 'file'; direction: 'in' | 'out' }
  | { kind: 'compression'; methods: readonly CompressionMethod[] };

export interface OptionChoice {
  value: string;
  label: string;
}

export interface CompressionMethod {
  method: 'none' | 'gzip' | 'lz4' | 'zstd';
  label: string;
  /** First major that has it; before 16 only a bare level can be given, which means gzip. */
  since: number;
  /** Levels from and to, both included; null = takes none. */
  levels: { min: number; max: number; default: number } | null;
  /** Takes `long`, the long-distance mode. */
  long?: true;
}

export type OptionGroup =
  | 'output'
  | 'content'
  | 'selection'
  | 'ownership'
  | 'data'
  | 'inserts'
  | 'behaviour'
  | 'performance'
  | 'script'
  | 'display'
  | 'upgrade'
  | 'connection'
  | 'information'
  /** Listed by the tool's own help, unknown to the catalogue. */
  | 'other';

/** Another way to write an option that the tool accepts. */
export interface Spelling {
  flag: string;
  /** First and last major that accept it; left out = all from 12 on. */
  since?: number;
  until?: number;
  /** Not in `--help`. */
  hidden?: true;
}

/**
 * Why the user's own arguments may not hold this option.
 * - `connection`: the connection says it.
 * - `information`: the tool would print something and do nothing else.
 * - `managed`: every run gives it itself.
 * - `elsewhere`: it would act on another database than the one chosen.
 */
export type Reserved = 'connection' | 'information' | 'managed' | 'elsewhere';

/** A field of a form's options. */
export type FormField = keyof BackupOptions | keyof RestoreOptions;

/**
 * One option of one tool. The catalogue has exactly the options that `--help` of 12 to 18 lists.
 */
export interface OptionRow {
  /** The newest long spelling without its dashes; unique within the tool. */
  id: string;
  tool: ToolName;
  /** e.g. `--large-objects`. */
  flag: string;
  /** e.g. `-b`. */
  short?: string;
  spellings?: readonly Spelling[];
  /** First major that has it, in whatever spelling; left out = 12 or older. */
  since?: number;
  /** First major that knows `flag`, where an older spelling goes further back. */
  flagSince?: number;
  /** Last major that has it; left out = the newest still does. */
  until?: number;
  /** First minor release that has it, by major; majors that are not listed have it from .0 on. */
  minors?: Readonly<Record<number, number>>;
  kind: OptionKind;
  /** Output formats the tool accepts it with; left out = all. */
  formats?: readonly BackupFormat[];
  /**
   * Further formats, with which only some releases take it: first minor release, by major. Majors
   * that are not listed refuse it.
   */
  laterFormats?: readonly { format: BackupFormat; minors: Readonly<Record<number, number>> }[];
  /** Formats in which it does something; the tool accepts it in the others and ignores it. */
  effectiveFormats?: readonly BackupFormat[];
  /** The tool refuses it unless one of these (ids) is given too. */
  requires?: readonly string[];
  /** The tool accepts it without any of these and ignores it. */
  noEffectWithout?: readonly string[];
  /** The tool refuses it together with any of these. Declared on both sides. */
  conflicts?: readonly string[];
  /** The tool accepts it together with these, and one of the two then does nothing. */
  noEffectWith?: readonly string[];
  /** The value that means the same as leaving the option out. */
  default?: string | number;
  group: OptionGroup;
  label: string;
  help: string;
  reserved?: Reserved;
  /** The form's field that sets it; the tables of fields say so (`optionTable`). */
  formField?: FormField;
  /** Not offered in a form; can be given as an extra argument. */
  extraOnly?: true;
  /** For values of the form name=value: names that the user must not set, and what sets them. */
  reservedNames?: Readonly<Record<string, keyof RestoreOptions | Reserved>>;
  /** Destructive, or restores less or elsewhere than expected: never remembered. */
  dangerous?: true;
  /**
   * Leaves something out or skips a check: never remembered, so that the user has to choose it each
   * time.
   */
  onceOnly?: true;
}

/** Value of an option: `true` for a flag, one string for each element of a list. */
export type OptionValue = true | number | string | readonly string[];
