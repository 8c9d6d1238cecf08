/** A list of `pgBackup.connections` as a settings file states it. */
type Entry = Record<string, unknown>;

/**
 * The list with one entry changed, removed (`null`), or with others behind it; everything else stays
 * as it was written, also what cannot be used.
 *
 * @param index where the entry stood when it was last seen
 * @returns null when the entry is not there any more
 */
export function changedList(
  list: unknown,
  { id, index }: { id: string; index: number },
  change: (entry: Entry) => readonly Entry[],
): unknown[] | null {
  if (!Array.isArray(list)) return null;
  const entries: unknown[] = [...(list as unknown[])];
  // Somebody may have edited the file meanwhile.
  const at = isEntry(entries[index], id) ? index : entries.findIndex((entry) => isEntry(entry, id));
  const entry = entries[at];
  if (!isEntry(entry, id)) return null;
  entries.splice(at, 1, ...change({ ...entry }));
  return entries;
}

function isEntry(value: unknown, id: string): value is Entry {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'id') === id;
}
