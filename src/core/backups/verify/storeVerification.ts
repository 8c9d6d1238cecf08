import type { BackupFormat } from '../../model/options';
import { withVerification, type Manifest } from '../manifest/manifest';
import { writeManifest } from '../manifest/writeManifest';
import type { Verification } from '../../model/backups';
import type { VerifiedStructure } from './verifyStructure';

/**
 * Stores the result of a verification with its backup: in the existing manifest, or in a new one with
 * sizes, checksums and this result. The checksums of an existing manifest are never replaced; where
 * they match the files, its `modified` becomes that of the files. `runId`: of the verifying job.
 * @throws AppError `manifestNotWritten`
 */
export async function storeVerification(
  path: string,
  manifest: Manifest | null,
  structure: VerifiedStructure,
  { verification, runId }: { verification: Verification; runId: string },
): Promise<void> {
  const modified = new Date(structure.files.modifiedMs).toISOString();
  if (manifest !== null) {
    const updated = {
      ...manifest,
      modified: verification.checksums === 'matched' ? modified : manifest.modified,
      verifications: withVerification(manifest.verifications, verification),
    };
    await writeManifest(path, updated, runId);
    return;
  }
  const format = formatOf(structure);
  if (format === null) return;
  const begun: Manifest = {
    manifestVersion: 1,
    format,
    backup: null,
    modified,
    files: structure.hashed,
    verifications: [verification],
  };
  await writeManifest(path, begun, runId);
}

function formatOf({ kind }: VerifiedStructure): BackupFormat | null {
  if (kind === null) return null;
  return kind.kind === 'archive' ? kind.format : 'plain';
}
