import type { DatabaseCatalog } from '../catalog/types';
import type { BackupOptions, TableRef } from './options';

/** What pg_dump is told to take: exact names, quoted into patterns by the argument builder. */
export interface DumpSelection {
  /** `--schema`; empty = no filter. */
  schemas: string[];
  /** `--table`; only ever without `schemas`, because pg_dump's `-t` switches `-n` off. */
  tables: TableRef[];
  /** `--exclude-table`. */
  excludeTables: TableRef[];
  /** `--exclude-table-data`. */
  excludeTableData: TableRef[];
  /** true = `--large-objects`, false = `--no-large-objects`, null = the tool's default. */
  largeObjects: boolean | null;
  /** `--extension` for each; null = the tool's default. */
  extensions: string[] | null;
}

/** What is ticked is what is dumped. */
export function resolveSelection(
  options: BackupOptions,
  catalog: DatabaseCatalog | null,
): DumpSelection {
  void catalog;
  return {
    schemas: options.schemas ?? [],
    tables: options.tables ?? [],
    excludeTables: options.excludeTables,
    excludeTableData: options.excludeTableData,
    largeObjects: options.largeObjects,
    extensions: options.extensions,
  };
}
