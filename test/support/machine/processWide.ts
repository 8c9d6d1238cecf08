const registry = Symbol.for('pg-backup-restore tests');

/**
 * What all test files that run in this process share, made when it is first asked for. Each of them
 * is a bundle of its own, so that a variable of a module is there once for each file.
 */
export function processWide<T>(name: string, make: () => T): T {
  const holder = globalThis as { [registry]?: Map<string, unknown> };
  const shared = (holder[registry] ??= new Map());
  if (!shared.has(name)) shared.set(name, make());
  return shared.get(name) as T;
}
