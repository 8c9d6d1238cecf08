import type { Sorting, SortKey } from '../elements/sorting';
import type { EntryStore } from './entryStore';
import { compareText } from './entryGroups';
import { sortInTimeSlices } from './timeSlices';

/**
 * Ids in the wanted order, equals by name and then as in the dump; null when the sorting was
 * aborted.
 */
export async function sortEntries(
  store: EntryStore,
  ids: Int32Array | null,
  { key, descending }: Sorting,
  signal: AbortSignal,
): Promise<Int32Array | null> {
  const all = ids ?? Int32Array.from({ length: store.count }, (_, id) => id);
  const compare = comparer(store, key);
  const sign = descending ? -1 : 1;
  const byName = (a: number, b: number): number => compareText(store.tag(a), store.tag(b));
  return sortInTimeSlices(all, (a, b) => sign * compare(a, b) || byName(a, b) || a - b, signal);
}

function comparer(store: EntryStore, key: SortKey): (a: number, b: number) => number {
  switch (key) {
    case 'name':
      return (a, b) => compareText(store.tag(a), store.tag(b));
    case 'type':
      return (a, b) => compareText(store.desc(a), store.desc(b));
    case 'schema':
      return (a, b) => compareText(store.schema(a) ?? '', store.schema(b) ?? '');
    case 'owner':
      return (a, b) => compareText(store.owner(a), store.owner(b));
    case 'size':
      return (a, b) => (store.sizes[a] ?? 0) - (store.sizes[b] ?? 0);
  }
}
