import { OUTPUT_TAIL_LINES } from '../../model/job';

/** Longest line kept, in UTF-16 units; one message can be 100 KB. */
const MAX_LENGTH = 2000;

/** The newest lines of a job's output. */
export class LineTail {
  private readonly ring: string[] = [];
  private start = 0;

  add(lines: readonly string[]): void {
    for (const line of lines.slice(-OUTPUT_TAIL_LINES)) {
      // A ring: shifting 500 elements for each of 200,000 lines would cost more than reading them.
      const short = line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
      if (this.ring.length < OUTPUT_TAIL_LINES) this.ring.push(short);
      else {
        this.ring[this.start] = short;
        this.start = (this.start + 1) % OUTPUT_TAIL_LINES;
      }
    }
  }

  /** Oldest first, at most `OUTPUT_TAIL_LINES`. */
  lines(): string[] {
    return [...this.ring.slice(this.start), ...this.ring.slice(0, this.start)];
  }
}
