import { endOfRows } from './sqlBytes';
import { MARK_LENGTH } from './strayLines';

const COPY_END = Buffer.from('\n\\.');

/** Finds the end of a COPY's rows: a line that consists of `\.`. */
export class CopyRows {
  private atLineStart = true;

  /** `at`: offset after the rows if they have `ended`, else how far they were read (-1 = nowhere). */
  scan(b: Buffer, from: number, to: number, last: boolean): { at: number; ended: boolean } {
    const stop = (at: number): { at: number; ended: boolean } => ({
      at: at > from ? at : -1,
      ended: false,
    });
    let i = from;
    if (this.atLineStart) {
      if (to - i < 4 && !last) return { at: -1, ended: false };
      const end = endOfRows(b, i, to, last);
      if (end >= 0) return { at: end, ended: true };
      this.atLineStart = false;
    }
    for (;;) {
      const found = b.indexOf(COPY_END, i);
      if (found < 0 || found + 3 > to) {
        // The end mark, or the mark of a message, may begin in the last bytes of this piece.
        return last ? { at: to, ended: false } : stop(Math.max(i, to - MARK_LENGTH));
      }
      if (found + 5 > to && !last) return stop(found);
      const end = endOfRows(b, found + 1, to, last);
      if (end >= 0) return { at: end, ended: true };
      i = found + 3;
    }
  }
}
