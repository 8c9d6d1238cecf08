import { AppError } from '../../errors';
import type { VerifyProblem } from '../../model/backups';
import { backupFiles, hashFiles, type BackupFiles } from './hashFiles';
import { readManifest, type Manifest, type ManifestFile } from '../manifest/manifest';
import { VerifyProblems } from '../manifest/problems';

export interface CompareOptions {
  signal?: AbortSignal | undefined;
  /**
   * Compare every byte by its SHA-256 too, which reads the whole backup. Without it names and sizes
   * are compared, which costs one look at each file.
   */
  checksums?: boolean | undefined;
  /** Bytes read so far for checksums. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/** How the files of a backup compare to what its manifest says of them. */
export interface ManifestComparison {
  /**
   * `none`: there is no manifest. `unreadable`: what lies there is none that can be read.
   * `matches`, `differs`: the files are, or are not, as it says. Anybody may have written it: that
   * the files match says nothing about their being a good backup.
   */
  result: 'none' | 'unreadable' | 'matches' | 'differs';
  /** At most `MAX_PROBLEMS`: `missing`, `sizeChanged`, `extraFile`, `checksumMismatch`. */
  differences: VerifyProblem[];
  differenceCount: number;
}

/**
 * Looks whether the files of a backup are those that its manifest speaks of: something that was cut,
 * lost or added since is found before a tool reads it.
 *
 * @throws `inputMissing`, `inputUnreadable` (of the backup itself), `cancelled`
 */
export async function compareWithManifest(
  backupPath: string,
  options: CompareOptions = {},
): Promise<ManifestComparison> {
  const nothing = { differences: [], differenceCount: 0 };
  let manifest: Manifest | null;
  try {
    manifest = await readManifest(backupPath);
  } catch (error) {
    if (!AppError.is(error, 'manifestInvalid') && !AppError.is(error, 'inputUnreadable')) {
      throw error;
    }
    return { result: 'unreadable', ...nothing };
  }
  if (manifest === null) return { result: 'none', ...nothing };
  const { signal, onProgress } = options;
  const files = await backupFiles(backupPath, signal);
  const hashed =
    options.checksums === true
      ? await hashFiles(backupPath, files, { signal, onProgress })
      : [...files.sizes].map(([name, sizeBytes]) => ({ name, sizeBytes }));
  const problems = new VerifyProblems();
  const compared = compareFiles(manifest.files, files, hashed, problems);
  return {
    result: compared === 'matched' ? 'matches' : 'differs',
    differences: problems.items,
    differenceCount: problems.count,
  };
}

/**
 * Compares the files that a manifest names with those that are there, by name, by size and, where
 * they were computed, by checksum. What differs is added to `problems`.
 */
export function compareFiles(
  expected: readonly ManifestFile[],
  files: BackupFiles,
  there: readonly (Omit<ManifestFile, 'sha256'> & Partial<Pick<ManifestFile, 'sha256'>>)[],
  problems: VerifyProblems,
): 'matched' | 'mismatch' {
  const before = problems.count;
  // A file may have been renamed together with its manifest.
  const nameOf = (name: string): string => (files.directory ? name : '');
  const found = new Map(there.map((file) => [nameOf(file.name), file]));
  for (const file of expected) {
    const name = nameOf(file.name);
    const now = found.get(name);
    found.delete(name);
    if (now === undefined) problems.add('missing', file.name, '');
    else if (now.sizeBytes !== file.sizeBytes) {
      const detail = `${file.sizeBytes} → ${now.sizeBytes}`;
      problems.add('sizeChanged', now.name, detail, Math.min(file.sizeBytes, now.sizeBytes));
    } else if (now.sha256 !== undefined && now.sha256 !== file.sha256) {
      problems.add('checksumMismatch', now.name, '');
    }
  }
  for (const { name } of found.values()) problems.add('extraFile', name, '');
  return problems.count === before ? 'matched' : 'mismatch';
}
