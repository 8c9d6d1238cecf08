const BASE = 65521;
/** Words of a block, and bytes: of more, the sums of 16 bits that it is added up in would overflow. */
const BLOCK_WORDS = 22;
const BLOCK = 4 * BLOCK_WORDS;
/** Number of bytes that can be added before the sums must be reduced to stay within 32 bits. */
const RUN = 63 * BLOCK;
/** Every other byte of a word, as two numbers of 16 bits. */
const EVEN = 0x00ff00ff;
const HALF = 0xffff;

/**
 * The checksum at the end of zlib's format (RFC 1950); gzip uses another one. Four bytes are added at
 * a time, two in each number: a fifth of the time that single bytes take (measured). Words are taken
 * to have their lowest byte first, as on all systems that VS Code runs on.
 */
export class Adler32 {
  private low = 1;
  private high = 0;

  add(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    // Words begin at multiples of four.
    const first = -byteOffset & 3;
    const blocks = Math.floor((length - first) / BLOCK);
    if (blocks <= 0) {
      this.addSingly(bytes);
      return;
    }
    this.addSingly(bytes.subarray(0, first));
    this.addBlocks(new Int32Array(buffer, byteOffset + first, blocks * BLOCK_WORDS));
    this.addSingly(bytes.subarray(first + blocks * BLOCK));
  }

  /** Adds a few bytes. */
  private addSingly(bytes: Uint8Array): void {
    let { low, high } = this;
    for (const byte of bytes) {
      low += byte;
      high += low;
    }
    this.low = low % BASE;
    this.high = high % BASE;
  }

  /** Adds whole blocks. Sums are unsigned and below 2^32; `| 0` keeps them integers on the way. */
  private addBlocks(words: Int32Array): void {
    let { low, high } = this;
    for (let i = 0; i < words.length;) {
      const runEnd = Math.min(words.length, i + RUN / 4);
      while (i < runEnd) {
        // Of the bytes 0 and 2 of each word, and of 1 and 3: their sum, and the sum of all sums so far.
        let even = 0;
        let odd = 0;
        let evens = 0;
        let odds = 0;
        for (const end = i + BLOCK_WORDS; i < end; i++) {
          const word = words[i]!;
          even = (even + (word & EVEN)) | 0;
          evens = (evens + even) | 0;
          odd = (odd + ((word >>> 8) & EVEN)) | 0;
          odds = (odds + odd) | 0;
        }
        const sums = (evens & HALF) + (evens >>> 16) + (odds & HALF) + (odds >>> 16);
        // A sum of sums counts each word as often as words follow it; a byte counts less by its place.
        const less = (odd & HALF) + 2 * (even >>> 16) + 3 * (odd >>> 16);
        high = (high + BLOCK * low + 4 * sums - less) | 0;
        low = (low + (even & HALF) + (even >>> 16) + (odd & HALF) + (odd >>> 16)) | 0;
      }
      low = (low >>> 0) % BASE;
      high = (high >>> 0) % BASE;
    }
    this.low = low;
    this.high = high;
  }

  /** The checksum in big-endian order, as zlib's format stores it. */
  digest(): Buffer {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt16BE(this.high, 0);
    bytes.writeUInt16BE(this.low, 2);
    return bytes;
  }
}
