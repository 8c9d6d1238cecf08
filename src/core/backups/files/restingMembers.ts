import type { Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { statAll } from '../../archive/bytes/statAll';
import { isMemberName } from '../../archive/file/memberNames';
import { quickStamp } from '../../files/fileStamp';
import type { ManifestFile } from '../manifest/manifest';
import { hashFiles, type KnownHashes } from './hashFiles';

/** A file as it was at one moment: whoever writes into it changes one of these. */
interface Seen {
  readonly size: number;
  readonly stamp: string;
}

/**
 * Hashes members of a directory that is written and being put on the disk, which takes pg_dump longer
 * than the hash where there are thousands. Whatever is missing in the end is hashed later.
 */
export class RestingMembers {
  /** What was hashed so far. */
  readonly hashed: ManifestFile[] = [];
  /** Resolves when all are hashed, or no more will be. Never rejects. */
  readonly done: Promise<void>;
  private before: ReadonlyMap<string, Seen> = new Map();
  /** What is hashed by now is enough. */
  private readonly enough = new AbortController();
  /** Nothing is wanted any more. */
  private readonly stopped = new AbortController();

  /** @param choose which of them, by name and bytes */
  constructor(
    private readonly directory: string,
    choose: (name: string, bytes: number) => boolean,
  ) {
    this.done = this.hash(choose).catch(() => undefined);
  }

  /** Hashes no more. The checksums of those members that are still as they were hashed, by name. */
  async finish(): Promise<KnownHashes> {
    this.enough.abort();
    await this.done;
    const names = this.hashed.map(({ name }) => name);
    const now = await look(this.directory, names, this.stopped.signal).catch(() => null);
    const same = this.hashed.filter(({ name, sizeBytes }) => {
      const seen = this.before.get(name);
      return seen?.size === sizeBytes && seen.stamp === now?.get(name)?.stamp;
    });
    return new Map(same.map(({ name, ...hash }) => [name, hash]));
  }

  /** Stops without results; all files are closed when the promise resolves. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.enough.abort();
    await this.done;
  }

  private async hash(choose: (name: string, bytes: number) => boolean): Promise<void> {
    const { directory, hashed } = this;
    const { signal } = this.enough;
    const names = (await readdir(directory)).filter(isMemberName);
    this.before = await look(directory, names, signal);
    const sizes = new Map(
      [...this.before]
        .filter(([name, { size }]) => choose(name, size))
        .map(([name, { size }]) => [name, size]),
    );
    const files = { sizes, modifiedMs: 0, directory: true };
    await hashFiles(directory, files, { signal, onHashed: (file) => hashed.push(file) });
  }
}

/** The regular files among these. */
async function look(
  directory: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const note = (name: string, stats: Stats | undefined): void => {
    if (stats?.isFile() !== true) return;
    seen.set(name, { size: stats.size, stamp: quickStamp(stats) });
  };
  await statAll(directory, names, note, { signal, lenient: true });
  return seen;
}
