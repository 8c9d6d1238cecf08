import type { Toc } from './toc';
import { entryType, isRelation } from '../../model/entryTypes';

/**
 * Index of the relation that an entry (an index, a constraint, a trigger, …) is part of; -1 if the
 * archive does not have it. Decided by the dependencies; if these include several relations (both
 * tables of a foreign key, tables in a policy's condition), by schema and tag.
 */
export function relationOf(toc: Toc, i: number): number {
  const desc = toc.desc(i);
  const schema = toc.schema(i);
  const ownSequence = desc === 'SEQUENCE';
  let first = -1;
  let best = -1;
  let bestLength = -1;
  const tag =
    entryType(desc).tag === 'relationAndName' || desc === 'ROW SECURITY' ? toc.tag(i) : null;
  for (const dumpId of toc.dependencies(i)) {
    const d = toc.indexOf(dumpId);
    if (d < 0 || d === i) continue;
    const type = toc.desc(d);
    // A column's default depends on its sequence, but is part of its table.
    if (!isRelation(type) || (type === 'SEQUENCE' && tag !== null)) continue;
    if (ownSequence && type === 'SEQUENCE') continue;
    // Only extended statistics can be in another schema than their table.
    if (toc.schema(d) !== schema && desc !== 'STATISTICS') continue;
    if (first < 0) first = d;
    if (tag === null) continue;
    const name = toc.tag(d);
    if ((tag === name || tag.startsWith(`${name} `)) && name.length > bestLength) {
      best = d;
      bestLength = name.length;
    }
  }
  return best >= 0 ? best : first;
}
