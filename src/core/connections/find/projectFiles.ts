import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isKnownFile } from './findInFile';

/** Folders without files of the project's own. */
const SKIPPED = new Set([
  ...['node_modules', 'vendor', '.git', 'dist', 'build', 'out', 'target', 'bin', 'obj'],
  ...['.venv', 'venv', '__pycache__', '.next', '.terraform', 'coverage', '.gradle', '.cache'],
]);
const MAX_DEPTH = 6;
const MAX_FOLDERS = 2000;
const MAX_FILES = 300;
/** A folder with more entries holds data, and is skipped. */
const MAX_ENTRIES = 5000;

/**
 * The files below a folder that may contain connections, those near the top first. Searches a limited
 * number of folders and follows no links.
 */
export async function projectFiles(root: string, signal: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  let level = [root];
  let looked = 0;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (signal.aborted || files.length >= MAX_FILES || looked++ >= MAX_FOLDERS) return files;
      const entries = await entriesOf(folder);
      for (const entry of entries.slice(0, MAX_ENTRIES)) {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) next.push(file);
        else if (entry.isFile() && isKnownFile(file)) files.push(file);
      }
    }
    level = next;
  }
  return files;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // The folder cannot be read, or was removed meanwhile.
    return [];
  }
}
