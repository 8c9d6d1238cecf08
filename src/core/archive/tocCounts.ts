import { openFileSource, readBytes } from './byteSource';
import type { TableRef } from '../forms/options';
import type { Toc } from './toc';
import type { BackupContents } from './types';

/** Types of entries that are rows in a restore form's tree of tables. */
const tableTypes = new Set(['TABLE', 'FOREIGN TABLE']);
const functionTypes = new Set(['FUNCTION', 'PROCEDURE', 'AGGREGATE']);
const viewTypes = new Set(['VIEW', 'MATERIALIZED VIEW']);
const constraintTypes = new Set(['CONSTRAINT', 'FK CONSTRAINT', 'CHECK CONSTRAINT']);

/** How many listed entries of each type there are, PostgreSQL's words for the types. */
export function countTypes(toc: Toc): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < toc.count; i++) {
    if (!toc.isListed(i)) continue;
    const desc = toc.desc(i);
    counts.set(desc, (counts.get(desc) ?? 0) + 1);
  }
  return counts;
}

/** Sum of the counts of several types. */
export function sumOf(counts: ReadonlyMap<string, number>, types: ReadonlySet<string>): number {
  let sum = 0;
  for (const type of types) sum += counts.get(type) ?? 0;
  return sum;
}

/**
 * The tables of an archive, in its order; of one that holds data only, those that the data belong
 * to.
 */
export function tocTables(toc: Toc): TableRef[] {
  const tables: TableRef[] = [];
  const data: TableRef[] = [];
  for (let i = 0; i < toc.count; i++) {
    const desc = toc.desc(i);
    if (tableTypes.has(desc)) tables.push({ schema: toc.schema(i) ?? '', name: toc.tag(i) });
    else if (desc === 'TABLE DATA') data.push({ schema: toc.schema(i) ?? '', name: toc.tag(i) });
  }
  return tables.length > 0 ? tables : data;
}

/** Schemas the archive creates or has objects in, sorted. */
export function tocSchemas(toc: Toc): string[] {
  const schemas = new Set<string>();
  for (let i = 0; i < toc.count; i++) {
    if (toc.desc(i) === 'SCHEMA') schemas.add(toc.tag(i));
    const schema = toc.schema(i);
    if (schema !== null) schemas.add(schema);
  }
  return [...schemas].sort();
}

/** Turns counts of types into the figures of a backup's card. */
export function contentsOf(
  counts: ReadonlyMap<string, number>,
  schemas: string[],
  tables: TableRef[],
  largeObjects: number,
): BackupContents {
  return {
    schemas,
    tables,
    functions: sumOf(counts, functionTypes),
    views: sumOf(counts, viewTypes),
    sequences: counts.get('SEQUENCE') ?? 0,
    indexes: counts.get('INDEX') ?? 0,
    triggers: counts.get('TRIGGER') ?? 0,
    constraints: sumOf(counts, constraintTypes),
    hasBlobs: largeObjects > 0 || counts.has('BLOBS'),
    largeObjects,
  };
}

/** What an archive contains, in figures. Reads the file only to count large objects. */
export async function tocCounts(toc: Toc): Promise<BackupContents> {
  return contentsOf(countTypes(toc), tocSchemas(toc), tocTables(toc), await countLargeObjects(toc));
}

/**
 * Up to pg_dump 16 each large object is an entry (BLOB). From 17 on an entry (BLOB METADATA) stands
 * for up to a thousand, its tag `first..last`, and its definition has a line for each.
 */
async function countLargeObjects(toc: Toc): Promise<number> {
  let count = 0;
  const groups: number[] = [];
  for (let i = 0; i < toc.count; i++) {
    const desc = toc.desc(i);
    if (desc === 'BLOB') count++;
    else if (desc === 'BLOB METADATA') {
      if (toc.tag(i).includes('..')) groups.push(i);
      else count++;
    }
  }
  if (groups.length === 0) return count;
  const source = await openFileSource(toc.file);
  try {
    for (const i of groups) {
      const span = toc.definition(i);
      if (span === null) continue;
      const definition = await readBytes(source, span.offset, Math.min(span.length, 1 << 20));
      for (const byte of definition) if (byte === 10) count++;
    }
  } finally {
    await source.close();
  }
  return count;
}
