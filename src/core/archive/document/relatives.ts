import { entryLoop } from '../../cooperativeLoop';

/** A list of numbers for each number, in two typed arrays: 200,000 lists without an object each. */
export class NumberLists {
  private constructor(
    private readonly ends: Uint32Array,
    private readonly values: Int32Array,
  ) {}

  /** The list for `key`, ascending; [] if there is no such key. */
  of(key: number): number[] {
    if (key < 0 || key >= this.ends.length) return [];
    const start = key === 0 ? 0 : this.ends[key - 1]!;
    return Array.from(this.values.subarray(start, this.ends[key]));
  }

  /**
   * Builds the inverse of `keysOf`: for each key, the values (from 0 to `count`) that have it.
   * Keys below 0 or beyond `count`, and a key that equals its value, are ignored.
   */
  static async inverse(
    count: number,
    keysOf: (value: number) => readonly number[],
    signal?: AbortSignal,
  ): Promise<NumberLists> {
    const loop = entryLoop(signal);
    const ends = new Uint32Array(count);
    let pairs = new Int32Array(Math.max(1024, count * 4));
    let used = 0;
    for (let value = 0; value < count; value++) {
      let before = -1;
      // Lists can contain duplicates; those of pg_dump are unsorted.
      for (const key of [...keysOf(value)].sort((a, b) => a - b)) {
        if (key < 0 || key >= count || key === value || key === before) continue;
        before = key;
        if (used + 2 > pairs.length) {
          const larger = new Int32Array(pairs.length * 2);
          larger.set(pairs);
          pairs = larger;
        }
        pairs[used++] = key;
        pairs[used++] = value;
        ends[key]!++;
      }
      if (loop.shouldYield) await loop.yield();
    }
    let sum = 0;
    const next = new Uint32Array(count);
    for (let key = 0; key < count; key++) {
      next[key] = sum;
      sum += ends[key]!;
      ends[key] = sum;
    }
    const values = new Int32Array(sum);
    for (let i = 0; i < used; i += 2) values[next[pairs[i]!]!++] = pairs[i + 1]!;
    return new NumberLists(ends, values);
  }
}
