import { LOOKUP_BITS, type BitReader, type HuffmanTable } from './bitReader';

const MAX_CODE_BITS = 20;
/** Number of symbols that one table decodes before the next table is selected. */
const GROUP = 50;
const PIECE = 64 << 10;
/** Number of symbols or bytes after which the decoder offers to pause. */
const STEP = 128 << 10;

const SUMS = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum;
});

/**
 * Decodes the blocks of a bzip2 stream: Huffman codes, move to front, the Burrows-Wheeler transform,
 * run lengths. Every number in the data is checked before it is used; invalid data throw a
 * RangeError. Source of the format: bzip2's documentation, and other decoders.
 */
export class Bzip2Block {
  /** Checksum of the last block's bytes. */
  sum = 0;
  /** The bytes of the transform; later also the index of each one's successor, above 8 bits. */
  private readonly chain: Uint32Array;
  private readonly counts = new Uint32Array(256);

  /** `size`: maximum bytes of a block before run lengths are expanded. */
  constructor(private readonly size: number) {
    this.chain = new Uint32Array(size);
  }

  /** Decodes a block after its checksum has been read; null = the caller may pause here. */
  *decode(bits: BitReader): Generator<Buffer | null> {
    if (bits.read(1) !== 0) throw new RangeError('randomised block of an old bzip2');
    const first = bits.read(24);
    const used = usedBytes(bits);
    const tableCount = bits.read(3);
    if (tableCount < 2 || tableCount > 6) throw new RangeError('number of tables');
    const selectors = readSelectors(bits, tableCount);
    const tables = Array.from({ length: tableCount }, () => readTable(bits, used.length + 2));
    const length = yield* this.readSymbols(bits, used, { selectors, tables });
    if (first >= length) throw new RangeError('start of the transform');
    this.linkBytes(length);
    yield null;
    yield* this.unrolled(first, length);
  }

  /** Fills `chain` with the bytes of the transform, and `counts`; returns the number of bytes. */
  private *readSymbols(
    bits: BitReader,
    used: readonly number[],
    codes: { selectors: Uint8Array; tables: readonly HuffmanTable[] },
  ): Generator<null, number> {
    const { chain, counts, size } = this;
    const { selectors, tables } = codes;
    counts.fill(0);
    const front = Uint8Array.from(used);
    const endOfBlock = used.length + 1;
    let length = 0;
    let run = 0;
    let weight = 1;
    let selected = 0;
    let left = 0;
    let table = tables[0]!;
    for (let step = 0; ; step++) {
      if (step % STEP === STEP - 1) yield null;
      if (left-- === 0) {
        if (selected >= selectors.length) throw new RangeError('selectors');
        table = tables[selectors[selected++]!]!;
        left = GROUP - 1;
      }
      const symbol = bits.readSymbol(table);
      if (symbol < 2) {
        // Run lengths are written in a number system with the digits 1 and 2.
        run += weight * (symbol + 1);
        weight *= 2;
        if (run > size) throw new RangeError('run');
        continue;
      }
      if (run > 0) {
        if (length + run > size) throw new RangeError('run');
        const byte = front[0]!;
        chain.fill(byte, length, length + run);
        counts[byte] = counts[byte]! + run;
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === endOfBlock) return length;
      if (symbol > endOfBlock || length >= size) throw new RangeError('symbol');
      const place = symbol - 1;
      const byte = front[place]!;
      for (let i = place; i > 0; i--) front[i] = front[i - 1]!;
      front[0] = byte;
      counts[byte] = counts[byte]! + 1;
      chain[length++] = byte;
    }
  }

  private linkBytes(length: number): void {
    const { chain, counts } = this;
    let before = 0;
    for (let byte = 0; byte < 256; byte++) {
      const count = counts[byte]!;
      counts[byte] = before;
      before += count;
    }
    for (let i = 0; i < length; i++) {
      const byte = chain[i]! & 0xff;
      const at = counts[byte]!;
      counts[byte] = at + 1;
      chain[at] = (chain[at]! | (i << 8)) >>> 0;
    }
  }

