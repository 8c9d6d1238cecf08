/** Converts psql's line numbers to those of a script from which lines were left out. */
export class LineMap {
  /** Numbers of psql's lines, and (next) how many lines of the script were left out up to there. */
  private readonly after: number[] = [];
  private readonly skipped: number[] = [];

  /** @param before number of the script's lines before psql's first line */
  constructor(private readonly before = 0) {}

  /** Records that `lines` lines of the script were left out after psql's line `behind`. */
  skip(behind: number, lines: number): void {
    const last = this.after.length - 1;
    if (this.after[last] === behind) this.skipped[last]! += lines;
    else {
      this.after.push(behind);
      this.skipped.push((this.skipped[last] ?? 0) + lines);
    }
  }

  /** The script's line number for one of psql's, both from 1. */
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
