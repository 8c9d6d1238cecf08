import type { Stats } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { throwIfCancelled } from '../../abort';
import { statAll } from './statAll';

/** Rarer looks would leave more to read when the tool has ended. */
const LOOK_MS = 50;
/** Of so many looks, one is for new files: to read a directory takes longer than to see its files grow. */
const LOOKS_FOR_NAMES = 4;
const PIECE = 256 << 10;
/** Following a file keeps it open. */
const MAX_FOLLOWED = 64;
/** Reading a directory of 20,000 files takes a while: the pause grows with the time it took. */
const PAUSE_TIMES = 10;

/** Which files are read while they grow, and what becomes of them. */
export interface GrowingFilesOptions<T> {
  /** Smaller files are not worth it: they are read quickly once all is written. In bytes. */
  worthIt: number;
  /**
   * Which of a directory's files are followed; null = none of this directory, ever. An output that is
   * one file is followed in any case.
   */
  choose: (names: readonly string[]) => readonly string[] | null;
  /** Reads all pieces of one file, whose memory is only used again after the next one was asked for. */
  read: (file: string, pieces: AsyncGenerator<Buffer>, signal: AbortSignal) => Promise<T>;
  /** May the memory of a piece be used again for the next? */
  recycle?: boolean;
  /** Milliseconds between looks. */
  lookMs?: number | undefined;
}

/** What was read of a file, from its first byte to its last. */
export interface ReadFile<T> {
  sizeBytes: number;
  result: T;
}

/** A file that is read while it grows. */
class GrowingFile<T> {
  private wake = (): void => undefined;
  private grown = new Promise<void>((resolve) => (this.wake = resolve));
  private ended = false;
  /** Bytes that were read so far. */
  position = 0;
  /** null = it could not be read, or became shorter meanwhile. */
  readonly done: Promise<T | null>;

  constructor(
    private readonly file: string,
    private readonly signal: AbortSignal,
    { read, recycle = false }: GrowingFilesOptions<T>,
  ) {
    this.done = read(file, this.pieces(recycle), signal).catch(() => null);
  }

  /** Reads on; `ended`: nothing more will be written. */
  look(ended: boolean): void {
    this.ended ||= ended;
    this.wake();
    this.grown = new Promise((resolve) => (this.wake = resolve));
  }

  private async *pieces(recycle: boolean): AsyncGenerator<Buffer> {
    let handle: FileHandle | null = null;
    let buffer: Buffer | null = null;
    try {
      handle = await open(this.file, 'r');
      for (;;) {
        throwIfCancelled(this.signal);
        const { grown, ended } = this;
        if (buffer === null || !recycle) buffer = Buffer.allocUnsafe(PIECE);
        const { bytesRead } = await handle.read(buffer, 0, PIECE, this.position);
        this.position += bytesRead;
        if (bytesRead > 0) {
          yield buffer.subarray(0, bytesRead);
          continue;
        }
        const { size } = await handle.stat();
        if (size < this.position) throw new Error('the file became shorter');
        if (size > this.position) continue;
        if (ended) return;
        buffer = null;
        await grown;
      }
    } finally {
      await handle?.close();
    }
  }
}

/**
 * Reads files while a tool writes them, so that less is left to do when the tool has ended. That works
 * for files that are only appended to: scripts, tar archives, and the members of a directory. A file
 * that cannot be followed is missing from the results.
 */
export class GrowingFiles<T> {
  private readonly followed = new Map<string, GrowingFile<T>>();
  private readonly abort = new AbortController();
  private readonly lookMs: number;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private ended = false;
  private looks = 0;

  /** @param output the file or directory, which need not be there yet */
  constructor(
    private readonly output: string,
    private readonly options: GrowingFilesOptions<T>,
  ) {
    this.lookMs = options.lookMs ?? LOOK_MS;
    this.wait(this.lookMs);
  }

  /** Bytes that were read so far, of all files. */
  get bytes(): number {
    let sum = 0;
    for (const { position } of this.followed.values()) sum += position;
    return sum;
  }

  /** To be called when the tool has ended: what was followed is read to its end. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.looking;
    for (const each of this.followed.values()) each.look(true);
  }

  /**
   * What came of a file, after `end`; '' = of an output that is one file. null = it was not followed,
   * could not be read, or became shorter meanwhile.
   */
  async resultOf(name: string): Promise<ReadFile<T> | null> {
    const file = this.followed.get(name);
    const result = (await file?.done) ?? null;
    if (file === undefined || result === null || this.abort.signal.aborted) return null;
    return { sizeBytes: file.position, result };
  }

  /** What came of all files, after `end`, by name. */
  async results(): Promise<Map<string, ReadFile<T>>> {
    const results = new Map<string, ReadFile<T>>();
    for (const name of this.followed.keys()) {
      const result = await this.resultOf(name);
      if (result !== null) results.set(name, result);
    }
    return results;
  }

  /** Stops without results; all files are closed when the promise resolves. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.end();
    await Promise.all([...this.followed.values()].map(({ done }) => done));
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      const started = performance.now();
      // A look that failed says nothing of the next one.
      const look = this.look().catch(() => true);
      this.looking = look.then((worthIt) => {
        if (!worthIt || this.ended) return;
        this.wait(Math.max(this.lookMs, PAUSE_TIMES * (performance.now() - started)));
      });
    }, ms);
  }

  /** false = there is nothing to follow. */
  private async look(): Promise<boolean> {
    const own = await stat(this.output).catch(() => null);
    if (own?.isDirectory() !== true) {
      if (own !== null) this.see('', own);
      return true;
    }
    const names = await this.namesToSee();
    if (names === null) return false;
    const see = (name: string, found: Stats | undefined): void => {
      if (found !== undefined) this.see(name, found);
    };
    // One that is locked by a virus scanner, for example, must not hide those behind it.
    await statAll(this.output, names, see, { lenient: true });
    return true;
  }

  /** Every so many looks all that are to be followed, else those that are; null = none, ever. */
  private async namesToSee(): Promise<readonly string[] | null> {
    const isFull = this.followed.size >= MAX_FOLLOWED;
    if (isFull || this.looks++ % LOOKS_FOR_NAMES > 0) return [...this.followed.keys()];
    return this.options.choose(await readdir(this.output).catch(() => []));
  }

  private see(name: string, found: Stats): void {
    const { size } = found;
    const known = this.followed.get(name);
    if (known !== undefined) {
      if (size !== known.position) known.look(false);
      return;
    }
    if (this.ended || this.followed.size >= MAX_FOLLOWED) return;
    if (!found.isFile() || size < this.options.worthIt) return;
    const file = path.join(this.output, name);
    this.followed.set(name, new GrowingFile(file, this.abort.signal, this.options));
  }
}
