import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { inputError } from '../../archive/bytes/byteSource';
import { AppError } from '../../errors';
import type { VerifyLevel } from '../../model/options';
import { readFileHeader, type FileHeader } from './fileHeader';
import { backupFiles, type BackupFiles } from '../files/hashFiles';
import { readManifest, type Manifest } from '../manifest/manifest';
import { manifestState } from '../files/manifestState';
import type { BackupEntry, ManifestState, Verification } from '../../model/backups';

/**
 * What is known of one backup: by its manifest where that is about this very file, else by the
 * file's first bytes. null = it is none; `directory` = a directory that is no archive.
 * With `hasManifest` false nobody looks for one. Throws `inputMissing`, `inputUnreadable`, `cancelled`.
 */
export async function readBackupEntry(
  file: string,
  signal?: AbortSignal,
  hasManifest = true,
): Promise<BackupEntry | 'directory' | null> {
  const found = await stat(file).catch((e: unknown) => {
    throw inputError(file, e);
  });
  if (found.isDirectory()) {
    const toc = await stat(path.join(file, 'toc.dat')).catch(() => null);
    if (toc?.isFile() !== true) return 'directory';
  } else if (!found.isFile()) return null;

  const { manifest, unreadable } = hasManifest
    ? await manifestOf(file)
    : { manifest: null, unreadable: false };
  const files = await backupFiles(file, signal, found);
  const state: ManifestState = manifest
    ? manifestState(manifest, files)
    : unreadable
      ? 'unreadable'
      : 'none';
  const header = await readFileHeader(file, files.directory);
  // Without a manifest, what is not written by pg_dump is somebody's other file.
  if (header === null && manifest === null) return null;
  return entryOf(path.resolve(file), files, header, manifest, state);
}

async function manifestOf(
  file: string,
): Promise<{ manifest: Manifest | null; unreadable: boolean }> {
  try {
    return { manifest: await readManifest(file), unreadable: false };
  } catch (e) {
    if (AppError.is(e, 'manifestInvalid') || AppError.is(e, 'inputUnreadable')) {
      return { manifest: null, unreadable: true };
    }
    throw e;
  }
}

function entryOf(
  file: string,
  files: BackupFiles,
  header: FileHeader | null,
  manifest: Manifest | null,
  state: ManifestState,
): BackupEntry {
  const modified = new Date(files.modifiedMs).toISOString();
  const believed = state === 'fresh' || state === 'touched';
  const told = believed ? manifest?.backup : null;
  const verifications = newestOfEach(manifest, believed, modified);
  let sizeBytes = 0;
  for (const size of files.sizes.values()) sizeBytes += size;
  return {
    path: file,
    name: path.basename(file),
    format: header?.format ?? manifest?.format ?? 'custom',
    compression: header?.compression ?? 'none',
    sizeBytes,
    created: told?.finished ?? header?.created ?? '',
    modified,
    database: told?.database ?? header?.database ?? '',
    serverVersion: told?.serverVersion ?? shortVersion(header?.serverVersion ?? ''),
    connectionId: told?.connectionId ?? null,
    manifest: state,
    git: told?.git ?? null,
    cluster: header?.cluster ?? false,
    truncated: header === null || header.truncated,
    verifications,
    verified: newest(Object.values(verifications)),
  };
}

/** `17.11 (Debian 17.11-1.pgdg13+1)` */
function shortVersion(version: string): string {
  return version.split(' ')[0] ?? '';
}

/** Of a file that has changed since, only what was found to be wrong with what is there now. */
function newestOfEach(
  manifest: Manifest | null,
  believed: boolean,
  modified: string,
): Partial<Record<VerifyLevel, Verification>> {
  const result: Partial<Record<VerifyLevel, Verification>> = {};
  for (const each of manifest?.verifications ?? []) {
    const counts =
      believed || (each.outcome === 'failed' && Date.parse(each.at) >= Date.parse(modified));
    if (counts) result[each.level] ??= each;
  }
  return result;
}

function newest(verifications: readonly Verification[]): Verification | null {
  let found: Verification | null = null;
  for (const each of verifications) {
    if (found === null || Date.parse(each.at) > Date.parse(found.at)) found = each;
  }
  return found;
}

/** Bytes of a file, or of the files in a directory; 0 of what cannot be seen. */
export async function treeSize(where: string): Promise<number> {
  const found = await lstat(where).catch(() => null);
  if (found?.isDirectory() !== true) return found?.size ?? 0;
  let sum = 0;
  for (const name of await readdir(where).catch(() => [])) {
    sum += (await lstat(path.join(where, name)).catch(() => null))?.size ?? 0;
  }
  return sum;
}
