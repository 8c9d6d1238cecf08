/** Codes of at most this many bits are looked up in one step. */
export const LOOKUP_BITS = 10;
const LOOKUP_MASK = (1 << LOOKUP_BITS) - 1;

/** A canonical Huffman code. */
export interface HuffmanTable {
  shortest: number;
  longest: number;
  /** The largest code of each length. */
  limit: Int32Array;
  /** By length of code: what to subtract from a code to get its index in `symbols`. */
  base: Int32Array;
  symbols: Uint16Array;
  /** By the next `LOOKUP_BITS` bits: symbol times 32 plus length of its code; 0 = longer code. */
  short: Uint16Array;
}

/** Reads bits from bytes, most significant bit first. Throws a RangeError at the end of the bytes. */
export class BitReader {
  /** Position of the next byte. */
  private at = 0;
  /** Unread bits of bytes before `at`, and their number. */
  private held = 0;
  private count = 0;

  constructor(private bytes: Buffer) {}

  /** Number of whole bytes that are left. */
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

  /** Reads a code and returns its symbol. Throws a RangeError for an invalid code. */
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

  /** The next bits without consuming them; only at the beginning of a byte. */
  peek(bits: number): number {
    const { at, held, count } = this;
    const value = this.read(bits);
    Object.assign(this, { at, held, count });
    return value;
  }

  /** Skips to the beginning of the next byte. */
  align(): void {
    this.count -= this.count % 8;
  }

  /** Appends bytes and drops those that were read; returns the number of dropped bytes. */
  append(parts: readonly Buffer[]): number {
    const read = this.at;
    this.bytes = Buffer.concat([this.bytes.subarray(read), ...parts]);
    this.at = 0;
    return read;
  }
}
