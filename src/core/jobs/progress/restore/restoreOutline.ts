import type { Toc } from '../../../archive/toc/toc';
import { USUAL_STORED_RATIO, type ArchiveSample } from './archiveSamples';
import {
  createObjectsSeconds,
  dataSeconds,
  foreignKeySeconds,
  indexMethod,
  indexSeconds,
  largeObjectsSeconds,
  STATEMENT_SECONDS,
  usualTable,
  viewSeconds,
} from './restoreCosts';
import type { WorkKind } from '../estimate/workUnit';
import { entryType } from '../../../model/entryTypes';

/**
 * Stages of a restore: what comes before the data, the data, what builds on them, and what comes
 * when all else is there.
 */
const BEFORE = 1;
const MAIN = 2;
const LAST = 3;

/** Maximum number of index definitions that are read to estimate how long building them takes. */
const MAX_DEFINITIONS = 500;
/** Stands for an index whose definition is not read: one key of the usual width. */
const UNREAD_DEFINITION = '(x)';
/** Data of less than this, unpacked, make indexes that take no time. */
const MIN_INDEXED_BYTES = 1 << 20;

/** The entries that a restore goes through. */
export interface RestoredEntries {
  toc: Toc;
  /** Indexes of the entries, as `restorePlan` gives them. */
  order: readonly number[];
  /** Stored bytes of data by dump id, as far as they are known. */
  dataSizes: ReadonlyMap<number, number>;
}

/** An entry of the archive that takes its time, and what restoring it may take. */
export interface RestoreEntryCost {
  index: number;
  key: string;
  kind: WorkKind;
  /** Method of an index; absent = it is none, or not known. */
  method?: string;
  seconds: number;
  /** Stored bytes: of its data, or of those of its table. */
  size: number;
  stage: number;
  /** The entry of the table that it loads or indexes; null for everything else. */
  tableIndex: number | null;
  /** The data that have to be there first. */
  afterIndex: number | null;
  /** Unpacked bytes and rows of a table, from a sample; null without one. */
  textBytes: number;
  rows: number | null;
  /** Large objects that it creates or loads. */
  objects: number;
}

/** The costs of a restore. */
export interface RestoreOutline {
  entries: RestoreEntryCost[];
  /** Number of all other entries, by stage. */
  statements: number[];
  largeObjects: number;
  /** Keys of the pieces that an earlier run remembers; absent = there was none. */
  remembered?: ReadonlySet<string>;
}

/** In which stage an entry is restored. */
export function stageOf(toc: Toc, index: number): number {
  const type = entryType(toc.desc(index));
  if (type.class === 'privileges' || type.restoredLast) return LAST;
  return toc.section(index) === 'preData' ? BEFORE : MAIN;
}

/**
 * Estimates the entries of a restore: those that load rows by their size, those that build indexes
 * or check keys by the rows of their table.
 *
 * @param samples by dump id of the data
 * @param definitions those that another outline of these entries has read, by index; takes up those
 *   that this one reads
 */
export async function outlineRestore(
  restored: RestoredEntries,
  samples: ReadonlyMap<number, ArchiveSample>,
  definitions = new Map<number, string>(),
): Promise<RestoreOutline> {
  const { toc, order } = restored;
  const costs = new EntryCosts(restored, samples, definitions);
  const { largeObjects } = costs;
  const outline: RestoreOutline = { entries: [], statements: [0, 0, 0, 0], largeObjects };
  for (const index of order) {
    if (entryType(toc.desc(index)).costly || toc.desc(index) === 'BLOB METADATA')
      outline.entries.push(await costs.of(index));
    else {
      const stage = stageOf(toc, index);
      outline.statements[stage] = (outline.statements[stage] ?? 0) + 1;
    }
  }
  return outline;
}

class EntryCosts {
  readonly largeObjects: number;
  /** Stored bytes by unpacked bytes. */
  private readonly ratio: number;
  /** The data of a table, by the dump id of the table. */
  private readonly dataOf = new Map<number, number>();
  private readonly restored: ReadonlySet<number>;
  /** Entries that the large objects are spread over. */
  private readonly groups: number;
  /** Index definitions that were asked for. */
  private asked = 0;
  private readonly toc: Toc;
  private readonly dataSizes: ReadonlyMap<number, number>;

  constructor(
    { toc, order, dataSizes }: RestoredEntries,
    private readonly samples: ReadonlyMap<number, ArchiveSample>,
    private readonly definitions: Map<number, string>,
  ) {
    this.toc = toc;
    this.dataSizes = dataSizes;
    this.ratio = packedRatio(toc, order, dataSizes, samples);
    this.restored = new Set(order);
    this.largeObjects = countLargeObjects(toc, order);
    this.groups = order.filter((index) => toc.desc(index) === 'BLOBS').length;
    for (const index of order) {
      if (toc.desc(index) !== 'TABLE DATA') continue;
      for (const dumpId of toc.dependencies(index)) {
        if (toc.desc(toc.indexOf(dumpId)) === 'TABLE') this.dataOf.set(dumpId, index);
      }
    }
  }

  async of(index: number): Promise<RestoreEntryCost> {
    const { toc } = this;
    const desc = toc.desc(index);
    const own: RestoreEntryCost = {
      index,
      key: `${desc} ${JSON.stringify([toc.schema(index), toc.tag(index)])}`,
      kind: 'definition',
      seconds: STATEMENT_SECONDS,
      size: 0,
      stage: stageOf(toc, index),
      tableIndex: null,
      afterIndex: null,
      textBytes: 0,
      rows: null,
      objects: 0,
    };
    return { ...own, ...(await this.work(index, desc)) };
  }

