/**
 * A table that is looked up by words of somebody else: files, settings, statements. It has its own
 * entries and no others, while a plain object has `constructor`, `__proto__` and more.
 */
export function dictionary<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries));
}
