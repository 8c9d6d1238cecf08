import { BlockCursor, BLOCK_TYPES } from './blockCursor';
import { readBytes, type ByteSource } from '../bytes/byteSource';
import { CooperativeLoop, entryLoop } from '../../cooperativeLoop';
import { holdsAll, LargeObjectSum, largeObjectsOfToc } from './largeObjectSum';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import type { Toc } from '../toc/toc';
import { TocDamage, needMore } from '../toc/tocCursor';

const LARGE_WINDOW = 256 << 10;
const SMALL_WINDOW = 8 << 10;

/** One data block of a custom archive. */
export interface DataBlock {
  dumpId: number;
  largeObjects: boolean;
  /** Offset of its first byte. */
  offset: number;
  /** Offset of the byte after it. */
  end: number;
  /** Stored bytes of its chunks, without the chunks' headers. */
  size: number;
}

/** Data of up to this size are always checked completely: 16 MB take some 10 ms. */
const QUICK_BYTES = 16 << 20;

/** After this many damaged places the check stops. */
const MAX_WALKS = 200;

/** The walk reached its limit of bytes. */
const overBudget = new Error('over budget');

export interface WalkOptions {
  signal?: AbortSignal | undefined;
  /** Maximum number of bytes to read. */
  budget?: number;
  onLargeObject?: (oid: number) => void;
}

/** Walks over data blocks by their headers, without reading the data between. */
export class BlockWalker extends BlockCursor {
  private bytesRead = 0;
  /** Reused for all windows: allocating a new buffer costs more than reading into it. */
  private readonly buffer = Buffer.allocUnsafe(LARGE_WINDOW);
  private readonly loop: CooperativeLoop;

  constructor(
    source: ByteSource,
    toc: Toc,
    start: number,
    private readonly options: WalkOptions = {},
  ) {
    super(source, toc, start, options.signal);
    this.loop = new CooperativeLoop(options.signal);
  }

  /**
   * The next block.
   * @throws `TocDamage` if there is no valid block
   */
  async next(): Promise<DataBlock> {
    // A window holds thousands of blocks of tables without rows.
    if (this.loop.shouldYield) await this.loop.yield();
    const offset = this.position;
    this.cursor.reading = 'data block';
    const type = await this.read(() => this.cursor.byte());
    if (type !== BLOCK_TYPES.rows && type !== BLOCK_TYPES.largeObjects) {
      throw this.cursor.damage(offset);
    }
    const dumpId = await this.read(() => this.cursor.int());
    if (dumpId <= 0) throw this.cursor.damage(offset);
    this.cursor.reading = `data of entry ${dumpId}`;
    let size = 0;
    if (type === BLOCK_TYPES.rows) size = await this.chunks();
    else {
      for (;;) {
        const oid = await this.read(() => this.cursor.oid());
        if (oid === 0) break;
        this.options.onLargeObject?.(oid);
        size += await this.chunks();
      }
    }
    return {
      dumpId,
      largeObjects: type === BLOCK_TYPES.largeObjects,
      offset,
      end: this.position,
      size,
    };
  }

  /** Walks over chunks up to the empty one and returns the sum of their sizes. */
  private async chunks(): Promise<number> {
    const { cursor } = this;
    let size = 0;
    for (;;) {
      const at = this.position;
      let length: number;
      try {
        length = cursor.int();
      } catch (error) {
        if (error !== needMore) throw error;
        await this.fill();
        length = cursor.int();
      }
      if (length === 0) return size;
      if (length < 0) throw cursor.damage(at);
      if (this.position + length > this.source.size) throw cursor.damage(this.source.size);
      cursor.pos += length;
      size += length;
    }
  }

  protected windowSize(): number {
    // Large chunks are skipped, because only the headers between them matter.
    const jump = this.cursor.pos - this.cursor.window.length;
    return jump > LARGE_WINDOW / 4 ? SMALL_WINDOW : LARGE_WINDOW;
  }

