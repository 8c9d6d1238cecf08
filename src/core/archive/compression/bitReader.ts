/** Codes of so many bits or fewer are looked up at once. */
export const LOOKUP_BITS = 10;
const LOOKUP_MASK = (1 << LOOKUP_BITS) - 1;

/** A code of symbols, as the canonical order of their lengths gives it. */
export interface HuffmanTable {
  shortest: number;
  longest: number;
  /** The largest code of each length. */
  limit: Int32Array;
  /** What to subtract from a code of that length for its place in `symbols`. */
  base: Int32Array;
  symbols: Uint16Array;
  /** By the next bits: the symbol times 32 and the length of its code; 0 = the code is longer. */
  short: Uint16Array;
}

/** Reads bits from bytes, the highest first. Throws a RangeError where they end. */
export class BitReader {
  /** Position of the next byte. */
  private at = 0;
  /** Bits of bytes before `at` that were not read, and how many. */
  private held = 0;
  private count = 0;

  constructor(private bytes: Buffer) {}

  /** Whole bytes that are left. */
  get bytesLeft(): number {
    return this.bytes.length - this.at;
  }

  get bytesRead(): number {
    return this.at;
  }

  /** At most 24 bits. */
  read(bits: number): number {
    while (this.count < bits) {
      if (this.at >= this.bytes.length) throw new RangeError('end of bits');
      this.held = (this.held << 8) | this.bytes[this.at++]!;
      this.count += 8;
    }
    this.count -= bits;
    return (this.held >>> this.count) & ((1 << bits) - 1);
  }

  /** The symbol whose code comes next. Throws a RangeError for an invalid code. */
  readSymbol(table: HuffmanTable): number {
    const { bytes } = this;
    while (this.count < LOOKUP_BITS && this.at < bytes.length) {
      this.held = (this.held << 8) | bytes[this.at++]!;
      this.count += 8;
    }
    if (this.count >= LOOKUP_BITS) {
      const found = table.short[(this.held >>> (this.count - LOOKUP_BITS)) & LOOKUP_MASK]!;
      if (found !== 0) {
        this.count -= found & 31;
        return found >>> 5;
      }
    }
    let length = table.shortest;
    let code = this.read(length);
    while (code > table.limit[length]!) {
      if (++length > table.longest) throw new RangeError('code');
      code = code * 2 + this.read(1);
    }
    const place = code - table.base[length]!;
    if (place < 0 || place >= table.symbols.length) throw new RangeError('code');
    return table.symbols[place]!;
  }

  /** 32 bits. */
  readSum(): number {
    return this.read(16) * 0x10000 + this.read(16);
  }

  /** The next bits without taking them; at a byte's beginning. */
  peek(bits: number): number {
    const { at, held, count } = this;
    const value = this.read(bits);
    Object.assign(this, { at, held, count });
    return value;
  }

  /** Continues at the beginning of a byte. */
  align(): void {
    this.count -= this.count % 8;
  }

  /** Adds bytes, and forgets those that were read. Returns how many these are. */
  append(parts: readonly Buffer[]): number {
    const read = this.at;
    this.bytes = Buffer.concat([this.bytes.subarray(read), ...parts]);
    this.at = 0;
    return read;
  }
}
