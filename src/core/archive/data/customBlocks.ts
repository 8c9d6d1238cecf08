import { setImmediate as nextTurn } from 'node:timers/promises';
import { BlockCursor, blockTypes } from './blockCursor';
import { readBytes, type ByteSource } from '../bytes/byteSource';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import type { Toc } from '../toc/toc';
import { TocDamage, needMore } from '../toc/tocCursor';

const largeWindow = 256 << 10;
const smallWindow = 8 << 10;

/** One data block of a custom archive. */
export interface DataBlock {
  dumpId: number;
  largeObjects: boolean;
  /** Of its first byte. */
  offset: number;
  /** Of the byte behind it. */
  end: number;
  /** Stored bytes of its chunks, without their headers. */
  size: number;
}

/** Data up to here are walked whole in a moment: 16 MB take some 10 ms. */
const quickBytes = 16 << 20;

/** The walk would have read more than it was allowed to. */
const overBudget = new Error('over budget');

/** Steps over data blocks by their headers, without looking at the data. */
export class BlockWalker extends BlockCursor {
  private bytesRead = 0;
  /** One for all windows: a new one each time costs more than reading into it. */
  private readonly buffer = Buffer.allocUnsafe(largeWindow);
  private since = performance.now();

  constructor(
    source: ByteSource,
    toc: Toc,
    start: number,
    private readonly options: { signal?: AbortSignal | undefined; budget?: number } = {},
  ) {
    super(source, toc, start, options.signal);
  }

  /** The next block. Throws `TocDamage` where there is none. */
  async next(): Promise<DataBlock> {
    const offset = this.position;
    this.cursor.reading = 'data block';
    const type = await this.read(() => this.cursor.byte());
    if (type !== blockTypes.rows && type !== blockTypes.largeObjects) {
      throw this.cursor.damage(offset);
    }
    const dumpId = await this.read(() => this.cursor.int());
    if (dumpId <= 0) throw this.cursor.damage(offset);
    this.cursor.reading = `data of entry ${dumpId}`;
    let size = 0;
    if (type === blockTypes.rows) size = await this.chunks();
    else {
      while ((await this.read(() => this.cursor.int())) !== 0) size += await this.chunks();
    }
    return {
      dumpId,
      largeObjects: type === blockTypes.largeObjects,
      offset,
      end: this.position,
      size,
    };
  }

  /** Steps over chunks up to the empty one and returns their bytes. */
  private async chunks(): Promise<number> {
    const { cursor } = this;
    let size = 0;
    for (;;) {
      const at = this.position;
      let length: number;
      try {
        length = cursor.int();
      } catch (e) {
        if (e !== needMore) throw e;
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
    // Large chunks are jumped over: only the headers between them need to be read.
    const jump = this.cursor.pos - this.cursor.window.length;
    return jump > largeWindow / 4 ? smallWindow : largeWindow;
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
    if (performance.now() - this.since > 12) {
      await nextTurn();
      this.since = performance.now();
    }
  }
}

/** Stored bytes of each entry's data by the distance of offsets alone: nothing is read. */
export function sizesByOffset(toc: Toc, fileSize: number): Map<number, number> {
  const known = toc
    .withData()
    .map((i) => ({ dumpId: toc.dumpId(i), offset: toc.dataOffset(i) }))
    .filter((e): e is { dumpId: number; offset: number } => e.offset !== null)
    .sort((a, b) => a.offset - b.offset);
  const blockHeader = 2 * (1 + toc.sizes.int) + 1;
  return new Map(
    known.map(({ dumpId, offset }, i) => {
      const end = known[i + 1]?.offset ?? fileSize;
      return [dumpId, Math.max(0, end - offset - blockHeader)];
    }),
  );
}

/** Checks a custom archive's data blocks: all of them, or the last one of a large archive. */
export async function checkCustom(
  source: ByteSource,
  toc: Toc,
  options: CheckOptions,
): Promise<StructureReport> {
  const problems = new ProblemList();
  const expected = toc.withData();
  const dataSizes = sizesByOffset(toc, source.size);
  if (toc.damage !== null) return { problems: [], complete: false, dataSizes };
  const offsets = expected.map((i) => toc.dataOffset(i));
  const last = offsets.every((o) => o !== null) ? largest(offsets) : null;
  const beyond = last !== null && last >= source.size;
  const bytes = source.size - toc.endOffset;
  if (options.full !== true && bytes > quickBytes && !beyond && expected.length > 0) {
    const complete = last === null ? null : await lastBlockIsWhole(source, toc, last, options);
    if (complete === false) problems.add('noEnd', 'last data block', null, source.size);
    return { problems: problems.items, complete, dataSizes };
  }

  const missing = new Map(expected.map((i) => [toc.dumpId(i), i]));
  const walker = new BlockWalker(source, toc, toc.endOffset, { signal: options.signal });
  try {
    while (missing.size > 0 && !walker.atEnd) {
      const block = await walker.next();
      const index = missing.get(block.dumpId);
      if (index === undefined) {
        problems.add('damaged', 'block of no entry', block.dumpId, block.offset);
        continue;
      }
      missing.delete(block.dumpId);
      dataSizes.set(block.dumpId, block.size);
      const offset = toc.dataOffset(index);
      if (offset !== null && offset !== block.offset) {
        problems.add('damaged', 'data offset', block.dumpId, offset);
      }
    }
  } catch (e) {
    if (!(e instanceof TocDamage)) throw e;
    // A number of which not all bytes are there is told by its first one.
    const truncated = e.offset + toc.sizes.int >= source.size;
    const dumpId = Number(/^data of entry (\d+)$/.exec(e.reading)?.[1] ?? NaN);
    problems.add(
      truncated ? 'truncatedData' : 'damaged',
      e.reading,
      Number.isNaN(dumpId) ? null : dumpId,
      e.offset,
    );
    missing.delete(dumpId);
  }
  for (const index of missing.values()) {
    problems.add('missingData', toc.tag(index), toc.dumpId(index));
  }
  return { problems: problems.items, complete: problems.count === 0, dataSizes };
}

/** Without handing 20,000 arguments to `Math.max`. */
function largest(offsets: readonly (number | null)[]): number {
  return offsets.reduce<number>((found, offset) => Math.max(found, offset ?? 0), 0);
}

/**
 * Walks the last block only: the others lie before it. A last block too large for that is judged by
 * its end, which is a chunk of length 0.
 */
async function lastBlockIsWhole(
  source: ByteSource,
  toc: Toc,
  offset: number,
  options: CheckOptions,
): Promise<boolean> {
  try {
    const limits = { signal: options.signal, budget: quickBytes };
    const block = await new BlockWalker(source, toc, offset, limits).next();
    return block.end <= source.size;
  } catch (e) {
    if (e instanceof TocDamage) return false;
    if (e !== overBudget) throw e;
    const end = 1 + toc.sizes.int;
    const tail = await readBytes(source, source.size - end, end);
    return tail.every((byte) => byte === 0);
  }
}
