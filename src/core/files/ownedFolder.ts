import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * Age in milliseconds from which a folder counts as abandoned: a process of another container may
 * use it and cannot be seen from here.
 */
const ABANDONED_MS = 24 * 3_600_000;

/**
 * Makes a private temporary folder of this process, and removes those with the same beginning whose
 * processes were killed before they could.
 *
 * @param prefix ends with a hyphen; one for each purpose
 * @param dir where temporary folders are
 * @throws system errors
 */
export async function makeOwnedFolder(prefix: string, dir = os.tmpdir()): Promise<string> {
  await removeAbandoned(prefix, dir);
  // mkdtemp makes it accessible to this user only.
  return mkdtemp(path.join(dir, `${prefix}${process.pid}-`));
}

async function removeAbandoned(prefix: string, dir: string): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const owner = name.startsWith(prefix)
      ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1]
      : undefined;
    if (owner === undefined || !isGone(Number(owner))) continue;
    const folder = path.join(dir, name);
    const found = await lstat(folder).catch(() => null);
    // Other users may write there too: their folders stay, and so do links.
    const own = process.getuid === undefined || found?.uid === process.getuid();
    if (!found?.isDirectory() || !own || Date.now() - found.mtimeMs < ABANDONED_MS) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isGone(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
