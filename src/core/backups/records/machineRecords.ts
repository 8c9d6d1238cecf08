import { createHash, randomBytes } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { keepNewest, UNFINISHED_ENDING } from '../../files/boundedFolder';
import { readBounded } from '../../files/regularFile';
import { writeAtomically } from '../../files/writeAtomically';
import type { VerifyLevel } from '../../model/options';
import type { Verification } from '../../model/backups';
import { backupStamp } from './backupStamp';
import { pathKey } from '../../files/pathKey';
import type { MachineRecord } from './recordSchema';

export type { MachineRecord } from './recordSchema';

/** Number of backups whose records are kept: those that were made or verified last. */
const MAX_RECORDS = 10_000;
/**
 * How many records stay when there are too many. Finding the oldest means reading all of them, so
 * many are removed at once.
 */
const KEPT_RECORDS = 9_000;
/** A larger file is not one of these records: a verification lists at most 100 problems. */
const MAX_BYTES = 2 << 20;
const ENDING = '.record.json';

/**
 * Records of what jobs of this machine have made and verified. A manifest travels with its backup, and
 * anybody may have written it. These records are in the extension's own storage, and each is valid
 * only for the files in exactly the state that they had then.
 */
export class MachineRecords {
  /** `dir`: absolute path; created with the first record. */
  constructor(private readonly dir: string) {}

  /**
   * The record about the files that are now at this path; null when there is none, or when the files
   * have changed since. An unreadable record counts as none.
   * @throws AppError `cancelled` only
   */
  async find(backupPath: string, signal?: AbortSignal): Promise<MachineRecord | null> {
    const { record: found, current } = await this.look(backupPath, signal);
    return current ? found : null;
  }

  /** The record for this path, and whether it is about the present state of the files. */
  async look(
    backupPath: string,
    signal?: AbortSignal,
  ): Promise<{ record: MachineRecord | null; current: boolean }> {
    const found = await this.read(await this.fileOf(backupPath));
    if (found === null) return { record: null, current: false };
    const stamp = await backupStamp(backupPath, signal).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return null;
    });
    return { record: found, current: found.stamp === stamp };
  }

  /** Did a job of this machine make the files that are now at this path? */
  async madeHere(backupPath: string, signal?: AbortSignal): Promise<boolean> {
    return typeof (await this.find(backupPath, signal))?.made === 'string';
  }

  /**
   * Records that a job has just made this backup.
   * @throws system errors
   */
  async recordMade(backupPath: string, made: string): Promise<void> {
    const stamp = await backupStamp(backupPath);
    await this.write(backupPath, { version: 1, stamp, digest: null, made, verifications: [] });
  }

  /**
   * Records the result of a verification of the files with this stamp and digest. Earlier facts
   * stay as far as they are about the same bytes.
   * @throws system errors
   */
  async recordVerification(
    backupPath: string,
    files: { stamp: string; digest: string },
    verification: Verification,
  ): Promise<void> {
    const before = await this.read(await this.fileOf(backupPath));
    const same =
      before !== null && (before.stamp === files.stamp || before.digest === files.digest);
    const others = same
      ? before.verifications.filter(({ level }) => level !== verification.level)
      : [];
    await this.write(backupPath, {
      version: 1,
      ...files,
      made: same ? before.made : null,
      verifications: [verification, ...others],
    });
  }

  private async read(file: string): Promise<MachineRecord | null> {
    try {
      const bytes = await readBounded(file, MAX_BYTES);
      const { recordSchema } = await import('./recordSchema');
      return recordSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      return null;
    }
  }

  private async write(backupPath: string, content: MachineRecord): Promise<void> {
    const file = await this.fileOf(backupPath);
    const partial = `${file}.${randomBytes(6).toString('hex')}${UNFINISHED_ENDING}`;
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await writeAtomically(file, JSON.stringify(content), { partial, mode: 0o600, sync: false });
    const bounds = { ending: ENDING, most: MAX_RECORDS, kept: KEPT_RECORDS };
    await keepNewest(this.dir, bounds).catch(() => undefined);
  }

  /** The file of a record: one name for each backup path, from which nobody can read the path. */
  private async fileOf(backupPath: string): Promise<string> {
    const place = await realpath(backupPath).catch(() => path.resolve(backupPath));
    const name = createHash('sha256')
      .update(pathKey(place, process.platform))
      .digest('hex')
      .slice(0, 32);
    return path.join(this.dir, name + ENDING);
  }
}

/** Verifications by level. */
export function byLevel(
  verifications: readonly Verification[],
): Partial<Record<VerifyLevel, Verification>> {
  const result: Partial<Record<VerifyLevel, Verification>> = {};
  for (const each of verifications) result[each.level] ??= each;
  return result;
}
