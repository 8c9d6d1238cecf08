import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** These files of the build with all that they load as soon as they are loaded. */
export function requiredBy(files: readonly string[], found = new Set<string>()): Set<string> {
  for (const file of files) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(file, 'utf8');
    // `import()` became a function that requires when it is called.
    const required = [...text.matchAll(/(=>\s*[\w$]*\(?)?require\("(\.{1,2}\/[^"]+)"\)/g)].flatMap(
      ([, later, name = '']) => (later === undefined ? [path.join(path.dirname(file), name)] : []),
    );
    requiredBy(required, found);
  }
  return found;
}

/** What these files have together, in bytes. */
export function bytesOf(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + statSync(file).size, 0);
}
