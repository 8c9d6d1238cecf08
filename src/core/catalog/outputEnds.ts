/** Keeps the beginning and the end of an output of any length, in constant memory. */
export class OutputEnds {
  private head = Buffer.alloc(0);
  private tail = Buffer.alloc(0);
  private skipped = 0;

  /** `maxBytes`: how much of the beginning, and how much of the end, is kept. */
  constructor(private readonly maxBytes: number) {}

  add(chunk: Uint8Array): void {
    const room = this.maxBytes - this.head.length;
    if (room > 0) this.head = Buffer.concat([this.head, chunk.subarray(0, room)]);
    if (chunk.length <= Math.max(0, room)) return;
    const rest = chunk.subarray(Math.max(0, room));
    // The tail is only trimmed at twice its size: trimming it for each small piece would be slow.
    this.tail = Buffer.concat([this.tail, rest.subarray(-this.maxBytes)]);
    this.skipped += rest.length - Math.min(rest.length, this.maxBytes);
    if (this.tail.length > 2 * this.maxBytes) this.trim();
  }

  /** The text as UTF-8; a line with an ellipsis stands for what was left out. */
  text(): string {
    this.trim();
    if (this.skipped === 0) return Buffer.concat([this.head, this.tail]).toString('utf8');
    return `${this.head.toString('utf8')}\n…\n${this.tail.toString('utf8')}`;
  }

  private trim(): void {
    const surplus = Math.max(0, this.tail.length - this.maxBytes);
    this.skipped += surplus;
    this.tail = this.tail.subarray(surplus);
  }
}

/** An output as text. */
export function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8');
}

/** The pieces of an output without its last bytes. */
export function withoutEnd(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const left = [...pieces];
  for (let cut = bytes; cut > 0;) {
    const last = left.pop();
    if (last === undefined) break;
    if (last.length > cut) left.push(last.subarray(0, -cut));
    cut -= last.length;
  }
  return left;
}
