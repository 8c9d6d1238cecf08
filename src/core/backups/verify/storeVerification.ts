import type { BackupFormat } from '../../model/options';
import { withVerification, type Manifest } from '../manifest/manifest';
import { writeManifest } from '../manifest/writeManifest';
import type { Verification } from '../../model/backups';
import type { VerifiedStructure } from './verifyStructure';

/**
 * Keeps the result of a verification with its backup: in its manifest, or in a new one with what is
 * known by now (sizes, checksums, this result). The checksums of a manifest that is there are never
 * replaced; where they match, its time becomes the file's. `runId`: of the job that has verified it.
 * @throws `manifestNotWritten`
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
