import type { VerifyProblem } from '../../model/backups';
import { backupFiles, hashFiles, type BackupFiles } from './hashFiles';
import type { ManifestFile } from '../manifest/manifest';
import { tryManifestHead } from '../manifest/readManifest';
import { VerifyProblems } from '../manifest/problems';

export interface CompareOptions {
  signal?: AbortSignal | undefined;
  /**
   * Also compare the SHA-256 of every file, which reads the whole backup. Without it only names and
   * sizes are compared, which does not open the files.
   */
  checksums?: boolean | undefined;
  /** Bytes read so far for checksums. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/** How the files of a backup compare to what its manifest says of them. */
export interface ManifestComparison {
  /**
   * `none`: there is no manifest. `unreadable`: it cannot be read as a manifest. `matches`,
   * `differs`: the files match it or not. Anyone can write a manifest, so a match does not prove a
   * good backup.
   */
  result: 'none' | 'unreadable' | 'matches' | 'differs';
  /** At most `MAX_PROBLEMS`: `missing`, `sizeChanged`, `extraFile`, `checksumMismatch`. */
  differences: VerifyProblem[];
  differenceCount: number;
}

/**
 * Checks whether the files of a backup are those that its manifest lists, so that a file that was
 * cut, lost or added later is found before a tool reads the backup.
 *
 * @throws AppError `inputMissing`, `inputUnreadable` (of the backup itself), `cancelled`
 */
export async function compareWithManifest(
  backupPath: string,
  options: CompareOptions = {},
): Promise<ManifestComparison> {
  const nothing = { differences: [], differenceCount: 0 };
  const { signal, checksums, onProgress } = options;
  const before = await tryManifestHead(backupPath, { signal });
  if (before === null || before === 'unreadable') return { result: before ?? 'none', ...nothing };
  const files = await backupFiles(backupPath, signal);
  const there =
    checksums === true
      ? await hashFiles(backupPath, files, { signal, onProgress })
      : [...files.sizes].map(([name, sizeBytes]) => ({ name, sizeBytes }));
  const problems = new VerifyProblems();
  const comparison = new FilesComparison(files, there, problems);
  const onFile = (file: ManifestFile): void => comparison.expect(file);
  const manifest = await tryManifestHead(backupPath, { signal, onFile });
  if (manifest === null || manifest === 'unreadable') {
    return { result: manifest ?? 'none', ...nothing };
  }
  return {
    result: comparison.end() === 'matched' ? 'matches' : 'differs',
    differences: problems.items,
    differenceCount: problems.count,
  };
}

/** A file of a backup as it is now; its checksum where it was computed. */
type FileNow = Omit<ManifestFile, 'sha256'> & Partial<Pick<ManifestFile, 'sha256'>>;

/**
 * Compares the files that a manifest lists with the files that exist, by name, by size and, where
 * it was computed, by checksum. Every difference is added to `problems`.
 */
export class FilesComparison {
  private readonly before: number;
  private readonly found: Map<string, FileNow>;

  constructor(
    private readonly files: BackupFiles,
    there: readonly FileNow[],
    private readonly problems: VerifyProblems,
  ) {
    this.before = problems.count;
    this.found = new Map(there.map((file) => [this.nameOf(file), file]));
  }

  /** Compares one file that the manifest lists. */
  expect(file: ManifestFile): void {
    const { problems } = this;
    const name = this.nameOf(file);
    const now = this.found.get(name);
    this.found.delete(name);
    if (now === undefined) problems.add('missing', file.name, '');
    else if (now.sizeBytes !== file.sizeBytes) {
      const detail = `${file.sizeBytes} → ${now.sizeBytes}`;
      problems.add('sizeChanged', now.name, detail, Math.min(file.sizeBytes, now.sizeBytes));
    } else if (now.sha256 !== undefined && now.sha256 !== file.sha256) {
      problems.add('checksumMismatch', now.name, '');
    }
  }

  /** Reports the files that no call of `expect` named, and returns the result. */
  end(): 'matched' | 'mismatch' {
    for (const { name } of this.found.values()) this.problems.add('extraFile', name, '');
    return this.problems.count === this.before ? 'matched' : 'mismatch';
  }

  /** Ignores the name of a backup that is one file: it may have been renamed with its manifest. */
  private nameOf({ name }: Pick<ManifestFile, 'name'>): string {
    return this.files.directory ? name : '';
  }
}
