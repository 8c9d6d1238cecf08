import { sourcePieces, type ByteRange, type PieceOptions } from '../bytes/pieces';
import { openFileSource, readBytes } from '../bytes/byteSource';
import type { ScriptScan } from './scriptTypes';

/** Rows up to so many bytes are read in less time than a place is found. */
const LARGE = 1 << 20;
/** More of them than this are not remembered. */
const MAX_RANGES = 1000;

/** Where large tables have their rows in a script that is not compressed; in its order. */
export function largeRowsOf(scan: ScriptScan): ByteRange[] {
  return scan.entries
    .filter(({ dataStart, dataEnd }) => dataEnd - dataStart >= LARGE)
    .map(({ dataStart, dataEnd }) => ({ start: dataStart, end: dataEnd }))
    .sort((a, b) => a.start - b.start)
    .slice(0, MAX_RANGES);
}

const END_MARK = Buffer.from('\n\\.\n');

/** A script as if its large tables had no rows: who wants its statements need not read those. */
export class ScriptWithoutRows {
  private constructor(
    private readonly path: string,
    private readonly rows: readonly ByteRange[],
  ) {}

  /**
   * Of `rows`, those count that are whole lines in front of an end mark of their own.
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

  /** Where in the script a byte of what was read stands. */
  offsetOf(position: number): number {
    let offset = position;
    for (const { start, end } of this.rows) {
      if (offset < start) break;
      offset += end - start;
    }
    return offset;
  }
}
