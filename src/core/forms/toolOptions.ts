import type {
  CompressionMethod,
  OptionChoice,
  OptionGroup,
  OptionRow,
} from '../pgtools/browser/catalogue/types';
import type { ToolName, ToolVersion } from '../pgtools/types';
import type { FieldState } from './formTypes';
import type { BackupFormat, OptionValue, ToolOptions } from './options';

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
  /** `method`, `method:level=N` or `method:level=N,long`; see `parseCompression`. */
  | 'compression';

/** One of a tool's options as the form shows it. */
export interface ToolOptionField {
  id: string;
  /** As this version spells it, e.g. `--no-blobs`. */
  flag: string;
  label: string;
  help: string;
  /** `other`: listed by the tool's own help, unknown to the catalogue. */
  group: OptionGroup;
  kind: ToolOptionKind;
  /** What the text or the list is of: what can be suggested. */
  of?: string;
  choices?: readonly OptionChoice[];
  methods?: readonly CompressionMethod[];
  min?: number;
  max?: number;
  unit?: 'milliseconds';
  /** What the tool does without the option; null = nothing of the kind. */
  default: string | number | null;
  state: FieldState;
  /** null = not set. */
  value: OptionValue | null;
  /** What is wrong with the value. */
  problem?: string;
  dangerous: boolean;
}

/** What else is known when options are judged. */
export interface ToolOptionFacts {
  /** Ids of the options that the form's own fields give. */
  given?: ReadonlySet<string>;
  /** Ids of rows that the tool's own help does not list. */
  missing?: readonly string[];
  /** Compression methods that the tool was built with; left out = all of its version. */
  compressionMethods?: readonly string[];
}

/** The tool's options beyond the form's own fields, in the order of the catalogue. */
export function toolOptionFields(
  _tool: ToolName,
  _version: ToolVersion,
  _format: BackupFormat | null,
  _options: { toolOptions: ToolOptions },
  _extraRows: readonly OptionRow[] = [],
  _facts: ToolOptionFacts = {},
): ToolOptionField[] {
  return [];
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
  const { [id]: _, ...rest } = options.toolOptions;
  return { ...options, toolOptions: rest };
}
