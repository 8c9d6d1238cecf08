import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors';
import { readBounded } from '../../files/regularFile';
import { unlessAborted } from '../../unlessAborted';
import type { OpenedDump } from './openPacked';
import type { OpenPackedOptions } from './openPackedOptions';

/** What unpacked dumps need of the process that shows them. */
export interface UnpackedDumpsWorld {
  /** Absolute: the system's directory for temporary files. */
  tempDir: string;
  /** This process, in a text by which another one can tell whether it still runs. */
  owner: () => string;
  /** Has the process with this text certainly ended? */
  isGone: (owner: string) => boolean;
  /** Asks somebody which dump in a file is meant; null = no answer. */
  choose: (file: string, names: readonly string[]) => Promise<string | null>;
}

export interface OpenDumpOptions extends Pick<OpenPackedOptions, 'signal' | 'onProgress'> {
  /** Which of several dumps is meant; what was chosen before for this file when left out. */
  member?: string | null | undefined;
  /** May somebody be asked which of several dumps is meant? */
  ask?: boolean | undefined;
}

/** A dump that can be read until it is released. */
export interface DumpLease extends OpenedDump {
  release(): void;
}

interface Unpacked {
  opened: Promise<OpenedDump>;
  /** Ends the unpacking, which is of all its readers and of none alone. */
  abort: AbortController;
  /** What its readers are told while they wait. */
  progress: Set<(bytes: number) => void>;
  /** null until something had to be unpacked. */
  folder: string | null;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

const FOLDER = 'pgbackup-unpacked-';
const OWNER = 'owner';
const MAX_OWNER = 4096;
/**
 * Milliseconds for which an unpacked file without readers is kept: a form looks at its file again
 * and again.
 */
const KEEP_MS = 120_000;

/**
 * Unpacks dumps for what a window shows, each once for all that look at it. They lie in a private
 * folder, and are removed some time after the last reader has released them, when the window ends, and,
 * of a process that was killed, when another one starts.
 */
export class UnpackedDumps {
  private root: string | null = null;
  private readonly unpacked = new Map<string, Unpacked>();
  private readonly chosen = new Map<string, string>();

  constructor(private readonly world: UnpackedDumpsWorld) {}

  /** Which dump of a file was chosen; null = nobody had to choose. */
  memberOf(file: string): string | null {
    return this.chosen.get(path.resolve(file)) ?? null;
  }

  /** @throws AppError as `openPacked` */
  async open(file: string, options: OpenDumpOptions = {}): Promise<DumpLease> {
    const key = path.resolve(file);
    const { member = this.memberOf(file) } = options;
    try {
      return await this.lease(file, member, options);
    } catch (error) {
      if (options.member === undefined && member !== null && AppError.is(error, 'objectUnknown')) {
        // Another file has taken the place of the one that was chosen from.
        this.chosen.delete(key);
        return this.open(file, options);
      }
      if (!AppError.is(error, 'packedChoice') || options.ask !== true) throw error;
      const name = await this.world.choose(file, error.details.names);
      if (name === null) throw error;
      this.chosen.set(key, name);
      return this.lease(file, name, options);
    }
  }

  /** Removes what processes that were killed have left. Never throws. */
  async sweep(): Promise<void> {
    const { tempDir, isGone } = this.world;
    for (const name of await readdir(tempDir).catch(() => [])) {
      if (!name.startsWith(FOLDER)) continue;
      const folder = path.join(tempDir, name);
      const stats = await lstat(folder).catch(() => null);
      const mine = stats?.isDirectory() === true && stats.uid === (process.getuid?.() ?? stats.uid);
      if (!mine || folder === this.root) continue;
      const owner = await readBounded(path.join(folder, OWNER), MAX_OWNER).catch(() => null);
      if (owner === null || !isGone(owner.toString('utf8'))) continue;
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** Removes everything at once: the window ends. */
  dispose(): void {
    for (const { idle } of this.unpacked.values()) clearTimeout(idle);
    this.unpacked.clear();
    if (this.root === null) return;
    try {
      rmSync(this.root, { recursive: true, force: true });
    } catch {
      // Somebody still reads it, on Windows. The next window sweeps it.
    }
  }

  private async lease(
    file: string,
    member: string | null,
    options: OpenDumpOptions,
  ): Promise<DumpLease> {
    const stats = await stat(file).catch(() => null);
    const key = JSON.stringify([path.resolve(file), member, stats?.size, stats?.mtimeMs]);
    const found = this.unpacked.get(key) ?? this.unpack(key, file, member);
    found.users++;
    clearTimeout(found.idle);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      if (--found.users > 0) return;
      found.idle = setTimeout(() => this.forget(key, found), KEEP_MS).unref();
    };
    const { signal, onProgress } = options;
    if (onProgress !== undefined) found.progress.add(onProgress);
    try {
      return { ...(await unlessAborted(found.opened, signal)), release };
    } catch (error) {
      held = false;
      found.users--;
      // Whoever goes away leaves it to the others; the last one ends it.
      if (found.users === 0 || signal?.aborted !== true) this.forget(key, found);
      throw error;
    } finally {
      if (onProgress !== undefined) found.progress.delete(onProgress);
    }
  }

  private unpack(key: string, file: string, member: string | null): Unpacked {
    const abort = new AbortController();
    const progress: Unpacked['progress'] = new Set();
    const unpacked: Unpacked = {
      abort,
      progress,
      folder: null,
      users: 0,
      idle: undefined,
      // A window that shows nothing needs no decoders.
      opened: import('./openPacked').then(({ openPacked }) =>
        openPacked(file, {
          folder: async () => (unpacked.folder = await mkdtemp(path.join(this.ownFolder(), 'x-'))),
          member,
          signal: abort.signal,
          onProgress: (bytes) => progress.forEach((tell) => tell(bytes)),
        }),
      ),
    };
    this.unpacked.set(key, unpacked);
    return unpacked;
  }

  private forget(key: string, unpacked: Unpacked): void {
    if (this.unpacked.get(key) === unpacked) this.unpacked.delete(key);
    unpacked.abort.abort();
    const remove = async (): Promise<void> => {
      const { folder } = unpacked;
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    };
    // What is written until it has ended goes, too.
    void unpacked.opened.then(remove, remove).catch(() => undefined);
  }

  /** mkdtemp makes it accessible to this user only. */
  private ownFolder(): string {
    if (this.root !== null) return this.root;
    const { tempDir, owner } = this.world;
    mkdirSync(tempDir, { recursive: true });
    const root = mkdtempSync(path.join(tempDir, FOLDER));
    writeFileSync(path.join(root, OWNER), owner(), { mode: 0o600, flag: 'wx' });
    this.root = root;
    return root;
  }
}
