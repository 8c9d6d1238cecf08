import { describeArchive, getBackupInfo } from '../../../archive/inspect/backupInfo';
import { stillTrue, type KnownBackup } from '../../../archive/inspect/backupInfoCache';
import { checkStructureOf } from '../../../archive/data/checkStructure';
import type { ByteRange } from '../../../archive/bytes/pieces';
import { detectFile } from '../../../archive/file/detectFile';
import type { StructureReport } from '../../../archive/data/structureReport';
import type { Toc } from '../../../archive/toc/toc';
import { readToc } from '../../../archive/file/tocReader';
import type { BackupInfo } from '../../../model/archive';
import { refuseUnfinished } from '../../../archive/file/unfinished';

/** The file that is restored, as a restore needs to know it. */
export interface RestoreInput {
  /** Of an archive without `reach`, which has been judged when the restore was permitted. */
  info: BackupInfo;
  /** null for a script. */
  archive: RestoreArchive | null;
  /** Where a script has the rows of large tables, as far as it is known. */
  largeRows?: readonly ByteRange[] | undefined;
}

export interface RestoreArchive {
  toc: Toc;
  /** Result of the full check of the file's structure. */
  structure: StructureReport;
}

/**
 * Reads the file, once: what is known already of a script is not found out again.
 * @throws AppError as `getBackupInfo` and `refuseUnfinished`; an archive that is damaged further on
 *   is returned with what is wrong with it
 */
export async function readInput(
  path: string,
  known: KnownBackup | undefined,
  signal: AbortSignal,
): Promise<RestoreInput> {
  refuseUnfinished(path);
  const kind = await detectFile(path);
  if (kind.kind === 'archive') {
    const toc = await readToc(path, { kind, signal });
    const archive = await checkArchive(toc, signal);
    return { info: await describeArchive(toc, archive.structure, { signal }), archive };
  }
  const found = await stillTrue(known, path);
  if (found) return { info: found, archive: null, largeRows: known?.largeRows };
  return { info: await getBackupInfo(path, { signal }), archive: null };
}

/** Looks whether everything is there that the table of contents promises. */
export async function checkArchive(toc: Toc, signal: AbortSignal): Promise<RestoreArchive> {
  return { toc, structure: await checkStructureOf(toc, { signal, full: true, walks: true }) };
}
