import type { BackupFiles } from './hashFiles';
import type { ManifestFile } from '../manifest/manifest';
import type { ManifestState } from '../../model/backups';
import type { BackupFormat } from '../../model/options';

/** FAT keeps times in steps of two seconds. */
const TIME_STEP_MS = 2_000;

/**
 * Does a manifest describe these files? Compares names, sizes and time, which is cheap. If only the
 * time differs, the backup may be a copy, and only checksums can tell.
 */
export class FilesMatch {
  private count = 0;
  private sameSizes = true;

  constructor(private readonly files: BackupFiles) {}

  /** Compares one file that the manifest lists. */
  add({ name, sizeBytes }: Pick<ManifestFile, 'name' | 'sizeBytes'>): void {
    const { directory, sizes } = this.files;
    // A backup that is one file may have been renamed together with its manifest.
    const [size] = directory ? [sizes.get(name)] : sizes.values();
    this.sameSizes &&= size === sizeBytes;
    this.count++;
  }

  /** The result, after `add` was called for every file of the manifest. */
  state(manifest: {
    format: BackupFormat;
    modified: string;
  }): Extract<ManifestState, 'fresh' | 'touched' | 'stale'> {
    const { directory, sizes, modifiedMs } = this.files;
    const same = this.sameSizes && this.count === sizes.size;
    if (!same || directory !== (manifest.format === 'directory')) return 'stale';
    const apart = Math.abs(Date.parse(manifest.modified) - modifiedMs);
    return apart <= TIME_STEP_MS ? 'fresh' : 'touched';
  }
}
