/** A line of a tool's output, without its line break. */
export interface OutputLine {
  text: string;
  /** The line was longer than the limit; the rest was dropped. */
  truncated: boolean;
}

/** One LOCK TABLE statement in a message of pg_dump can be 100 KB long. */
export const MAX_LINE_BYTES = 8192;

/**
 * Cuts raw output into lines, whatever the chunks and the encoding. Holds at most `MAX_LINE_BYTES`.
 * A line that is not UTF-8 is read as Latin-1: messages can come in the database's encoding.
 */
export class LineSplitter {
  private readonly held = Buffer.alloc(MAX_LINE_BYTES);
  private length = 0;
  private truncated = false;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** @returns the lines that this chunk completes */
  push(chunk: Uint8Array): OutputLine[] {
    const lines: OutputLine[] = [];
    let start = 0;
    let last = chunk.lastIndexOf(0x0a);
    for (;;) {
      if (this.length === 0 && !this.truncated && last >= start) {
        const whole = this.wholeLines(chunk.subarray(start, last));
        lines.push(...whole);
        if (whole.length > 0) start = last + 1;
        // Where one of them is not UTF-8, each is looked at by itself.
        last = -1;
      }
      const end = chunk.indexOf(0x0a, start);
      this.hold(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (end < 0) return lines;
      lines.push(this.take());
      start = end + 1;
    }
  }

  /** @returns what came after the last line break, if anything */
  end(): OutputLine[] {
    return this.length > 0 || this.truncated ? [this.take()] : [];
  }

  /** Many lines at once; none: one of them may be longer than the limit, or is not UTF-8. */
  private wholeLines(bytes: Uint8Array): OutputLine[] {
    if (bytes.length > MAX_LINE_BYTES) return [];
    try {
      const texts = this.decoder.decode(bytes).split('\n');
      return texts.map((text) => ({
        text: text.endsWith('\r') ? text.slice(0, -1) : text,
        truncated: false,
      }));
    } catch {
      return [];
    }
  }

  private hold(bytes: Uint8Array): void {
    const kept = Math.min(bytes.length, MAX_LINE_BYTES - this.length);
    this.held.set(bytes.subarray(0, kept), this.length);
    this.length += kept;
    if (kept < bytes.length) this.truncated = true;
  }

  private take(): OutputLine {
    const { truncated } = this;
    let end = this.length;
    if (!truncated && end > 0 && this.held[end - 1] === 0x0d) end--;
    const text = this.decode(truncated ? this.wholeCharacters() : end);
    this.length = 0;
    this.truncated = false;
    return { text, truncated };
  }

  /** Where to cut so that no UTF-8 character is halved. */
  private wholeCharacters(): number {
    let end = this.length;
    // Back over at most three continuation bytes to the lead byte of the last character.
    while (end > this.length - 4 && ((this.held[end - 1] ?? 0) & 0xc0) === 0x80) end--;
    const lead = this.held[end - 1] ?? 0;
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return end - 1 + size <= this.length ? end - 1 + size : end - 1;
  }

  private decode(end: number): string {
    const bytes = this.held.subarray(0, end);
    try {
      return this.decoder.decode(bytes);
    } catch {
      return bytes.toString('latin1');
    }
  }
}
