import type { TableRef } from '../../model/options';
import { largeObjectsOfToc } from '../data/largeObjectSum';
import { foreignKeysOf } from '../selection/foreignKeys';
import { partitionsByParent } from '../selection/restoreList';
import { CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';
import type { BackupContents, ForeignKey } from '../../model/archive';
import { isRelation, typesOfClass } from '../../model/entryTypes';

/** Types of entries that the tree of tables in a restore form shows. */
const TABLE_TYPES = new Set(['TABLE', 'FOREIGN TABLE']);
const VIEW_TYPES = new Set(['VIEW', 'MATERIALIZED VIEW']);

/** Sum of the counts of several types. */
function sumOf(counts: ReadonlyMap<string, number>, types: Iterable<string>): number {
  let sum = 0;
  for (const type of types) sum += counts.get(type) ?? 0;
  return sum;
}

/** The numbers in a backup's summary, from counts by type. */
export function contentsOf(
  counts: ReadonlyMap<string, number>,
  schemas: string[],
  tables: TableRef[],
  largeObjects: number,
): BackupContents {
  return {
    schemas,
    tables,
    functions: sumOf(counts, typesOfClass('routine')),
    views: sumOf(counts, VIEW_TYPES),
    sequences: counts.get('SEQUENCE') ?? 0,
    indexes: counts.get('INDEX') ?? 0,
    triggers: counts.get('TRIGGER') ?? 0,
    constraints: sumOf(counts, typesOfClass('constraint')),
    hasBlobs: largeObjects > 0 || counts.has('BLOBS'),
    largeObjects,
  };
}

/** Facts from one pass over all entries of an archive. */
export interface TocSurvey {
  contents: BackupContents;
  foreignKeys: ForeignKey[];
  partitions: [partition: number, parent: number][];
  /** Rows of several tables, but no definition of a table. */
  rowsAlone: boolean;
  /** Some entries are INDEX ATTACH. */
  attachedIndexes: boolean;
  /** A custom archive without offsets of its data, because pg_dump wrote it to a pipe. */
  lacksOffsets: boolean;
  subscriptions: boolean;
  /** Some entries are STATISTICS DATA. */
  statistics: boolean;
  /** Index of the DATABASE entry; -1 = none. */
  database: number;
}

/**
 * Counts what an archive contains: listed entries by type, its tables in their order (without
 * definitions, the tables that the data belong to), and the schemas that it creates or has objects in.
 * Reads the file only to count large objects. Does not block the event loop.
 *
 * @throws AppError `cancelled`
 */
export async function surveyToc(toc: Toc, signal?: AbortSignal): Promise<TocSurvey> {
  const counts = new Map<string, number>();
  const schemas = new Set<string>();
  const tables: TableRef[] = [];
  const places = new Map<number, number>();
  const data: TableRef[] = [];
  const otherRelations: TableRef[] = [];
  let lacksOffsets = false;
  let hasPartitions = false;
  let database = -1;
  const custom = toc.header.format === 'custom';
  const loop = new CooperativeLoop(signal, 256);
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    const desc = toc.desc(i);
    const schema = toc.schema(i);
    if (toc.isListed(i)) counts.set(desc, (counts.get(desc) ?? 0) + 1);
    if (schema !== null) schemas.add(schema);
    if (desc === 'SCHEMA') schemas.add(toc.tag(i));
    else if (TABLE_TYPES.has(desc)) {
      places.set(i, tables.length);
      tables.push({ schema: schema ?? '', name: toc.tag(i) });
    } else if (desc === 'TABLE DATA') data.push({ schema: schema ?? '', name: toc.tag(i) });
    else if (isRelation(desc)) otherRelations.push({ schema: schema ?? '', name: toc.tag(i) });
    else if (desc === 'DATABASE' && database < 0) database = i;
    if (desc === 'TABLE ATTACH' || toc.attachesItself(i)) hasPartitions = true;
    if (custom && toc.hadDumper(i) && toc.dataState(i) === 'offsetUnknown') lacksOffsets = true;
  }
  const largeObjects = (await largeObjectsOfToc(toc, { loop })).count;
  const children = hasPartitions
    ? await partitionsByParent(toc, loop)
    : new Map<number, number[]>();
  const shown = tables.length > 0 ? tables : data;
  return {
    contents: {
      ...contentsOf(counts, [...schemas].sort(), shown, largeObjects),
      ...(otherRelations.length === 0 ? {} : { otherRelations }),
    },
    rowsAlone: tables.length === 0 && data.length > 1,
    foreignKeys: await foreignKeysOf(toc, places, children, loop),
    partitions: placesOf(children, places),
    attachedIndexes: counts.has('INDEX ATTACH'),
    lacksOffsets,
    subscriptions: counts.has('SUBSCRIPTION'),
    statistics: counts.has('STATISTICS DATA'),
    database,
  };
}

/** Partitions with their parents, both by their places among the tables. */
function placesOf(
  children: ReadonlyMap<number, number[]>,
  places: ReadonlyMap<number, number>,
): [number, number][] {
  const found: [number, number][] = [];
  for (const [table, partitions] of children) {
    const parent = places.get(table);
    for (const each of partitions) {
      const partition = places.get(each);
      if (parent !== undefined && partition !== undefined) found.push([partition, parent]);
    }
  }
  return found;
}
