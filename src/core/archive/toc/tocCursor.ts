/**
 * Reads the primitive types of the archive format from a window of bytes. An int is a sign byte and
 * `intSize` bytes, little-endian; a string is its length as an int (-1 = NULL) and its bytes.
 */

/** The table of contents contains an impossible value. */
export class TocDamage extends Error {
  override readonly name = 'TocDamage';
  constructor(
    /** Offset in the file with the table of contents. */
    readonly offset: number,
    /** The item that was being read, e.g. `tag of entry 12`. */
    readonly reading: string,
  ) {
    super(`${reading} at ${offset}`);
  }
}

/** Thrown if the window ends within a value: the caller reads more and tries again. */
export const needMore = new Error('more bytes are needed');

/** Maximum length of a name; a function's signature with a hundred long arguments has 14 kB. */
const MAX_NAME_LENGTH = 1 << 20;
const MAX_INT = 0x7fffffff;

/**
 * A position in a window of bytes, from which values are read.
 * @throws `needMore` where the window ends within a value; `TocDamage` for an impossible value
 */
export class TocCursor {
  window: Buffer = Buffer.alloc(0);
  /** Offset in the file of the window's first byte. */
  base = 0;
  pos = 0;
  /** Start and end, in the window, of the name that `name` has found; -1 = NULL. */
  start = -1;
  end = -1;
  intSize = 4;
  offsetSize = 8;
  /** The item that is being read, for errors. */
  reading = '';

  /** `limit`: size of the file, against which every length is checked. */
  constructor(readonly limit: number) {}

  damage(at = this.base + this.pos): TocDamage {
    return new TocDamage(at, this.reading);
  }

  /** The error for `count` missing bytes: a damage if the file ends before them, else `needMore`. */
  private lacking(count: number): Error {
    return this.base + this.pos + count > this.limit ? this.damage() : needMore;
  }

  byte(): number {
    const value = this.window[this.pos];
    if (value === undefined) throw this.lacking(1);
    this.pos++;
    return value;
  }

  int(): number {
    return this.signed(MAX_INT);
  }

  /** Reads the number of a large object: pg_dump writes it as an int, the upper half as negative ones. */
  oid(): number {
    return this.signed(MAX_INT + 1) >>> 0;
  }

  /** `most`: of the amount, with either sign. */
  private signed(most: number): number {
    const { window, pos } = this;
    if (this.intSize !== 4) return this.oddInt(most);
    if (pos + 5 > window.length) throw this.lacking(5);
    const value =
      (window[pos + 1]! |
        (window[pos + 2]! << 8) |
        (window[pos + 3]! << 16) |
        (window[pos + 4]! << 24)) >>>
      0;
    const sign = window[pos]!;
    if (value > most || sign > 1) throw this.damage();
    this.pos = pos + 5;
    return sign === 0 ? value : -value;
  }

  /** Reads an int of an archive in which ints do not have 4 bytes. */
  private oddInt(most: number): number {
    const { window, pos, intSize } = this;
    if (pos + 1 + intSize > window.length) throw this.lacking(1 + intSize);
    let value = 0;
    for (let i = intSize; i > 0; i--) value = value * 256 + window[pos + i]!;
    const sign = window[pos]!;
    if (value > most || sign > 1) throw this.damage();
    this.pos = pos + 1 + intSize;
    return sign === 0 ? value : -value;
  }

  /** Reads an offset into the file, which may be larger than an int. */
  offset(): number {
    const { window, pos, offsetSize } = this;
    if (pos + offsetSize > window.length) throw this.lacking(offsetSize);
    let value = 0;
    for (let i = offsetSize - 1; i >= 0; i--) value = value * 256 + window[pos + i]!;
    this.pos = pos + offsetSize;
    return value;
  }

  /**
   * Reads the length of a string (-1 = NULL) and moves to its first byte. The length is checked
   * against the rest of the file.
   */
  stringLength(): number {
    const at = this.base + this.pos;
    const length = this.int();
    if (length < 0) return -1;
    if (this.base + this.pos + length > this.limit) throw this.damage(at);
    return length;
  }

  /** Finds a name in the window and sets `start` and `end`; -1 = NULL. */
  name(): void {
    const at = this.base + this.pos;
    const length = this.stringLength();
    if (length < 0) {
      this.start = this.end = -1;
      return;
    }
    if (length > MAX_NAME_LENGTH) throw this.damage(at);
    if (this.pos + length > this.window.length) throw needMore;
    this.start = this.pos;
    this.end = this.pos += length;
  }

  /** Reads a number that is stored as a string of digits; -1 = NULL. */
  digits(): number {
    const at = this.base + this.pos;
    this.name();
    if (this.start < 0) return -1;
    if (this.end === this.start || this.end - this.start > 10) throw this.damage(at);
    let value = 0;
    for (let i = this.start; i < this.end; i++) {
      const digit = this.window[i]! - 48;
      if (digit < 0 || digit > 9) throw this.damage(at);
      value = value * 10 + digit;
    }
    if (value > 0xffffffff) throw this.damage(at);
    return value;
  }
}
