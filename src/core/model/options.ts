/** The options of a backup and of a restore, as forms, command API and jobs share them. Plain JSON. */

export type BackupFormat = 'custom' | 'plain' | 'directory' | 'tar';

/** A relation by its exact names, as the catalog stores them: no quoting, no folding. */
export interface TableRef {
  schema: string;
  name: string;
}

/**
 * What one of a tool's own options is set to: `true` for a flag, one element for each time that it
 * is given for a list.
 */
export type OptionValue = boolean | number | string | string[];

/**
 * Options of the tool beyond the form's own fields, by the catalogue's row id, e.g.
 * `{ 'no-comments': true, 'rows-per-insert': 100, section: ['pre-data'] }`. `compress` is a method
 * with its level, as the tool reads it (`zstd:level=9,long`), and then counts instead of
 * `compression`. Options that the catalogue does not know are under their flag without dashes.
 */
export type ToolOptions = Record<string, OptionValue>;

/**
 * What a backup is of. `database`: the connection's own, by pg_dump. All others are made by
 * pg_dumpall, as plain scripts: `server`: roles, tablespaces and all databases; `globals`: roles and
 * tablespaces; `roles` and `tablespaces`: those alone.
 */
export type BackupScope = 'database' | 'server' | 'globals' | 'roles' | 'tablespaces';

export interface BackupOptions {
  connectionId: string;
  scope: BackupScope;
  /** Databases that a backup of the whole server leaves out, exact names. */
  excludeDatabases: string[];
  /** Absolute path of the file (or directory, for the directory format) that will appear. */
  outputPath: string;
  format: BackupFormat;
  /** 0 to 9; 0 = not compressed, and is passed as such. */
  compression: number;
  includeSchema: boolean;
  includeData: boolean;
  includePrivileges: boolean;
  /** Acts on plain scripts only: in archives, ownership is a choice at restore time. */
  includeOwnership: boolean;
  /** Whole schemas, exact names; null = no filter. */
  schemas: string[] | null;
  /** Single relations; null = no filter. Together with `schemas`: see `resolveSelection`. */
  tables: TableRef[] | null;
  /** Whole schemas left out of everything else; not together with `schemas` or `tables`. */
  excludeSchemas: string[];
  /** Relations left out, with their data. */
  excludeTables: TableRef[];
  /** Tables whose definition is dumped without rows. */
  excludeTableData: TableRef[];
  /** With a filter on, pg_dump leaves large objects out unless told; null = the tool's default. */
  largeObjects: boolean | null;
  /** Extensions to keep while a filter is on (pg_dump 14+); null = the tool's default. */
  extensions: string[] | null;
  /** Parallel workers, directory format only. */
  jobs: number;
  /** Seconds to wait for a table lock; 0 = wait for ever. */
  lockWaitTimeout: number;
  noSync: boolean;
  /** Encoding of the dump; null = the database's. */
  encoding: string | null;
  toolOptions: ToolOptions;
  /** Directory of the installed tools that shall be used; null = those that fit best. */
  toolDir: string | null;
  /** Passed as they are, one argument an element; checked against the form's own fields. */
  extraArgs: string[];
}

export interface RestoreOptions {
  connectionId: string;
  /** Absolute path of an archive, a directory archive or a script. */
  inputPath: string;
  /**
   * The file is a script of pg_dumpall and may be run: it creates roles and databases, and connects
   * to each of them in turn. Never together with a target database.
   */
  wholeServer: boolean;
  /** null = the connection's own database. */
  targetDatabase: string | null;
  /** Create `targetDatabase` from template0 first; it must not exist. */
  createDatabase: boolean;
  schemaOnly: boolean;
  dataOnly: boolean;
  /** Exact names; null = everything. */
  schemas: string[] | null;
  /** With what belongs to them: indexes, constraints, owned sequences, triggers, defaults, … */
  tables: TableRef[] | null;
  /** Entries by their numbers in the archive, exactly those; not together with the two above. */
  dumpIds: number[] | null;
  clean: boolean;
  /** Only with `clean`. */
  ifExists: boolean;
  noOwner: boolean;
  noPrivileges: boolean;
  exitOnError: boolean;
  /** Excludes `jobs` > 1; implies `exitOnError`. */
  singleTransaction: boolean;
  jobs: number;
  disableTriggers: boolean;
  toolOptions: ToolOptions;
  /** Directory of the installed tools that shall be used; null = those that fit best. */
  toolDir: string | null;
  extraArgs: string[];
}

/** How thoroughly a backup is verified: each level does what the one before it does, and more. */
export type VerifyLevel =
  /** Table of contents, members, sizes, and the manifest's checksums where there is one. */
  | 'structure'
  /** Every byte read and unpacked by our own reader; that of an archive by pg_restore, too. */
  | 'fullRead'
  /** Restored into a scratch database, whose rows are counted. */
  | 'trialRestore';

export interface VerifyOptions {
  /** Absolute path of the backup. */
  inputPath: string;
  level: VerifyLevel;
  /** On whose server the scratch database is made; needed for `trialRestore` only. */
  connectionId?: string | undefined;
}

/** The form's defaults; `connectionId`, `outputPath` and `inputPath` have none. */
export type BackupDefaults = Omit<BackupOptions, 'connectionId' | 'outputPath'>;
export type RestoreDefaults = Omit<RestoreOptions, 'connectionId' | 'inputPath'>;
