import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfCancelled } from '../../abort';
import { inputError } from '../../archive/bytes/byteSource';
import { isMemberName } from '../../archive/file/memberNames';
import type { ManifestFile } from '../manifest/manifest';

/** Members that are examined (`stat`) at the same time. */
const AT_ONCE = 64;
/** Two changes within one tick of the file system's clock (at most 10 ms on Linux) get equal times. */
const CLOCK_TICK_MS = 50;

/**
 * Stamp of a backup's files in their present state. It changes when a file is written to, replaced,
 * added or removed, even if its times are reset afterwards (nobody can set a file's ctime). A copy
 * has another stamp. File contents are not read.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function backupStamp(backupPath: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, stats] of await statFiles(backupPath, signal)) {
    const { size, mtimeNs, ctimeNs, ino } = stats;
    hash.update(`${name} ${size} ${mtimeNs} ${ctimeNs} ${ino}\n`);
  }
  return hash.digest('hex');
}

/**
 * Waits until any further change of the files would change their stamp: a change in the same tick of
 * the clock as the last write would get the same times.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function untilSettled(backupPath: string, signal?: AbortSignal): Promise<void> {
  let newest = 0;
  for (const { ctimeMs } of (await statFiles(backupPath, signal)).values()) {
    newest = Math.max(newest, Number(ctimeMs));
  }
  const age = Date.now() - newest;
  // A time in the future comes from another clock: waiting would not help.
  if (age >= 0 && age < CLOCK_TICK_MS) await delay(CLOCK_TICK_MS - age);
}

/** One checksum for all files of a backup: equal only for equal names and bytes. */
export function backupDigest(files: readonly ManifestFile[], directory: boolean): string {
  const hash = createHash('sha256');
  // A backup that is one file may have been renamed; members may not.
  for (const { name, sizeBytes, sha256 } of files) {
    hash.update(`${directory ? name : ''} ${sizeBytes} ${sha256}\n`);
  }
  return hash.digest('hex');
}

/** The regular files of a backup by name, sorted; a backup that is one file has the name ''. */
async function statFiles(
  backupPath: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, BigIntStats>> {
  try {
    const own = await stat(backupPath, { bigint: true });
    if (!own.isDirectory()) return new Map([['', own]]);
    const names = (await readdir(backupPath)).filter(isMemberName).sort();
    const found = new Map<string, BigIntStats>();
    for (let i = 0; i < names.length; i += AT_ONCE) {
      throwIfCancelled(signal);
      const some = names.slice(i, i + AT_ONCE);
      const files = some.map((name) => stat(path.join(backupPath, name), { bigint: true }));
      for (const [k, stats] of (await Promise.all(files)).entries()) {
        if (stats.isFile()) found.set(some[k] ?? '', stats);
      }
    }
    return found;
  } catch (error) {
    throw inputError(backupPath, error);
  }
}
