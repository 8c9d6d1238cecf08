/** Values of the fields of backup and restore options. Plain JSON. */

export type BackupFormat = 'custom' | 'plain' | 'directory' | 'tar';

/** A relation by its exact names, as the catalog stores them: no quoting, no folding. */
export interface TableRef {
  schema: string;
  name: string;
}

/** A database of a script of pg_dumpall, and the one that it is restored into. */
export interface DatabaseChoice {
  name: string;
  target: string;
}

/** A role of a backup, and the one that takes its place. */
export interface RoleChoice {
  name: string;
  target: string;
}

/**
 * The value of one of a tool's own options: `true` for a flag, one element for each time that it is
 * given for a list.
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

/** How thoroughly a backup is verified: each level does what the one before it does, and more. */
export type VerifyLevel =
  /** Table of contents, members, sizes, and the manifest's checksums where there is one. */
  | 'structure'
  /** Every byte read and unpacked by our own reader; that of an archive by pg_restore, too. */
  | 'fullRead'
  /** Restored into a scratch database, whose rows are counted. */
  | 'trialRestore';
