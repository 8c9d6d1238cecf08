const registry = Symbol.for('pg-backup-restore tests');

/**
 * A value that all test files of this process share, made on first use. A variable of a module
 * would exist once for each file, because each file is a bundle of its own.
 */
export function processWide<T>(name: string, make: () => T): T {
  const holder = globalThis as { [registry]?: Map<string, unknown> };
  const shared = (holder[registry] ??= new Map());
  if (!shared.has(name)) shared.set(name, make());
  return shared.get(name) as T;
}
