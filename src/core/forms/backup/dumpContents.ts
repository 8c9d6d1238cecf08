import type { CatalogRelation } from '../../model/catalog';
import type { RowFacts, TableSample } from '../../model/estimates/estimate';
import type { BackupOptions } from '../../model/options';
import { relationKey } from '../selection/catalogIndex';
import { dumpedLargeObjects } from '../selection/dumpSelection';
import type { ObjectSelection } from '../selection/objectSelection';
import { USUAL_RATIO, type TableFacts } from './dumpCosts';

/** The contents that a dump with some options writes. */
export interface DumpContents {
  /** The tables whose rows will be dumped. */
  tables: CatalogRelation[];
  largeObjects: number;
  relations: number;
  /** One of several databases in the same output; the end of the output is not counted here. */
  isPart?: boolean;
}

/** The tables and large objects whose data a dump with these options has. */
export function dumpContents(options: BackupOptions, objects: ObjectSelection): DumpContents {
  const { index, included, withoutRows } = objects;
  const { relations } = index.catalog;
  const contents: DumpContents = { tables: [], largeObjects: 0, relations: relations.length };
  if (!options.includeData) return contents;
  for (const { key, relation } of index.byKey.values()) {
    if (relation.kind !== 'table' || !included.has(key)) continue;
    if (!withoutRows.has(key)) contents.tables.push(relation);
  }
  contents.largeObjects = dumpedLargeObjects(options, objects);
  return contents;
}

/**
 * What is known of each table's rows, in the order of `tables`. Tables without a sample are assumed
 * to be like those with one.
 */
export function factsOfTables(
  tables: readonly CatalogRelation[],
  samples: ReadonlyMap<string, TableSample>,
): TableFacts[] {
  let text = 0;
  let packed = 0;
  let plain = 0;
  const sampled = tables.map((table) => {
    const sample = samples.size === 0 ? undefined : samples.get(relationKey(table));
    if (!sample) return null;
    const rows = Math.max(0, table.rows ?? 0);
    // Never analysed: the number of rows is guessed from the size on disk.
    const count = rows > 0 ? rows : table.bytes / (sample.rowBytes + ROW_OVERHEAD);
    const facts = { rows, textBytes: count * sample.rowBytes, ratio: sample.ratio };
    text += facts.textBytes;
    packed += facts.textBytes * facts.ratio;
    plain += unlookedText(table);
    return facts;
  });
  const scale = plain > 0 ? text / plain : 1;
  const ratio = text > 0 ? packed / text : USUAL_RATIO;
  return tables.map((table, i) => {
    const rows = Math.max(0, table.rows ?? 0);
    return sampled[i] ?? { rows, textBytes: unlookedText(table) * scale, ratio };
  });
}

/** Expected bytes of all rows, as COPY writes them. */
export function rowBytes({ tables }: DumpContents, { samples }: RowFacts): number {
  return factsOfTables(tables, samples).reduce((sum, { textBytes }) => sum + textBytes, 0);
}

/** Bytes of a table's text by its size on the disk and the number of its rows, which may be unknown. */
function unlookedText({ bytes, rows }: CatalogRelation): number {
  const count = Math.max(0, rows ?? 0);
  const filled = bytes - Math.min(bytes, bytes > MAPPED ? MAPPED : INDEX_OF_LONG_VALUES);
  if (count === 0) return filled;
  // A single page may be nearly empty.
  if (filled <= PAGE) return Math.min(filled, count * USUAL_ROW);
  return Math.min(bytes, Math.max(count * USUAL_ROW, filled - count * ROW_OVERHEAD));
}

const PAGE = 8 << 10;
/** Bytes on the disk of a table without rows: the index of its long values. */
const INDEX_OF_LONG_VALUES = PAGE;
/** The same with the maps of free space and of what is visible, which all but the smallest have. */
const MAPPED = 40 << 10;
/** Bytes of the text of a short row. */
const USUAL_ROW = 64;
/** Bytes that a row takes on the disk beside its values: its header and its pointer. */
const ROW_OVERHEAD = 28;
