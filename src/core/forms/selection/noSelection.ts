import type { BackupOptions } from '../../model/options';

/** The options that choose what of a database a backup holds. */
export type ObjectOptions = Pick<
  BackupOptions,
  | 'schemas'
  | 'tables'
  | 'excludeSchemas'
  | 'excludeTables'
  | 'excludeTableData'
  | 'largeObjects'
  | 'extensions'
>;

/** The whole database. Lists of its own each time, as options may be changed. */
export function noSelection(): ObjectOptions {
  return {
    schemas: null,
    tables: null,
    excludeSchemas: [],
    excludeTables: [],
    excludeTableData: [],
    largeObjects: null,
    extensions: null,
  };
}
