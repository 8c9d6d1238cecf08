import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Bytes of a file, or of all files in a directory. */
export function bytesOf(target: string): number {
  const stats = statSync(target);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(target).reduce((sum, name) => sum + bytesOf(path.join(target, name)), 0);
}
