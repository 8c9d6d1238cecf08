import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';
import { CooperativeLoop } from '../bytes/cooperativeLoop';
import type { Toc } from '../toc/toc';

/** Longest definition of a group: a thousand numbers of ten digits fit many times. */
const MAX_GROUP_BYTES = 1 << 20;

/**
 * Checksum of a set of large objects, of which there may be millions: different sets have the same
 * sum with a probability of one in some trillions.
 */
export class LargeObjectSum {
  count = 0;
  private sum = 0;
  private mixed = 0;

  add(oid: number): void {
    this.count++;
    this.sum = (this.sum + oid) % Number.MAX_SAFE_INTEGER;
    // Knuth's multiplicative hash, so that differences of two numbers do not make up for each other.
    this.mixed ^= Math.imul(oid, 2_654_435_761) ^ (Math.imul(oid, 2_246_822_519) >>> 13);
  }

  equals(other: LargeObjectSum): boolean {
    return this.count === other.count && this.sum === other.sum && this.mixed === other.mixed;
  }
}

/**
 * The large objects that a table of contents speaks of: an entry for each (`BLOB`, pg_dump 12 to 16),
 * or one with up to a thousand of them, line by line (`BLOB METADATA`, 17 and newer). None where the
 * definitions were left out (`pg_dump --data-only`). `source`: the open file that the table of
 * contents is in; else it is opened.
 *
 * @throws `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function largeObjectsOfToc(
  toc: Toc,
  options: { loop?: CooperativeLoop; source?: ByteSource } = {},
): Promise<LargeObjectSum> {
  const { loop = new CooperativeLoop(undefined) } = options;
  const sum = new LargeObjectSum();
  const groups: number[] = [];
  for (let i = 0; i < toc.count; i++) {
    if (loop.shouldYield) await loop.yield();
    const desc = toc.desc(i);
    if (desc !== 'BLOB' && desc !== 'BLOB METADATA') continue;
    if (desc === 'BLOB') sum.add(Number(toc.tag(i)));
    else groups.push(i);
  }
  if (groups.length === 0) return sum;
  const source = options.source ?? (await openFileSource(toc.file));
  try {
    for (const i of groups) {
      const span = toc.definition(i);
      if (span === null) continue;
      const bytes = await readBytes(source, span.offset, Math.min(span.length, MAX_GROUP_BYTES));
      for (const line of bytes.toString('latin1').split('\n')) {
        if (line !== '') sum.add(Number(line));
      }
      if (loop.shouldYield) await loop.yield();
    }
  } finally {
    if (options.source === undefined) await source.close();
  }
  return sum;
}

/**
 * Does the archive contain exactly the large objects of its table of contents? null where that
 * lists none.
 */
export function holdsAll(promised: LargeObjectSum, held: LargeObjectSum): boolean | null {
  return promised.count === 0 ? null : promised.equals(held);
}
