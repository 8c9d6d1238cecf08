/**
 * Assigns small numbers to byte strings, equal ones to equal strings, without creating a JavaScript
 * string for each: 160,000 entries share a few dozen types, owners and schemas.
 */
export class ByteInterner {
  private bytes = Buffer.allocUnsafe(1024);
  private used = 0;
  private starts: number[] = [];
  private ends: number[] = [];
  private hashes: number[] = [];
  /** Hash table with open addressing; a slot holds id + 1, or 0 if it is free. */
  private slots = new Int32Array(256);
  private last = -1;

  /** Number of the byte string `window[start, end)`. */
  add(window: Buffer, start: number, end: number): number {
    // Most entries have the same schema and owner as the previous entry.
    if (this.last >= 0 && this.equals(this.last, window, start, end)) return this.last;
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ window[i]!, 0x01000193);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.slots[slot]! - 1;
      if (id < 0) return (this.last = this.insert(slot, hash, window.subarray(start, end)));
      if (this.hashes[id] === hash && this.equals(id, window, start, end)) return (this.last = id);
      slot = (slot + 1) & mask;
    }
  }

  /** The bytes for a number, as a view that is valid until the next `add`. */
  get(id: number): Buffer {
    return this.bytes.subarray(this.starts[id], this.ends[id]);
  }

  private equals(id: number, window: Buffer, start: number, end: number): boolean {
    const from = this.starts[id]!;
    const length = end - start;
    if (this.ends[id]! - from !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.bytes[from + i] !== window[start + i]) return false;
    }
    return true;
  }

  private insert(slot: number, hash: number, name: Buffer): number {
    const { length } = name;
    if (this.used + length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.used + length));
      this.bytes.copy(grown, 0, 0, this.used);
      this.bytes = grown;
    }
    name.copy(this.bytes, this.used);
    const id = this.starts.length;
    this.starts.push(this.used);
    this.used += length;
    this.ends.push(this.used);
    this.hashes.push(hash);
    this.slots[slot] = id + 1;
    if ((id + 1) * 2 > this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    this.hashes.forEach((hash, id) => {
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = id + 1;
    });
  }
}
