const NEWLINE = 10;

/** Number of newlines in `bytes[from, to)`. */
export function countLines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  let at = bytes.indexOf(NEWLINE, from);
  while (at >= 0 && at < to) {
    count++;
    at = bytes.indexOf(NEWLINE, at + 1);
  }
  return count;
}
