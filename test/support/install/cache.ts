import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const product = 'pg-backup-restore-vscode';

/** Everybody may pass through every directory above (servers run under another user). */
function isOpenToAll(dir: string): boolean {
  for (let at = path.resolve(dir); path.dirname(at) !== at; at = path.dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

function isWritable(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o755 });
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where installed servers and editors are kept between runs and between clones. Root's home is
 * usually closed to the unprivileged user that runs the servers, so root may use /var/cache.
 */
export function cacheRoot(): string {
  const home = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  const preferred = path.join(home, product);
  if (process.getuid?.() !== 0) return preferred;
  const candidates = [preferred, path.join('/var/cache', product)];
  return candidates.find((dir) => isOpenToAll(dir) && isWritable(dir)) ?? preferred;
}

async function ownerIsAlive(lock: string): Promise<boolean> {
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) {
    // The lock is just being written, or was left behind by a machine that went down.
    const info = await stat(lock).catch(() => undefined);
    return info !== undefined && Date.now() - info.mtimeMs < 10_000;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Runs `action` while holding the lock file; waits for a live holder, takes over a dead one's. */
async function withLock<T>(lock: string, action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const file = await open(lock, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!(await ownerIsAlive(lock))) await rm(lock, { force: true });
      else await delay(300);
    }
  }
  try {
    return await action();
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * Returns the cached directory `name`, built once by `build(temporaryDirectory, finalDirectory)`.
 * It appears under its final name only when it is whole; two runs at once build it once.
 */
export async function cachedDirectory(
  name: string,
  build: (temporary: string, final: string) => Promise<void>,
): Promise<string> {
  const root = cacheRoot();
  const final = path.join(root, name);
  if (existsSync(final)) return final;
  await mkdir(root, { recursive: true, mode: 0o755 });
  return withLock(`${final}.lock`, async () => {
    if (existsSync(final)) return final;
    const temporary = `${final}.${randomUUID().slice(0, 8)}.partial`;
    try {
      await mkdir(temporary, { mode: 0o755 });
      await build(temporary, final);
      await rename(temporary, final);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return final;
  });
}
