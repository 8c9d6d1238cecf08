import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { inputError } from '../../archive/bytes/byteSource';
import { readFileHeader, type FileHeader } from './fileHeader';
import { backupFiles, type BackupFiles } from '../files/hashFiles';
import type { ManifestFile } from '../manifest/manifest';
import { tryManifestHead, type ManifestHead } from '../manifest/readManifest';
import { FilesMatch } from '../files/filesMatch';
import { byLevel, type MachineRecord, type MachineRecords } from '../records/machineRecords';
import type { BackupEntry, ManifestState, Verification } from '../../model/backups';

/** No time zone is more than 14 hours from UTC; one more hour allows for a clock that is wrong. */
const MAX_ZONE_MS = 15 * 3_600_000;

export interface EntryOptions {
  signal?: AbortSignal | undefined;
  /** false = do not look for a manifest; default true. */
  hasManifest?: boolean | undefined;
  /** Records of this machine's jobs; without them no backup counts as verified. */
  records?: MachineRecords | undefined;
}

/** Sources of facts about a backup, the most trustworthy first. */
interface Sources {
  record: MachineRecord | null;
  /** Is the record about the present state of the files? */
  current: boolean;
  header: FileHeader | null;
  manifest: ManifestHead | null;
  state: ManifestState;
}

/**
 * Describes one backup. Verifications come from records of this machine's jobs about exactly these
 * files. Format and database come from its first bytes. Its manifest fills the gaps, and the
 * verifications in the manifest are shown as claims. null = not a backup. `directory`: the path is a
 * directory that is not an archive.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function readBackupEntry(
  file: string,
  { signal, hasManifest = true, records }: EntryOptions = {},
): Promise<BackupEntry | 'directory' | null> {
  const found = await stat(file).catch((e: unknown) => {
    throw inputError(file, e);
  });
  if (found.isDirectory()) {
    const toc = await stat(path.join(file, 'toc.dat')).catch(() => null);
    if (toc?.isFile() !== true) return 'directory';
  } else if (!found.isFile()) return null;

  const files = await backupFiles(file, signal, found);
  const match = new FilesMatch(files);
  const onFile = (each: ManifestFile): void => match.add(each);
  const read = hasManifest ? await tryManifestHead(file, { signal, onFile }) : null;
  const manifest = read === 'unreadable' ? null : read;
  const state: ManifestState =
    read === 'unreadable' ? read : read === null ? 'none' : match.state(read);
  const header = await readFileHeader(file, files.directory);
  // Without a manifest, a file that pg_dump did not write is not a backup.
  if (header === null && manifest === null) return null;
  const known = (await records?.look(file, signal)) ?? { record: null, current: false };
  return entryOf(path.resolve(file), files, { ...known, header, manifest, state });
}

function entryOf(
  file: string,
  files: BackupFiles,
  { record, current, header, manifest, state }: Sources,
): BackupEntry {
  const modified = new Date(files.modifiedMs).toISOString();
  const fits = state === 'fresh' || state === 'touched';
  const recorded = fits ? manifest?.backup : null;
  const verifications = byLevel(current && record ? record.verifications : []);
  let sizeBytes = 0;
  for (const size of files.sizes.values()) sizeBytes += size;
  return {
    path: file,
    name: path.basename(file),
    format: header?.format ?? manifest?.format ?? 'custom',
    compression: header?.compression ?? 'none',
    sizeBytes,
    created: createdOf(header, recorded),
    modified,
    database: header?.database || (recorded?.database ?? ''),
    serverVersion: shortVersion(header?.serverVersion ?? '') || (recorded?.serverVersion ?? ''),
    connectionId: recorded?.connectionId ?? null,
    manifest: state,
    git: recorded?.git ?? null,
    ...(recorded?.purpose === 'safety' ? { safety: true as const } : {}),
    cluster: header?.cluster ?? false,
    truncated: header === null || header.truncated,
    verifications,
    verified: newest(Object.values(verifications)),
    claims: claimsOf(manifest, fits, modified, verifications),
    changedSinceVerified: !current && record !== null && record.verifications.length > 0,
  };
}

/**
 * A dump has the local time of the host that ran pg_dump, a manifest the exact time. The manifest's
 * time is used where both can be the same moment in some time zone.
 */
function createdOf(header: FileHeader | null, told: ManifestHead['backup'] | undefined): string {
  const byFile = header?.created ?? '';
  if (!told) return byFile;
  if (byFile === '') return told.finished;
  const apart = Math.abs(Date.parse(`${byFile}Z`) - Date.parse(told.started));
  return apart <= MAX_ZONE_MS ? told.finished : byFile;
}

/** `17.11 (Debian 17.11-1.pgdg13+1)` */
function shortVersion(version: string): string {
  return version.split(' ')[0] ?? '';
}

/**
 * The verifications that a manifest claims, for levels without a result of this machine. If the files
 * have changed since, only failures that were found after the change count.
 */
function claimsOf(
  manifest: ManifestHead | null,
  fits: boolean,
  modified: string,
  known: BackupEntry['verifications'],
): BackupEntry['claims'] {
  const claims = (manifest?.verifications ?? []).filter(
    ({ level, outcome, at }) =>
      known[level] === undefined &&
      (fits || (outcome === 'failed' && Date.parse(at) >= Date.parse(modified))),
  );
  return byLevel(claims);
}

/** The newest verification; null for an empty list. */
export function newest(verifications: readonly Verification[]): Verification | null {
  let found: Verification | null = null;
  for (const each of verifications) {
    if (found === null || Date.parse(each.at) > Date.parse(found.at)) found = each;
  }
  return found;
}

/** Bytes of a file, or of all files in a directory; what cannot be read counts as 0. */
export async function treeSize(where: string): Promise<number> {
  const found = await lstat(where).catch(() => null);
  if (found?.isDirectory() !== true) return found?.size ?? 0;
  let sum = 0;
  for (const name of await readdir(where).catch(() => [])) {
    sum += (await lstat(path.join(where, name)).catch(() => null))?.size ?? 0;
  }
  return sum;
}
