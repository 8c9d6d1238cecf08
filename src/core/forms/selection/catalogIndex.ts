import type { CatalogRelation, DatabaseCatalog } from '../../model/catalog';
import type { TableRef } from '../../model/options';

/** A relation with what belongs to it. */
export interface IndexedRelation {
  key: string;
  relation: CatalogRelation;
  /** The partitioned table it is a partition of, where the catalog has it. */
  parent: IndexedRelation | null;
  /** Its own partitions, in the catalog's order. */
  partitions: readonly IndexedRelation[];
  /** Can be selected: an extension's relations and owned sequences come with their owners. */
  selectable: boolean;
}

export interface IndexedSchema {
  name: string;
  /** All relations that can be selected, partitions among them. */
  relations: IndexedRelation[];
}

/** A catalog made quick to ask. */
export interface CatalogIndex {
  catalog: DatabaseCatalog;
  byKey: ReadonlyMap<string, IndexedRelation>;
  /** The schemas that can be selected, by name. */
  schemas: ReadonlyMap<string, IndexedSchema>;
  /** Names of all schemas there are. */
  schemaNames: ReadonlySet<string>;
}

/**
 * A map key for exact names: no two relations share one, whatever characters they hold. A form makes
 * tens of thousands at a time; as JSON they would take three times as long.
 */
export function relationKey({ schema, name }: TableRef): string {
  return `${schema.length}.${schema}.${name}`;
}

/** Most relations have none. */
const NO_PARTITIONS: readonly IndexedRelation[] = [];

/** The index of a catalog; O(relations), so it is made once and handed on. */
export function indexCatalog(catalog: DatabaseCatalog): CatalogIndex {
  const byKey = new Map<string, IndexedRelation>();
  for (const relation of catalog.relations) {
    const key = relationKey(relation);
    const selectable = relation.extension === null && relation.ownedBy === null;
    byKey.set(key, { key, relation, parent: null, partitions: NO_PARTITIONS, selectable });
  }
  const schemas = new Map<string, IndexedSchema>();
  for (const { name, extension } of catalog.schemas) {
    if (extension === null) schemas.set(name, { name, relations: [] });
  }
  const partitions = new Map<IndexedRelation, IndexedRelation[]>();
  for (const entry of byKey.values()) {
    const { partitionOf, schema } = entry.relation;
    const parent = partitionOf ? byKey.get(relationKey(partitionOf)) : undefined;
    if (parent) {
      entry.parent = parent;
      const others = partitions.get(parent);
      if (others) others.push(entry);
      else {
        const list = [entry];
        partitions.set(parent, list);
        parent.partitions = list;
      }
    }
    if (!entry.selectable) continue;
    // A user's own table may live in an extension's schema: then the schema can be selected too.
    let home = schemas.get(schema);
    if (!home) schemas.set(schema, (home = { name: schema, relations: [] }));
    home.relations.push(entry);
  }
  return { catalog, byKey, schemas, schemaNames: new Set(catalog.schemas.map((s) => s.name)) };
}

/** The relation and all its partitions, however deep, parents first. */
export function withPartitions(entry: IndexedRelation): IndexedRelation[] {
  const found = [entry];
  // The list grows while it is walked.
  for (const next of found) for (const partition of next.partitions) found.push(partition);
  return found;
}
