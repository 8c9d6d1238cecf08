/** Which line of a script a line is that psql counts, where lines are left out on the way. */
export class LineMap {
  /** Lines as psql counts them, up to which the number of left out ones is that beside it. */
  private readonly after: number[] = [];
  private readonly skipped: number[] = [];

  /** @param before how many lines of the script come before the first that psql gets */
  constructor(private readonly before = 0) {}

  /** After `behind` lines that psql has received, `lines` lines of the script are left out. */
  skip(behind: number, lines: number): void {
    const last = this.after.length - 1;
    if (this.after[last] === behind) this.skipped[last]! += lines;
    else {
      this.after.push(behind);
      this.skipped.push((this.skipped[last] ?? 0) + lines);
    }
  }

  /** The line of the script, from 1, for one of psql's. */
  readonly lineOf = (line: number): number => {
    let low = 0;
    let high = this.after.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.after[middle]! < line) low = middle + 1;
      else high = middle;
    }
    return line + this.before + (this.skipped[low - 1] ?? 0);
  };
}