  protected override async load(at: number, size: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(size, this.source.size - at));
    const read = await this.source.read(this.buffer.subarray(0, wanted), at);
    return this.buffer.subarray(0, read);
  }

  protected override async fill(): Promise<void> {
    await super.fill();
    const { budget } = this.options;
    this.bytesRead += this.cursor.window.length;
    if (budget !== undefined && this.bytesRead > budget) throw overBudget;
    if (this.loop.shouldYield) await this.loop.yield();
  }
}

/** Place of one entry's data. */
interface Extent {
  dumpId: number;
  offset: number;
}

/** What the offsets in the table of contents tell of the data, before they are read. */
interface Places {
  /** Indexes of all entries that have data. */
  withData: readonly number[];
  /** By offset. Entries without one are left out. */
  extents: readonly Extent[];
  /** Stored bytes that are in the file, by dump id. */
  dataSizes: Map<number, number>;
  /** Dump ids of entries whose data begin or end after the end of the file. */
  cut: Set<number>;
}

async function findPlaces(
  toc: Toc,
  fileSize: number,
  signal: AbortSignal | undefined,
): Promise<Places> {
  const loop = entryLoop(signal);
  const withData: number[] = [];
  const extents: Extent[] = [];
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    if (!toc.hasData(i)) continue;
    withData.push(i);
    const offset = toc.dataOffset(i);
    if (offset !== null) extents.push({ dumpId: toc.dumpId(i), offset });
  }
  // Mostly they are in this order.
  extents.sort((a, b) => a.offset - b.offset);
  const blockHeader = 2 * (1 + toc.sizes.int) + 1;
  const dataSizes = new Map<number, number>();
  const cut = new Set<number>();
  for (const [i, { dumpId, offset }] of extents.entries()) {
    if (loop.shouldYield) await loop.yield();
    const end = extents[i + 1]?.offset ?? fileSize;
    dataSizes.set(dumpId, Math.max(0, Math.min(end, fileSize) - offset - blockHeader));
    if (Math.max(end, offset + 1) > fileSize) cut.add(dumpId);
  }
  return { withData, extents, dataSizes, cut };
}

/** Checks all data blocks of a custom archive, one after the other. */
class BlocksCheck {
  readonly problems = new ProblemList();
  readonly dataSizes: Map<number, number>;
  private readonly missing = new Map<number, number>();
  private readonly held = new LargeObjectSum();
  private largeObjects = false;

  constructor(
    private readonly source: ByteSource,
    private readonly toc: Toc,
    private readonly places: Places,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.dataSizes = places.dataSizes;
  }

  async run(): Promise<StructureReport> {
    const { toc, problems, missing } = this;
    const { withData, extents } = this.places;
    const loop = entryLoop(this.signal);
    for (const i of withData) {
      if (loop.shouldYield) await loop.yield();
      missing.set(toc.dumpId(i), i);
    }
    let next = 0;
    let start: number | undefined = toc.endOffset;
    for (let walks = 0; start !== undefined && walks < MAX_WALKS; walks++) {
      const damaged = await this.walk(start);
      if (damaged === null) break;
      // After a damaged block the walk resumes at the next offset, as pg_restore does.
      while (next < extents.length && (extents[next]?.offset ?? 0) <= damaged) next++;
      start = extents[next]?.offset;
    }
    for (const index of missing.values()) {
      problems.add('missingData', toc.tag(index), toc.dumpId(index));
      if (toc.dataOffset(index) === null) this.dataSizes.delete(toc.dumpId(index));
    }
    if (problems.count === 0 && this.largeObjects) {
      const promised = await largeObjectsOfToc(toc, { source: this.source });
      if (holdsAll(promised, this.held) === false) problems.add('missingData', 'large objects');
    }
    const { items, count, cut } = problems;
    return { problems: items, complete: count === 0, dataSizes: this.dataSizes, cut };
  }

