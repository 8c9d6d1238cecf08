import type { RestoreOptions, TableRef } from '../../model/options';
import { relationKey } from './catalogIndex';

/** Which entries of an archive are restored. `entries`: by their numbers, exactly those. */
export type RestoreSelection =
  | { mode: 'everything' }
  | { mode: 'only'; schemas: readonly string[]; tables: readonly TableRef[] }
  | { mode: 'entries'; dumpIds: readonly number[] };

/** A selection as the options of a restore hold it. */
export type RestoreLists = Pick<RestoreOptions, 'schemas' | 'tables' | 'dumpIds'>;

/** The selection that the lists describe; entries by number come before names. */
export function readRestoreSelection({ schemas, tables, dumpIds }: RestoreLists): RestoreSelection {
  if (dumpIds !== null) return { mode: 'entries', dumpIds };
  const named = (schemas?.length ?? 0) + (tables?.length ?? 0) > 0;
  return named
    ? { mode: 'only', schemas: schemas ?? [], tables: tables ?? [] }
    : { mode: 'everything' };
}

/** Tells the relations that the lists name, by themselves or with their schema. */
export function namedBy({
  schemas,
  tables,
}: Pick<RestoreLists, 'schemas' | 'tables'>): (relation: TableRef) => boolean {
  const inSchemas = new Set(schemas);
  const named = new Set(tables?.map(relationKey));
  return (relation) => inSchemas.has(relation.schema) || named.has(relationKey(relation));
}

/** Is a part of the archive restored, so that pg_restore is given a list? */
export function restoresPart(lists: RestoreLists): boolean {
  return readRestoreSelection(lists).mode !== 'everything';
}

/** What decides how much of a file is restored. */
export type RestoreExtent = RestoreLists &
  Pick<RestoreOptions, 'dataOnly' | 'schemaOnly' | 'databases' | 'withoutRowsOf'>;

/** Is everything restored that the file holds? Its size then says how much that is. */
export function restoresAll(options: RestoreExtent): boolean {
  const { dataOnly, schemaOnly, databases, withoutRowsOf } = options;
  const rowsLeftOut = (withoutRowsOf?.length ?? 0) > 0;
  const whole = !dataOnly && !schemaOnly && !rowsLeftOut && databases === null;
  return whole && !restoresPart(options);
}
