import { deflateSync } from 'node:zlib';
import type { CatalogRelation } from '../../../model/catalog';
import type { RowFacts, TableSample } from '../../../model/estimates/estimate';
import { readLargeObjectSizes } from '../../../catalog/progressQueries';
import { relationKey } from '../../../forms/selection/catalogIndex';
import { guardSamples, sampleRows } from '../../../catalog/tableSample';
import type { PsqlSession } from '../../../catalog/psqlSession';

/** The disk may hold so small a part of a table's text. */
const MOST_PACKED = 20;
/** Smaller tables make no difference, however well they are packed. */
const MIN_TABLE_BYTES = 256 << 10;
const MIN_ALL_BYTES = 16 << 20;
/**
 * Samples are taken of the largest tables that together hold this share of all bytes, of others whose
 * text may be as much as the rest on the disk, and of at most `MAX_TABLES`.
 */
const SHARE = 0.97;
const MAX_TABLES = 30;
/** Longest time for all samples together, in milliseconds. */
const MAX_MS = 3000;
/** Size that one sample aims at, in characters, and the most rows that it takes. */
const SAMPLE_SIZE = 48_000;
const MAX_ROWS = 960;
/** Tables of longer rows are left alone: a few of them could be gigabytes. */
const MAX_ROW_BYTES = 64 << 10;

/**
 * How well a text compresses, and so how long that takes, measured with a good part of the text.
 */
export function deflateRatio(text: Buffer): number {
  if (text.length === 0) return 1;
  return Math.min(1, deflateSync(text, { level: 6 }).length / text.length);
}

/** The tables that a look at the rows pays for, the largest first. */
export function tablesToSample(tables: readonly CatalogRelation[]): CatalogRelation[] {
  const all = tables.reduce((sum, table) => sum + table.bytes, 0);
  if (all < MIN_ALL_BYTES) return [];
  const largest = tables
    .filter((table) => table.bytes >= MIN_TABLE_BYTES)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_TABLES);
  let covered = 0;
  return largest.filter(({ bytes }) => {
    const pays = covered < all * SHARE || bytes * MOST_PACKED >= all * (1 - SHARE);
    covered += bytes;
    return pays;
  });
}

/**
 * Samples of the largest of `tables`, by `relationKey`: how much of a table is compressed on the
 * disk, and how well its text compresses, differs tenfold between tables of the same size.
 */
export async function sampleTables(
  session: PsqlSession,
  tables: readonly CatalogRelation[],
): Promise<Map<string, TableSample>> {
  const samples = new Map<string, TableSample>();
  const largest = tablesToSample(tables);
  if (largest.length === 0) return samples;
  const end = performance.now() + MAX_MS;
  await guardSamples(session);
  for (const table of largest) {
    if (performance.now() > end || !session.isOpen) break;
    const width = table.rows !== null && table.rows > 0 ? table.bytes / table.rows : 200;
    if (width > MAX_ROW_BYTES) continue;
    const wanted = Math.min(MAX_ROWS, Math.max(48, Math.ceil(SAMPLE_SIZE / width)));
    const rows = await sampleRows(session, table, wanted);
    if (!rows || rows.length < 5) continue;
    const text = Buffer.from(rows.join('\n'));
    const rowBytes = text.length / rows.length;
    samples.set(relationKey(table), { rowBytes, ratio: deflateRatio(text) });
  }
  return samples;
}

/** Fewer large objects take no time. */
const MIN_OBJECTS = 500;

/** Does it pay to ask the server for more than the sizes of the tables? */
export function isWorthALook({
  tables,
  largeObjects,
}: {
  tables: readonly CatalogRelation[];
  largeObjects: number;
}): boolean {
  const all = tables.reduce((sum, table) => sum + table.bytes, 0);
  return all >= MIN_ALL_BYTES || largeObjects >= MIN_OBJECTS;
}

/** What the server tells of the rows of a dump, a few pages of its largest tables at most. */
export async function readRowFacts(
  session: PsqlSession,
  { tables, largeObjects }: { tables: readonly CatalogRelation[]; largeObjects: number },
): Promise<RowFacts> {
  const objects = largeObjects > 0 ? await readLargeObjectSizes(session) : null;
  const samples = tables.length === 0 ? new Map() : await sampleTables(session, tables);
  return { samples, ...(objects ?? { largeObjectBytes: null }) };
}
