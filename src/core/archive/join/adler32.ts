const BASE = 65521;
/** Number of bytes that can be added before the sums must be reduced to stay within 32 bits. */
const RUN = 5552;

/** The checksum at the end of zlib's format (RFC 1950); gzip uses another one. */
export class Adler32 {
  private low = 1;
  private high = 0;

  add(bytes: Uint8Array): void {
    let { low, high } = this;
    for (let start = 0; start < bytes.length; start += RUN) {
      const end = Math.min(start + RUN, bytes.length);
      for (let i = start; i < end; i++) {
        low += bytes[i]!;
        high += low;
      }
      low %= BASE;
      high %= BASE;
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