  /** The bytes of the block in pieces. */
  private *unrolled(first: number, length: number): Generator<Buffer> {
    const walk: Walk = { at: this.chain[first]! >>> 8, left: length, last: -1, same: 0, copies: 0 };
    this.sum = ~0;
    for (;;) {
      const out = Buffer.allocUnsafe(PIECE);
      const filled = this.fill(out, walk);
      if (filled > 0) yield out.subarray(0, filled);
      if (filled < PIECE) break;
    }
    this.sum = ~this.sum >>> 0;
  }

  /**
   * Walks the chain until `out` is full or the block ends. After four equal bytes comes a number that
   * says how many more of them follow. (Not a generator: 32-bit arithmetic is slow in generators.)
   */
  private fill(out: Buffer, walk: Walk): number {
    const { chain } = this;
    let { at, left, last, same, copies } = walk;
    let { sum } = this;
    let filled = 0;
    for (;;) {
      while (copies > 0 && filled < PIECE) {
        sum = (sum << 8) ^ SUMS[(sum >>> 24) ^ last]!;
        out[filled++] = last;
        copies--;
      }
      if (filled === PIECE || left === 0) break;
      left--;
      const entry = chain[at]!;
      at = entry >>> 8;
      const byte = entry & 0xff;
      if (same === 4) {
        copies = byte;
        same = 0;
      } else {
        same = byte === last && same > 0 ? same + 1 : 1;
        last = byte;
        copies = 1;
      }
    }
    this.sum = sum;
    Object.assign(walk, { at, left, last, same, copies });
    return filled;
  }
}

/** Position of the walk along the chain. */
interface Walk {
  at: number;
  /** Number of entries of the chain that have not been visited. */
  left: number;
  /** The last byte, how often it was repeated, and how many repetitions are still to be written. */
  last: number;
  same: number;
  copies: number;
}

/** The bytes that occur in a block. */
function usedBytes(bits: BitReader): number[] {
  const groups = bits.read(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group++) {
    if ((groups & (0x8000 >> group)) === 0) continue;
    const members = bits.read(16);
    for (let i = 0; i < 16; i++) {
      if ((members & (0x8000 >> i)) !== 0) used.push(group * 16 + i);
    }
  }
  if (used.length === 0) throw new RangeError('no bytes');
  return used;
}

/** Which table decodes each group of symbols. */
function readSelectors(bits: BitReader, tables: number): Uint8Array {
  const count = bits.read(15);
  if (count === 0) throw new RangeError('no selectors');
  const front = Array.from({ length: tables }, (_, i) => i);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (bits.read(1) === 1) if (++place >= tables) throw new RangeError('selector');
    const [selected = 0] = front.splice(place, 1);
    front.unshift(selected);
    selectors[i] = selected;
  }
  return selectors;
}

function readTable(bits: BitReader, symbolCount: number): HuffmanTable {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) throw new RangeError('length of a code');
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  const shortest = lengths.reduce((least, each) => Math.min(least, each), MAX_CODE_BITS);
  const longest = lengths.reduce((most, each) => Math.max(most, each), 1);
  const limit = new Int32Array(MAX_CODE_BITS + 1);
  const base = new Int32Array(MAX_CODE_BITS + 1);
  const symbols = new Uint16Array(symbolCount);
  const short = new Uint16Array(1 << LOOKUP_BITS);
  let code = 0;
  let place = 0;
  for (let bitCount = shortest; bitCount <= longest; bitCount++) {
    base[bitCount] = code - place;
    lengths.forEach((each, symbol) => {
      if (each !== bitCount) return;
      symbols[place++] = symbol;
      const spare = LOOKUP_BITS - bitCount;
      if (spare >= 0) short.fill(symbol * 32 + bitCount, code << spare, (code + 1) << spare);
      code++;
    });
    limit[bitCount] = code - 1;
    code *= 2;
  }
  return { shortest, longest, limit, base, symbols, short };
}