  private async work(index: number, desc: string): Promise<Partial<RestoreEntryCost>> {
    const size = this.stored(index);
    switch (desc) {
      case 'TABLE DATA': {
        const sample = this.samples.get(this.toc.dumpId(index));
        const table = this.rowsOf(index);
        const { textBytes } = table;
        const rows = sample ? Math.round(sample.rows) : null;
        const seconds = dataSeconds(table);
        return { kind: 'data', seconds, size, tableIndex: index, textBytes, rows };
      }
      case 'BLOBS': {
        // Up to 16 the one entry has no range.
        const objects = objectsIn(this.toc.tag(index)) ?? this.largeObjects / this.groups;
        return { kind: 'largeObjects', seconds: largeObjectsSeconds(objects, size), size, objects };
      }
      case 'BLOB METADATA': {
        const objects = objectsIn(this.toc.tag(index)) ?? 1;
        return { seconds: createObjectsSeconds(objects), objects };
      }
      case 'MATERIALIZED VIEW DATA': {
        const tables = tablesBehind(this.toc, index, this.dataOf);
        return { kind: 'index', seconds: viewSeconds(tables.map((data) => this.rowsOf(data))) };
      }
      default:
        return this.onTable(index, desc);
    }
  }

  /** An index, a constraint or another entry that is made of the rows of its table. */
  private async onTable(index: number, desc: string): Promise<Partial<RestoreEntryCost>> {
    const data = firstData(this.toc, index, this.dataOf);
    if (data === null || !this.restored.has(data)) return {};
    const table = this.rowsOf(data);
    const place = { size: this.stored(data), tableIndex: data, afterIndex: data };
    if (desc === 'FK CONSTRAINT') {
      return { ...place, kind: 'foreignKey', seconds: foreignKeySeconds(table) };
    }
    const isLarge = table.textBytes >= MIN_INDEXED_BYTES && this.asked++ < MAX_DEFINITIONS;
    const text = isLarge ? await this.definition(index) : UNREAD_DEFINITION;
    const method = indexMethod(text);
    return { ...place, kind: 'index', method, seconds: indexSeconds(text, table) };
  }

  private async definition(index: number): Promise<string> {
    const known = this.definitions.get(index);
    if (known !== undefined) return known;
    const span = this.toc.definition(index);
    const text = span ? await this.toc.readText(span) : UNREAD_DEFINITION;
    this.definitions.set(index, text);
    return text;
  }

  private stored(index: number): number {
    return this.dataSizes.get(this.toc.dumpId(index)) ?? 0;
  }

  /** The rows of a table, as sampled; else the usual ones of that size. */
  private rowsOf(dataIndex: number): ArchiveSample {
    const sample = this.samples.get(this.toc.dumpId(dataIndex));
    return sample ?? usualTable(this.stored(dataIndex) / this.ratio);
  }
}

/** Stored bytes by unpacked bytes of this archive, from the samples. */
function packedRatio(
  toc: Toc,
  order: readonly number[],
  dataSizes: ReadonlyMap<number, number>,
  samples: ReadonlyMap<number, ArchiveSample>,
): number {
  let packed = 0;
  let text = 0;
  for (const index of order) {
    const sample = samples.get(toc.dumpId(index));
    if (!sample) continue;
    packed += dataSizes.get(toc.dumpId(index)) ?? 0;
    text += sample.textBytes;
  }
  return text > 0 ? packed / text : USUAL_STORED_RATIO[toc.header.compression];
}

/** The data of the table that an entry depends on; for a foreign key, of its own table. */
function firstData(toc: Toc, index: number, dataOf: ReadonlyMap<number, number>): number | null {
  const schema = toc.schema(index);
  // The tag of a constraint is its table's name and its own: `orders orders_pkey`.
  const tag = toc.tag(index);
  let found: number | null = null;
  for (const dumpId of toc.dependencies(index)) {
    const data = dataOf.get(dumpId);
    if (data === undefined) continue;
    if (toc.schema(data) === schema && tag.startsWith(`${toc.tag(data)} `)) return data;
    found ??= data;
  }
  return found;
}

/** The data that a materialised view is filled from, through the views in between. */
function tablesBehind(toc: Toc, index: number, dataOf: ReadonlyMap<number, number>): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const pending = [...toc.dependencies(index)];
  // Limit for the depth of stacked views, against malicious archives.
  while (pending.length > 0 && seen.size < 1000) {
    const dumpId = pending.pop();
    if (dumpId === undefined || seen.has(dumpId)) continue;
    seen.add(dumpId);
    const data = dataOf.get(dumpId);
    if (data !== undefined) found.add(data);
    const at = toc.indexOf(dumpId);
    if (at >= 0 && /VIEW/.test(toc.desc(at))) pending.push(...toc.dependencies(at));
  }
  return [...found];
}

/** How many large objects a tag such as `16401..17400` stands for; null = it is no range. */
function objectsIn(tag: string): number | null {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(tag) ?? [];
  return first === undefined ? null : Math.min(1000, Number(last) - Number(first) + 1);
}

/** Up to 16 each has an entry; from 17 on an entry stands for a range, by its first and last. */
function countLargeObjects(toc: Toc, order: readonly number[]): number {
  let count = 0;
  for (const index of order) {
    const desc = toc.desc(index);
    if (desc === 'BLOB') count++;
    if (desc !== 'BLOB METADATA') continue;
    count += objectsIn(toc.tag(index)) ?? 1;
  }
  return count;
}
