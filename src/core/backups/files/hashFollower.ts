import { createHash, type Hash } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { KnownHashes } from './hashFiles';
import type { ManifestFile } from '../manifest/manifest';

const PIECE = 512 << 10;
const PAUSE_MS = 200;
/** Smaller files are read quickly at the end, while following a file keeps it open. */
const WORTH_IT = 8 << 20;
const MAX_FOLLOWED = 64;

interface Followed {
  handle: FileHandle;
  hash: Hash;
  position: number;
}

/**
 * Computes SHA-256 of files while a tool writes them, so that less is left to do when the tool has
 * ended. That works for files that are only appended to: scripts, the members of a directory, and
 * tar archives. pg_dump writes the header of a custom archive last, so no byte of that can be hashed
 * earlier. Measured: pg_dump writes 250 MB of an uncompressed dump a second; reading those back
 * takes a quarter of a second.
 *
 * A file that cannot be followed is missing from the results.
 */
export class HashFollower {
  private readonly followed = new Map<string, Followed>();
  private readonly buffer = Buffer.allocUnsafe(PIECE);
  private timer: NodeJS.Timeout | undefined;
  private step: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param output the file or directory, which need not be there yet */
  constructor(private readonly output: string) {
    this.wait(PAUSE_MS);
  }

  /** Bytes that were read so far, of all files. */
  get bytes(): number {
    let sum = 0;
    for (const { position } of this.followed.values()) sum += position;
    return sum;
  }

  /**
   * To be called when the tool has ended: reads the rest of the files that were followed, and closes
   * them. Returns checksums by file name; an output that is one file has the key ''.
   */
  async finish(): Promise<KnownHashes> {
    const results = new Map<string, Omit<ManifestFile, 'name'>>();
    clearTimeout(this.timer);
    this.timer = undefined;
    const stopped = this.stopped;
    this.stopped = true;
    await this.step;
    try {
      for (const [name, followed] of stopped ? [] : this.followed) {
        if (!(await this.catchUp(followed, true).catch(() => false))) continue;
        results.set(name, { sizeBytes: followed.position, sha256: followed.hash.digest('hex') });
      }
    } finally {
      await this.close();
    }
    return results;
  }

  /** Stops without results; all files are closed when the promise resolves. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.step;
    await this.close();
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      const started = performance.now();
      this.step = this.look().then(
        () => {
          // Reading a directory of 20,000 files takes a while; the pause grows with the time it took.
          if (!this.stopped) this.wait(Math.max(PAUSE_MS, 5 * (performance.now() - started)));
        },
        () => undefined,
      );
    }, ms);
  }

  private async look(): Promise<void> {
    await this.discover();
    for (const [name, followed] of this.followed) {
      if (this.stopped) return;
      if (!(await this.catchUp(followed))) await this.forget(name);
    }
  }

  private async discover(): Promise<void> {
    const own = await stat(this.output).catch(() => null);
    if (own === null) return;
    // Large objects are not followed: there can be thousands, each a file of its own.
    const names = own.isDirectory()
      ? (await readdir(this.output)).filter((name) => !name.startsWith('blob_'))
      : [''];
    for (const name of names) {
      if (this.stopped || this.followed.size >= MAX_FOLLOWED) return;
      if (this.followed.has(name)) continue;
      const file = path.join(this.output, name);
      const found = await stat(file).catch(() => null);
      if (found?.isFile() !== true || found.size < WORTH_IT) continue;
      const handle = await open(file, 'r').catch(() => null);
      if (handle) this.followed.set(name, { handle, hash: createHash('sha256'), position: 0 });
    }
  }

  /** Hashes up to the present end of the file; false when the file has become shorter. */
  private async catchUp(followed: Followed, atEnd = false): Promise<boolean> {
    while (atEnd || !this.stopped) {
      const { bytesRead } = await followed.handle.read(this.buffer, 0, PIECE, followed.position);
      if (bytesRead === 0) break;
      followed.hash.update(this.buffer.subarray(0, bytesRead));
      followed.position += bytesRead;
    }
    const { size } = await followed.handle.stat();
    return atEnd ? size === followed.position : size >= followed.position;
  }

  private async forget(name: string): Promise<void> {
    const followed = this.followed.get(name);
    this.followed.delete(name);
    await followed?.handle.close();
  }

  private async close(): Promise<void> {
    for (const name of [...this.followed.keys()]) await this.forget(name).catch(() => undefined);
  }
}
