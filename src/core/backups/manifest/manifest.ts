import path from 'node:path';
import type * as z from 'zod/mini';
import { followLink } from '../../files/followLink';
import type { fileSchema, manifestSchema, tableSchema } from './manifestSchema';

/** Suffix that is added to a backup's name to make the name of its manifest. */
export const MANIFEST_ENDING = '.backup.json';

/** Number of verifications that are kept, besides the newest of each level. */
const MAX_HISTORY = 20;

/** Facts about a backup, stored in a file beside it. */
export type Manifest = z.infer<typeof manifestSchema>;
/** A file of the backup with its size in bytes and its SHA-256. */
export type ManifestFile = z.infer<typeof fileSchema>;
/** A table whose rows are in the backup. */
export type ManifestTable = z.infer<typeof tableSchema>;

/** Where the manifest of a backup is: `shop.dump.backup.json` beside `shop.dump`. */
export function manifestPath(backupPath: string): string {
  return path.resolve(backupPath) + MANIFEST_ENDING;
}

/**
 * Path of the manifest of a backup that may be reached through a symbolic link: the manifest is
 * beside the link's target.
 */
export async function manifestOf(backupPath: string): Promise<string> {
  return manifestPath(await followLink(backupPath).catch(() => backupPath));
}

/** Adds a verification. The newest of each level is kept, and the newest 20 of the others. */
export function withVerification(
  verifications: Manifest['verifications'],
  added: Manifest['verifications'][number],
): Manifest['verifications'] {
  const all = [added, ...verifications];
  const seen = new Set<string>();
  let history = 0;
  return all.filter((each) => {
    if (!seen.has(each.level)) {
      seen.add(each.level);
      return true;
    }
    return history++ < MAX_HISTORY;
  });
}
