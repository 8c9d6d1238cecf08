import type { TableRef } from './optionValues';

export const TOOL_NAMES = ['pg_dump', 'pg_restore', 'psql', 'pg_dumpall'] as const;

export type ToolName = (typeof TOOL_NAMES)[number];

/** The newest major of PostgreSQL that is known here. */
export const NEWEST_MAJOR = 18;

export interface ToolVersion {
  major: number;
  minor: number;
  /** As `--version` prints it, e.g. `17.6` or `18beta1`. */
  text: string;
}

/** A program that runs programs where this machine's files are not. */
export type PlaceProgram = 'docker' | 'podman' | 'wsl';

/** The place of tools that are not on this machine: a running container, or a WSL distribution. */
export interface ToolPlace {
  by: PlaceProgram;
  /** Name of the container or of the distribution. */
  name: string;
}

/** The server's address as it is seen from a tool's place. */
export interface DialledInside {
  host: string;
  port: number;
}

/** The client tools found in one directory. */
export interface ToolInstall {
  /** Absolute; of tools elsewhere, as `placedFile` writes it. */
  dir: string;
  version: ToolVersion;
  /** Absolute paths of those that are there; of tools elsewhere, as `placedFile` writes them. */
  tools: Partial<Record<ToolName, string>>;
  source: 'setting' | 'path' | 'wellKnown' | 'place';
}

/** Why an install was chosen. */
export type ChoiceReason =
  | 'serverMajor'
  | 'nearestNewer'
  | 'targetMajor'
  | 'newest'
  /** The user wanted this one. */
  | 'chosen';

export interface ToolChoice {
  install: ToolInstall;
  reason: ChoiceReason;
}

/** A command as data: compared in tests, shown in the form, redacted in the log. */
export interface ToolCommand {
  tool: ToolName;
  /** Absolute path of the executable. */
  file: string;
  args: string[];
  /** The whole environment of the child. The password is in here and nowhere else. */
  env: Record<string, string>;
}

/** One option as `--help` lists it. */
export interface HelpOption {
  /** e.g. `--large-objects`. */
  flag: string;
  /** e.g. `-b`. */
  short: string | null;
  /** Further long spellings in the same line, e.g. `--variable` of psql's `-v`. */
  also: string[];
  /** Name of the value, e.g. `PATTERN`; null = takes none. */
  argument: string | null;
  /** The tool's own words, in one line. */
  description: string;
}

/** A tool's abilities beyond its version; the catalogue alone is used where this is missing. */
export interface ToolAbilities {
  /** Options in `--help` that the catalogue does not know. */
  unknownOptions?: readonly HelpOption[];
  /** Ids of rows that the version should have and `--help` does not list. */
  missingOptions?: readonly string[];
  /** Compression methods that pg_dump was built with. */
  compressionMethods?: readonly string[];
  /** It gets arguments in UTF-8 though it is a program of Windows: that is Windows' code page. */
  utf8Arguments?: boolean;
}

/** Result of a search for tools. */
export interface ToolSearch {
  /** In the order of preference among equals: setting, PATH, usual places. */
  installs: ToolInstall[];
  /** Directories and patterns looked at. */
  searched: string[];
  /** Tools that were found and rejected. */
  rejected: { path: string; reason: ToolRejection }[];
  /** Of tools elsewhere: where the server is for them; null = where it is for this machine. */
  inside?: { dial: DialledInside | null };
}

export type ToolRejection =
  /** A PATH entry that depends on the working directory. */
  | 'relative'
  /** Lies in the workspace or in another place that is never searched. */
  | 'excluded'
  /** Debian's pg_wrapper: its version depends on the cluster it finds. */
  | 'wrapper'
  /** `--version` failed, took too long or said something else. */
  | 'notATool'
  /** The system did not start it, for want of file handles: asked again it may. */
  | 'notStarted';

/**
 * The objects that a backup is limited to, by exact names. The choice between schemas and tables is
 * already made: pg_dump ignores `--schema` and `--exclude-schema` as soon as there is a `--table`.
 */
export interface DumpSelection {
  schemas: readonly string[];
  tables: readonly TableRef[];
  excludeSchemas: readonly string[];
  excludeTables: readonly TableRef[];
  excludeTableData: readonly TableRef[];
  /** null = the tool's default: all, or none when schemas or tables are named. */
  largeObjects: boolean | null;
  /** null = the tool's default: all, or none when schemas or tables are named. */
  extensions: readonly string[] | null;
}
