import { checkStructureOf, checkStructure } from '../../archive/data/checkStructure';
import { detectFile } from '../../archive/file/detectFile';
import type { Toc } from '../../archive/toc/toc';
import { readToc } from '../../archive/file/tocReader';
import type { FileKind } from '../../model/archive';
import { refusalOf, type UnreadableKind } from '../../archive/file/unreadableKind';
import { AppError } from '../../errors';
import { FilesComparison } from '../files/compareFiles';
import { backupFiles, hashFiles, type BackupFiles } from '../files/hashFiles';
import type { Manifest, ManifestFile } from '../manifest/manifest';
import type { VerifyProblems } from '../manifest/problems';
import type { Verification } from '../../model/backups';

export interface StructureOptions {
  signal?: AbortSignal | undefined;
  /** No other check reads the data afterwards, so this one also checks how they end. */
  alone?: boolean | undefined;
  /** Path of the unpacked backup, if it was packed; null = unpacking failed. */
  content?: string | null | undefined;
  /** Bytes read so far for checksums. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/** Results of the structural check; the deeper levels of verification continue from them. */
export interface VerifiedStructure {
  files: BackupFiles;
  /** The checksums of all files. */
  hashed: ManifestFile[];
  checksums: Verification['checksums'];
  /** null = its kind could not be detected. */
  kind: Extract<FileKind, { kind: 'archive' | 'plain' }> | null;
  /** Table of contents of an archive, unless it cannot be read at all. */
  toc: Toc | null;
}

/**
 * The first level of verification: everything that the table of contents lists is there and ends as
 * it should; if there is a manifest, every file has its size and SHA-256.
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`; `notADump` and
 *   `compressionUnsupported` for files that nothing marks as backups
 */
export async function verifyStructure(
  path: string,
  manifest: Manifest | null,
  problems: VerifyProblems,
  options: StructureOptions = {},
): Promise<VerifiedStructure> {
  const { signal } = options;
  const files = await backupFiles(path, signal);
  // Also without a manifest: the result is stored together with the checksums that it is about.
  const hashed = await hashFiles(path, files, options);
  const checksums = manifest ? compare(manifest, files, hashed, problems) : 'none';
  const result: VerifiedStructure = { files, hashed, checksums, kind: null, toc: null };
  const { content = path } = options;
  if (content === null) return result;
  try {
    const kind = await detectFile(content);
    if (kind.kind === 'archive') {
      result.kind = kind;
      result.toc = await readToc(content, { signal, kind });
      // A later level unpacks compressed members anyway, which also checks how they end.
      const packed = kind.format === 'directory' && result.toc.header.compression !== 'none';
      const full = options.alone !== false || !packed;
      problems.addStructure(await checkStructureOf(result.toc, { signal, full, gzip: full }));
    } else if (kind.kind === 'plain') {
      result.kind = kind;
      problems.addStructure(
        await checkStructure(content, { signal, full: options.alone !== false }),
      );
    } else unreadable(path, kind, manifest, problems);
  } catch (error) {
    if (AppError.is(error, 'archiveDamaged')) {
      problems.add('damaged', null, error.details.reading, error.details.offset);
    } else if (AppError.is(error, 'archiveVersionUnsupported') && manifest) {
      problems.add('damaged', null, 'archive version');
    } else throw error;
  }
  return result;
}

function compare(
  manifest: Manifest,
  files: BackupFiles,
  hashed: readonly ManifestFile[],
  problems: VerifyProblems,
): 'matched' | 'mismatch' {
  const comparison = new FilesComparison(files, hashed, problems);
  for (const file of manifest.files) comparison.expect(file);
  return comparison.end();
}

/** The file is not a backup, although a manifest or its first bytes say that it was one. */
function unreadable(
  path: string,
  kind: UnreadableKind,
  manifest: Manifest | null,
  problems: VerifyProblems,
): void {
  if (
    kind.kind === 'other' &&
    (kind.looksLike === 'truncatedArchive' || kind.looksLike === 'empty')
  ) {
    problems.add('truncated', null, 'header');
  } else if (manifest) problems.add('damaged', null, 'header');
  else throw refusalOf(path, kind);
}
