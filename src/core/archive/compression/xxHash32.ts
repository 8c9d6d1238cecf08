const PRIME1 = 0x9e3779b1;
const PRIME2 = 0x85ebca77;
const PRIME3 = 0xc2b2ae3d;
const PRIME4 = 0x27d4eb2f;
const PRIME5 = 0x165667b1;

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const word = (b: Uint8Array, i: number): number =>
  b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24);
const round = (lane: number, input: number): number =>
  Math.imul(rotate((lane + Math.imul(input, PRIME2)) | 0, 13), PRIME1);

/** The checksum of the LZ4 frame format (XXH32, seed 0) of data that arrive in pieces. */
export class XxHash32 {
  private a = (PRIME1 + PRIME2) | 0;
  private b = PRIME2 | 0;
  private c = 0;
  private d = -PRIME1 | 0;
  private readonly rest = new Uint8Array(16);
  private restLength = 0;
  private total = 0;

  update(data: Uint8Array): this {
    this.total += data.length;
    let at = 0;
    if (this.restLength > 0) {
      const missing = Math.min(16 - this.restLength, data.length);
      this.rest.set(data.subarray(0, missing), this.restLength);
      this.restLength += missing;
      at = missing;
      if (this.restLength < 16) return this;
      this.stripe(this.rest, 0);
      this.restLength = 0;
    }
    for (; at + 16 <= data.length; at += 16) this.stripe(data, at);
    this.rest.set(data.subarray(at));
    this.restLength = data.length - at;
    return this;
  }

  private stripe(data: Uint8Array, at: number): void {
    this.a = round(this.a, word(data, at));
    this.b = round(this.b, word(data, at + 4));
    this.c = round(this.c, word(data, at + 8));
    this.d = round(this.d, word(data, at + 12));
  }

  /** The checksum as an unsigned 32-bit number. */
  digest(): number {
    let hash =
      this.total >= 16
        ? (rotate(this.a, 1) + rotate(this.b, 7) + rotate(this.c, 12) + rotate(this.d, 18)) | 0
        : PRIME5 | 0;
    hash = (hash + this.total) | 0;
    let at = 0;
    for (; at + 4 <= this.restLength; at += 4) {
      hash = (hash + Math.imul(word(this.rest, at), PRIME3)) | 0;
      hash = Math.imul(rotate(hash, 17), PRIME4);
    }
    for (; at < this.restLength; at++) {
      hash = (hash + Math.imul(this.rest[at]!, PRIME5)) | 0;
      hash = Math.imul(rotate(hash, 11), PRIME1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}