  /** Walks the blocks from `start`; returns the offset of the first malformed block, null for none. */
  private async walk(start: number): Promise<number | null> {
    const walker = new BlockWalker(this.source, this.toc, start, {
      signal: this.signal,
      onLargeObject: (oid) => this.held.add(oid),
    });
    let block = start;
    try {
      while (this.missing.size > 0 && !walker.atEnd) {
        block = walker.position;
        this.take(await walker.next());
      }
      return null;
    } catch (error) {
      if (!(error instanceof TocDamage)) throw error;
      this.damaged(error);
      return block;
    }
  }

  private take(block: DataBlock): void {
    const { toc, problems, missing } = this;
    const { dumpId, offset, size } = block;
    const index = missing.get(dumpId);
    if (index === undefined) {
      problems.add('damaged', 'block of no entry', dumpId, offset);
      return;
    }
    missing.delete(dumpId);
    this.dataSizes.set(dumpId, size);
    const expected = toc.dataOffset(index);
    if (expected !== null && expected !== offset) {
      problems.add('damaged', 'data offset', dumpId, expected);
    }
    if (block.largeObjects !== (toc.desc(index) === 'BLOBS')) {
      problems.add('damaged', `data of entry ${dumpId}`, dumpId, offset);
    }
    // Even an entry without rows has an end mark, so its data are not empty.
    if (!block.largeObjects && size === 0) {
      problems.add('truncatedData', `data of entry ${dumpId}`, dumpId, offset);
    }
    this.largeObjects ||= block.largeObjects;
  }

  private damaged({ offset, reading }: TocDamage): void {
    // `offset` is where a number begins; if the number does not fit, the file is truncated.
    const truncated = offset + this.toc.sizes.int >= this.source.size;
    const told = Number(/^data of entry (\d+)$/.exec(reading)?.[1] ?? NaN);
    const dumpId = this.missing.has(told) ? told : null;
    this.problems.add(truncated ? 'truncatedData' : 'damaged', reading, dumpId, offset);
    if (dumpId !== null) {
      this.problems.cut.add(dumpId);
      this.missing.delete(dumpId);
    }
  }
}

/**
 * Checks the data blocks of a custom archive: all of them, or only the last one of a large archive. An
 * intact last block shows that the file was not truncated, but nothing about earlier blocks.
 */
export async function checkCustom(
  source: ByteSource,
  toc: Toc,
  options: CheckOptions,
): Promise<StructureReport> {
  const places = await findPlaces(toc, source.size, options.signal);
  const { withData, extents, dataSizes, cut } = places;
  if (toc.damage !== null) return { problems: [], complete: false, dataSizes, cut };
  const last = extents.length === withData.length ? extents.at(-1) : undefined;
  const isSmall = source.size - toc.endOffset <= QUICK_BYTES || withData.length === 0;
  if (options.full === true || isSmall || (last?.offset ?? 0) >= source.size) {
    return new BlocksCheck(source, toc, places, options.signal).run();
  }
  if (last === undefined || (await lastBlockIsWhole(source, toc, last.offset, options))) {
    return { problems: [], complete: null, dataSizes, cut };
  }
  const problems = new ProblemList();
  problems.add('noEnd', 'last data block', null, source.size);
  cut.add(last.dumpId);
  return { problems: problems.items, complete: false, dataSizes, cut };
}

/**
 * Checks the last block only. If that block is too large to walk, its end is checked: a chunk of
 * length 0.
 */
async function lastBlockIsWhole(
  source: ByteSource,
  toc: Toc,
  offset: number,
  options: CheckOptions,
): Promise<boolean> {
  try {
    const limits = { signal: options.signal, budget: QUICK_BYTES };
    const block = await new BlockWalker(source, toc, offset, limits).next();
    return block.end <= source.size;
  } catch (error) {
    if (error instanceof TocDamage) return false;
    if (error !== overBudget) throw error;
    const end = 1 + toc.sizes.int;
    const tail = await readBytes(source, source.size - end, end);
    return tail.every((byte) => byte === 0);
  }
}
