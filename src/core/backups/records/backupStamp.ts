import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfCancelled } from '../../archive/bytes/abort';
import { inputError } from '../../archive/bytes/byteSource';
import { isMemberName } from '../../archive/file/memberNames';
import type { ManifestFile } from '../manifest/manifest';

/** Members whose state is asked for at the same time. */
const AT_ONCE = 64;
/** Changes within one tick of the file system's clock (10 ms at most on Linux) cannot be told apart. */
const CLOCK_TICK_MS = 50;

/**
 * Stamp of a backup's files in their present state. It changes when a file is written to, replaced,
 * added or removed, even if its times are reset afterwards (a file's ctime cannot be set). A copy
 * has another stamp. File contents are not read.
 *
 * @throws `inputMissing`, `inputUnreadable`, `cancelled`
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
 * Waits until a change of the files would be seen in their stamp: one that comes in the same tick of
 * the clock as the write before it leaves the same times.
 *
 * @throws `inputMissing`, `inputUnreadable`, `cancelled`
 */
export async function untilSettled(backupPath: string, signal?: AbortSignal): Promise<void> {
  let newest = 0;
  for (const { ctimeMs } of (await statFiles(backupPath, signal)).values()) {
    newest = Math.max(newest, Number(ctimeMs));
  }
  const age = Date.now() - newest;
  // A time in the future is of another clock, which no waiting helps against.
  if (age >= 0 && age < CLOCK_TICK_MS) await delay(CLOCK_TICK_MS - age);
}

/** One checksum for all files of a backup: equal only for equal names and bytes. */
export function backupDigest(files: readonly ManifestFile[], directory: boolean): string {
  const hash = createHash('sha256');
  // A file may have been renamed; members may not.
  for (const { name, sizeBytes, sha256 } of files) {
    hash.update(`${directory ? name : ''} ${sizeBytes} ${sha256}\n`);
  }
  return hash.digest('hex');
}

/** The regular files of a backup by name, sorted; that of one which is a file by ''. */
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
