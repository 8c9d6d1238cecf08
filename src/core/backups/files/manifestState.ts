import type { BackupFiles } from './hashFiles';
import type { Manifest } from '../manifest/manifest';
import type { ManifestState } from '../../model/backups';

/** FAT keeps times in steps of two seconds. */
const TIME_STEP_MS = 2_000;

/**
 * Is a manifest about these files? By names, sizes and time alone, which costs nothing; what only
 * the time speaks against may still be the same (a copy), so checksums have to tell.
 */
export function manifestState(
  manifest: Manifest,
  files: BackupFiles,
): Extract<ManifestState, 'fresh' | 'touched' | 'stale'> {
  if (files.directory !== (manifest.format === 'directory')) return 'stale';
  if (files.directory) {
    if (manifest.files.length !== files.sizes.size) return 'stale';
    for (const { name, sizeBytes } of manifest.files) {
      if (files.sizes.get(name) !== sizeBytes) return 'stale';
    }
  } else {
    // A file may be renamed together with its manifest.
    const [size] = files.sizes.values();
    if (manifest.files.length !== 1 || manifest.files[0]?.sizeBytes !== size) return 'stale';
  }
  const apart = Math.abs(Date.parse(manifest.modified) - files.modifiedMs);
  return apart <= TIME_STEP_MS ? 'fresh' : 'touched';
}
