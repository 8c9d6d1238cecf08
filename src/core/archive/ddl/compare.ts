import { createHash } from 'node:crypto';
import type { ArchiveDocument } from '../document/documentTypes';
import { identities, sortByKey, type Identified } from './identity';
import { normalisedTexts, type NormaliseOptions } from './normalise';
import { ascending } from '../selection/ascending';
import { entryLoop } from '../../cooperativeLoop';

/** Result of comparing two dumps, `a` and `b`; each list is sorted by schema, type and name. */
export interface DocumentComparison {
  /** Ids of objects that only `b` has. */
  added: number[];
  /** Ids of objects that only `a` has. */
  removed: number[];
  /** Ids of objects that both have, with different definitions. */
  changed: { a: number; b: number }[];
  /** Number of objects with equal definitions. */
  same: number;
}

/**
 * Compares the objects of two dumps of any format by their normalised SQL (see `normalisedDdl`), but
 * not their data.
 * @throws AppError as `ddlOf`
 */
export async function compareDocuments(
  a: ArchiveDocument,
  b: ArchiveDocument,
  options: NormaliseOptions = {},
): Promise<DocumentComparison> {
  const loop = entryLoop(options.signal);
  const left = await identities(a, options, loop);
  const right = await identities(b, options, loop);
  const leftIds = new Map<string, number>();
  for (const { key, id } of left) {
    leftIds.set(key, id);
    if (loop.shouldYield) await loop.yield();
  }
  const pairs: { a: number; b: Identified }[] = [];
  const added: Identified[] = [];
  for (const object of right) {
    const id = leftIds.get(object.key);
    if (id === undefined) added.push(object);
    else {
      pairs.push({ a: id, b: object });
      leftIds.delete(object.key);
    }
    if (loop.shouldYield) await loop.yield();
  }
  const digests = await digestsOf(a, ascending(pairs.map((pair) => pair.a)), options);
  const others = await digestsOf(b, ascending(pairs.map((pair) => pair.b.id)), options);
  const changed: typeof pairs = [];
  for (const pair of pairs) {
    if (digests.get(pair.a) !== others.get(pair.b.id)) changed.push(pair);
    if (loop.shouldYield) await loop.yield();
  }
  const partner = new Map(changed.map((pair) => [pair.b.id, pair.a]));
  const ids = async (objects: readonly Identified[]): Promise<number[]> =>
    (await sortByKey(objects, loop)).map(({ id }) => id);
  return {
    added: await ids(added),
    removed: await ids(left.filter(({ key }) => leftIds.has(key))),
    changed: (await ids(changed.map((pair) => pair.b))).map((id) => ({
      a: partner.get(id) ?? -1,
      b: id,
    })),
    same: pairs.length - changed.length,
  };
}

/** Digests rather than texts, because the texts of a large schema take tens of megabytes. */
async function digestsOf(
  document: ArchiveDocument,
  ids: readonly number[],
  options: NormaliseOptions,
): Promise<Map<number, string>> {
  const digests = new Map<number, string>();
  for await (const { id, text } of normalisedTexts(document, ids, options)) {
    digests.set(id, createHash('sha1').update(text).digest('base64'));
  }
  return digests;
}
