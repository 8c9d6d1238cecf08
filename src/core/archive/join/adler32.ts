const BASE = 65521;
/** Number of bytes that can be added before the sums must be reduced to stay within 32 bits. */
const RUN = 5552;
/** Bytes of a step; a run is a whole number of steps. */
const STEP = 8;

/** The checksum at the end of zlib's format (RFC 1950); gzip uses another one. */
export class Adler32 {
  private low = 1;
  private high = 0;

  add(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += RUN) {
      this.addRun(bytes, start, Math.min(start + RUN, bytes.length));
    }
  }

  /** Eight bytes at a time take half as long as one at a time: sums do not wait for each other. */
  private addRun(bytes: Uint8Array, start: number, end: number): void {
    let { low, high } = this;
    let i = start;
    for (; i + STEP <= end; i += STEP) {
      const a = bytes[i]!;
      const b = bytes[i + 1]!;
      const c = bytes[i + 2]!;
      const d = bytes[i + 3]!;
      const e = bytes[i + 4]!;
      const f = bytes[i + 5]!;
      const g = bytes[i + 6]!;
      const h = bytes[i + 7]!;
      // The results are unsigned and below 2^32; `| 0` keeps the sums integers on the way.
      high = (high + 8 * low + 8 * a + 7 * b + 6 * c + 5 * d + 4 * e + 3 * f + 2 * g + h) | 0;
      low = (low + a + b + c + d + e + f + g + h) | 0;
    }
    for (; i < end; i++) {
      low = (low + bytes[i]!) | 0;
      high = (high + low) | 0;
    }
    this.low = (low >>> 0) % BASE;
    this.high = (high >>> 0) % BASE;
  }

  /** The checksum in big-endian order, as zlib's format stores it. */
  digest(): Buffer {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt16BE(this.high, 0);
    bytes.writeUInt16BE(this.low, 2);
    return bytes;
  }
}
