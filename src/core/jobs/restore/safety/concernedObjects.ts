import { relationKey } from '../../../forms/selection/catalogIndex';
import type { DatabaseCatalog } from '../../../model/catalog';
import type { RestoreOptions, TableRef } from '../../../model/options';

/** What a backup of a part holds; both null = everything. */
export interface ConcernedObjects {
  schemas: string[] | null;
  tables: TableRef[] | null;
}

/**
 * The objects of a database that the chosen part of a restore drops: the chosen relations that
 * exist there. A whole schema is taken as such, because its functions and types are lost too.
 *
 * @returns null where none of the objects exists
 */
export function concernedObjects(
  { schemas, tables }: Pick<RestoreOptions, 'schemas' | 'tables'>,
  catalog: Pick<DatabaseCatalog, 'schemas' | 'relations'>,
): ConcernedObjects | null {
  // pg_dump takes whole schemas or single tables: both together means more than either.
  if (schemas !== null && tables !== null) return { schemas: null, tables: null };
  if (schemas !== null) {
    const there = new Set(catalog.schemas.map(({ name }) => name));
    const found = schemas.filter((name) => there.has(name));
    return found.length === 0 ? null : { schemas: found, tables: null };
  }
  const there = new Set(catalog.relations.map(relationKey));
  const found = (tables ?? []).filter((table) => there.has(relationKey(table)));
  return found.length === 0 ? null : { schemas: null, tables: found };
}
