/** An entry of `pgBackup.connections` as a settings file has it, valid or not. */
type Entry = Record<string, unknown>;

/**
 * The list with one entry changed, removed (`null`) or followed by new entries. All other entries stay
 * as they are, including invalid ones.
 *
 * @param index position of the entry when it was last read
 * @returns null when the list no longer has the entry
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
