import { sourcePieces, type ByteRange, type PieceOptions } from '../bytes/pieces';
import { openFileSource, readBytes } from '../bytes/byteSource';
import type { ScriptScan } from './scriptTypes';

/** Fewer bytes of rows are read faster than they are skipped. */
const LARGE = 1 << 20;
/** Maximum number of places that are remembered. */
const MAX_RANGES = 1000;

/** Places of large tables' rows in an uncompressed script, in its order. */
export function largeRowsOf(scan: ScriptScan): ByteRange[] {
  return scan.entries
    .filter(({ dataStart, dataEnd }) => dataEnd - dataStart >= LARGE)
    .map(({ dataStart, dataEnd }) => ({ start: dataStart, end: dataEnd }))
    .sort((a, b) => a.start - b.start)
    .slice(0, MAX_RANGES);
}

const END_MARK = Buffer.from('\n\\.\n');

/** A script without its large tables' rows, for readers that only need its statements. */
export class ScriptWithoutRows {
  private constructor(
    private readonly path: string,
    private readonly rows: readonly ByteRange[],
  ) {}

  /**
   * Of `rows`, only ranges count that consist of whole lines and are followed by an end mark.
   *
   * @throws AppError `inputMissing`, `inputUnreadable`
   */
  static async open(path: string, rows: readonly ByteRange[]): Promise<ScriptWithoutRows> {
    const source = await openFileSource(path);
    try {
      const whole: ByteRange[] = [];
      for (const range of rows) {
        const before = await readBytes(source, range.start - 1, 1);
        const behind = await readBytes(source, range.end - 1, END_MARK.length);
        if (before[0] === END_MARK[0] && behind.equals(END_MARK)) whole.push(range);
      }
      return new ScriptWithoutRows(path, whole);
    } finally {
      await source.close();
    }
  }

  /** @throws AppError `inputMissing`, `inputUnreadable`, `cancelled` */
  async *pieces(options: PieceOptions): AsyncGenerator<Buffer> {
    const source = await openFileSource(this.path);
    try {
      let at = 0;
      for (const { start, end } of [...this.rows, { start: source.size, end: source.size }]) {
        yield* sourcePieces(source, { start: at, end: start }, options);
        at = end;
      }
    } finally {
      await source.close();
    }
  }

  /** Offset in the script for a position in what was read. */
  offsetOf(position: number): number {
    let offset = position;
    for (const { start, end } of this.rows) {
      if (offset < start) break;
      offset += end - start;
    }
    return offset;
  }
}
