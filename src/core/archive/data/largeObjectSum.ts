import { openFileSource, readBytes, type ByteSource } from '../bytes/byteSource';
import { CooperativeLoop } from '../../cooperativeLoop';
import type { Toc } from '../toc/toc';

/** Longest definition of a group that is read; a thousand numbers of ten digits need far less. */
const MAX_GROUP_BYTES = 1 << 20;

/**
 * Checksum of a set of large objects, which can have millions of members. The probability that two
 * different sets have the same sum is one in trillions.
 */
export class LargeObjectSum {
  count = 0;
  private sum = 0;
  private mixed = 0;

  add(oid: number): void {
    this.count++;
    this.sum = (this.sum + oid) % Number.MAX_SAFE_INTEGER;
    // Knuth's multiplicative hash, so that two differences cannot cancel each other out.
    this.mixed ^= Math.imul(oid, 2_654_435_761) ^ (Math.imul(oid, 2_246_822_519) >>> 13);
  }

  equals(other: LargeObjectSum): boolean {
    return this.count === other.count && this.sum === other.sum && this.mixed === other.mixed;
  }
}

/**
 * The large objects that a table of contents lists: one entry for each (`BLOB`, pg_dump 12 to 16), or
 * one entry for up to a thousand (`BLOB METADATA`, 17 and later). Without definitions
 * (`pg_dump --data-only`) there are none. `source`: the open file with the table of contents;
 * without it the file is opened.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
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
 * Does the archive contain exactly the large objects that its table of contents lists? null if it
 * lists none.
 */
export function holdsAll(promised: LargeObjectSum, held: LargeObjectSum): boolean | null {
  return promised.count === 0 ? null : promised.equals(held);
}
