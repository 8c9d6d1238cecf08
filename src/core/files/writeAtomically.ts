import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { replaceFile } from './replaceFile';

/** Options of an atomic write. */
export interface AtomicWrite {
  /** Absolute path beside the target, by which a leftover is recognised if this process ends. */
  partial: string;
  /** Rights of the new file. */
  mode: number;
  /** The content is to survive a power cut. */
  sync: boolean;
}

/**
 * Writes a file in one step: a reader of `target` sees either the old content or all of the new
 * one. When writing fails, the old content stays and no partial file is left.
 *
 * @throws system errors
 */
export async function writeAtomically(
  target: string,
  content: string | Buffer,
  how: AtomicWrite,
): Promise<void> {
  await writePiecesAtomically(target, (file) => file.writeFile(content), how);
}

/**
 * Writes atomically what comes in pieces: `write` gets the open file, which is closed for it; its
 * result is returned.
 *
 * @throws system errors, and whatever `write` throws
 */
export async function writePiecesAtomically<T>(
  target: string,
  write: (file: FileHandle) => Promise<T>,
  { partial, mode, sync }: AtomicWrite,
): Promise<T> {
  const handle = await open(partial, 'wx', mode);
  try {
    let result: T;
    try {
      result = await write(handle);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
    await replaceFile(partial, target);
    return result;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Writes atomically and synchronously. `partial` is this process's own name: whatever exists there
 * is removed first, so that a pipe of that name cannot block the writer.
 */
export function writeAtomicallySync(
  target: string,
  content: string | Buffer,
  { partial, mode, sync }: AtomicWrite,
): void {
  rmSync(partial, { recursive: true, force: true });
  const fd = openSync(partial, 'wx', mode);
  try {
    try {
      const bytes = Buffer.from(content);
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      if (sync) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
