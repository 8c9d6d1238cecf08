import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../errors';
import { readBounded } from '../../files/regularFile';
import { unlessAborted } from '../../unlessAborted';
import type { OpenedDump } from './openPacked';
import type { OpenPackedOptions } from './openPackedOptions';
import { UNPACKED_FOLDER } from './unpackedFolders';

/** What this class needs from its process. */
export interface UnpackedDumpsWorld {
  /** Absolute path of the system's directory for temporary files. */
  tempDir: string;
  /** A text that identifies this process, so that another process can tell whether it still runs. */
  owner: () => string;
  /** Has the process with this identification certainly ended? */
  isGone: (owner: string) => boolean;
  /** Asks the user which of several dumps to open; null = cancelled. */
  choose: (file: string, names: readonly string[]) => Promise<string | null>;
}

export interface OpenDumpOptions extends Pick<OpenPackedOptions, 'signal' | 'onProgress'> {
  /** Which of several dumps to open; default: the one that was chosen before for this file. */
  member?: string | null | undefined;
  /** May the user be asked which of several dumps to open? */
  ask?: boolean | undefined;
}

/** A dump that stays readable until it is released. */
export interface DumpLease extends OpenedDump {
  release(): void;
}

interface Unpacked {
  opened: Promise<OpenedDump>;
  /** Cancels the unpacking. It serves all readers, so a single reader must not cancel it. */
  abort: AbortController;
  /** Progress callbacks of the waiting readers. */
  progress: Set<(bytes: number) => void>;
  /** null = nothing was unpacked. */
  folder: string | null;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

const OWNER = 'owner';
const MAX_OWNER = 4096;
/**
 * Milliseconds for which an unpacked file without readers is kept, because a form opens its file
 * repeatedly.
 */
const KEEP_MS = 120_000;

/**
 * Unpacks dumps for a window, each only once for all readers. They are in a private folder, and are
 * removed some time after the last reader has released them, or when the window closes. What a killed
 * process has left, another process removes when it starts.
 */
export class UnpackedDumps {
  private root: string | null = null;
  private readonly unpacked = new Map<string, Unpacked>();
  private readonly chosen = new Map<string, string>();

  constructor(private readonly world: UnpackedDumpsWorld) {}

  /** The dump that was chosen in a file; null = there was no choice. */
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
        // The file was replaced since the user chose one of its dumps.
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

  /** Removes what killed processes have left. Never throws. */
  async sweep(): Promise<void> {
    const { tempDir, isGone } = this.world;
    for (const name of await readdir(tempDir).catch(() => [])) {
      if (!name.startsWith(UNPACKED_FOLDER)) continue;
      const folder = path.join(tempDir, name);
      const stats = await lstat(folder).catch(() => null);
      const mine = stats?.isDirectory() === true && stats.uid === (process.getuid?.() ?? stats.uid);
      if (!mine || folder === this.root) continue;
      const owner = await readBounded(path.join(folder, OWNER), MAX_OWNER).catch(() => null);
      if (owner === null || !isGone(owner.toString('utf8'))) continue;
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** Removes everything at once, because the window closes. */
  dispose(): void {
    for (const { idle } of this.unpacked.values()) clearTimeout(idle);
    this.unpacked.clear();
    if (this.root === null) return;
    try {
      rmSync(this.root, { recursive: true, force: true });
    } catch {
      // On Windows a file that is still read cannot be removed. Another window will sweep it.
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
      // A reader that cancels leaves the others alone; only the last one ends the unpacking.
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
      // Loaded on demand: the decoders are not needed for files that are not packed.
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
    // Removed again, because unpacking may write until it has ended.
    void unpacked.opened.then(remove, remove).catch(() => undefined);
  }

  /** mkdtemp creates the folder for this user only. */
  private ownFolder(): string {
    if (this.root !== null) return this.root;
    const { tempDir, owner } = this.world;
    mkdirSync(tempDir, { recursive: true });
    const root = mkdtempSync(path.join(tempDir, UNPACKED_FOLDER));
    writeFileSync(path.join(root, OWNER), owner(), { mode: 0o600, flag: 'wx' });
    this.root = root;
    return root;
  }
}
