import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from '../../abort';
import { inputError } from '../../archive/bytes/byteSource';
import { isLeftoverOutput } from '../../archive/file/unfinished';
import { AppError } from '../../errors';
import { MANIFEST_ENDING, manifestPath } from '../manifest/manifest';
import { tryManifestHead } from '../manifest/readManifest';
import { isManifest } from '../manifest/writeManifest';
import { readBackupEntry, type EntryOptions, treeSize } from './readBackupEntry';
import type { MachineRecords } from '../records/machineRecords';
import type { BackupEntry, BackupListing, OrphanManifest } from '../../model/backups';

/** Files that are read at the same time. */
const AT_ONCE = 8;
/** A directory with more names is unlikely to be one of backups, and too long to scroll through. */
const MAX_NAMES = 20_000;
/** A larger manifest takes too long to read only for the name of its database. */
const MAX_ORPHAN_BYTES = 1 << 20;

export interface ListOptions {
  signal?: AbortSignal | undefined;
  /** Called from time to time with the entries that were found since the last call. */
  onEntries?: ((entries: BackupEntry[]) => void) | undefined;
  /** How many names of a directory are read; default 20,000. */
  maxNames?: number | undefined;
  /** Records of this machine's jobs; without them no backup counts as verified. */
  records?: MachineRecords | undefined;
}

/**
 * Lists the backups in a directory and in its immediate subdirectories, from their first bytes and
 * their manifests: no file is read whole. A directory archive is one entry; files that are not
 * backups are left out; symbolic links are followed. Files that cannot be read become `problems`.
 * @throws AppError `inputMissing`, `inputUnreadable` (of the directory itself), `cancelled`
 */
export async function listBackups(
  directory: string,
  options: ListOptions = {},
): Promise<BackupListing> {
  const listing: BackupListing = {
    entries: [],
    leftovers: [],
    orphans: [],
    problems: [],
    incomplete: false,
  };
  const root = path.resolve(directory);
  const below = await listLevel(root, '', listing, options);
  for (const name of below) {
    const dir = path.join(root, name);
    await listLevel(dir, name, listing, options).catch((e: unknown) => {
      if (!AppError.is(e) || e.code === 'cancelled') throw e;
      listing.problems.push({ path: dir, text: reason(e) });
    });
  }
  listing.orphans.sort((a, b) => (a.name < b.name ? -1 : 1));
  listing.entries.sort((a, b) => (a.modified < b.modified ? 1 : a.modified > b.modified ? -1 : 0));
  return listing;
}

/** Lists one directory; returns its subdirectories that are not archives (for the first level). */
async function listLevel(
  dir: string,
  prefix: string,
  listing: BackupListing,
  options: ListOptions,
): Promise<string[]> {
  let found: Dirent[];
  try {
    found = await readdir(dir, { withFileTypes: true });
  } catch (error) {
    throw inputError(dir, error);
  }
  const { maxNames = MAX_NAMES } = options;
  if (found.length > maxNames) listing.incomplete = true;
  const entries = found.slice(0, maxNames);
  const names = new Set(found.map((entry) => entry.name));
  const below: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let entry = entries[next++]; entry !== undefined; entry = entries[next++]) {
      throwIfCancelled(options.signal);
      const { name } = entry;
      const file = path.join(dir, name);
      if (isLeftoverOutput(name)) {
        listing.leftovers.push({ path: file, sizeBytes: await treeSize(file) });
        continue;
      }
      // `.backup.json` would be the manifest of this directory itself, and belongs one level up.
      if (name.startsWith('.')) continue;
      if (name.endsWith(MANIFEST_ENDING)) {
        const backup = name.slice(0, -MANIFEST_ENDING.length);
        if (names.has(backup)) continue;
        const shown = prefix === '' ? backup : `${prefix}/${backup}`;
        const orphan = await readOrphan(path.join(dir, backup), shown, options.signal);
        if (orphan !== null) listing.orphans.push(orphan);
        continue;
      }
      if (!mayBeBackup(entry)) continue;
      // The manifest of a linked backup is beside the link's target.
      const hasManifest = entry.isSymbolicLink() || names.has(name + MANIFEST_ENDING);
      const backup = await readEntry(file, { ...options, hasManifest }, entry, listing);
      if (backup === 'directory') {
        if (prefix === '' && !entry.isSymbolicLink()) below.push(name);
      } else if (backup !== null) {
        const one = { ...backup, name: prefix === '' ? name : `${prefix}/${name}` };
        listing.entries.push(one);
        options.onEntries?.([one]);
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failed = workers.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return below.sort();
}

/** Reads one entry; an error becomes a problem of the listing. null = not a backup. */
async function readEntry(
  file: string,
  { signal, hasManifest, records }: EntryOptions,
  entry: Dirent,
  listing: BackupListing,
): ReturnType<typeof readBackupEntry> {
  try {
    return await readBackupEntry(file, { signal, hasManifest, records });
  } catch (error) {
    if (!AppError.is(error) || error.code === 'cancelled') throw error;
    // The file was removed since the directory was read, or is a dangling link.
    if (error.code === 'inputMissing' && !entry.isSymbolicLink()) return null;
    listing.problems.push({ path: file, text: reason(error) });
    return null;
  }
}

/** null = the file only has a manifest's name, or cannot be read. */
async function readOrphan(
  backup: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<OrphanManifest | null> {
  const file = manifestPath(backup);
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  if (size > MAX_ORPHAN_BYTES) {
    return (await isManifest(file)) ? { path: file, name, database: '', created: '' } : null;
  }
  const manifest = await tryManifestHead(backup, { signal });
  if (manifest === null || manifest === 'unreadable') return null;
  const { database = '', finished = '' } = manifest.backup ?? {};
  return { path: file, name, database, created: finished };
}

function mayBeBackup(entry: Dirent): boolean {
  return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
}

function reason(error: AppError): string {
  return AppError.is(error, 'inputUnreadable') ? error.details.text : error.code;
}
