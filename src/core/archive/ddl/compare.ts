import { createHash } from 'node:crypto';
import type { ArchiveDocument } from '../document/documentTypes';
import { identities, sortByKey, type Identified } from './identity';
import { normalisedTexts, type NormaliseOptions } from './normalise';
import { ascending, CooperativeLoop } from '../bytes/cooperativeLoop';

/** Objects that two dumps have not alike, each list by schema, type and name. */
export interface DocumentComparison {
  /** Ids in the second that the first does not have. */
  added: number[];
  /** Ids in the first that the second does not have. */
  removed: number[];
  /** Ids of objects in both, with different definitions. */
  changed: { a: number; b: number }[];
  /** How many are the same. */
  same: number;
}

/**
 * Compares the objects of two dumps of any format by their normalised SQL (see `normalisedDdl`).
 * Data are not looked at.
 * @throws AppError as `ddlOf`
 */
export async function compareDocuments(
  a: ArchiveDocument,
  b: ArchiveDocument,
  options: NormaliseOptions = {},
): Promise<DocumentComparison> {
  const loop = new CooperativeLoop(options.signal, 64);
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

/** Digests instead of texts: those of a large schema are tens of megabytes. */
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
