import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { stat, type FileHandle } from 'node:fs/promises';
import { openRegular, openRegularSync } from '../../../files/regularFile';
import { replaceFileSync } from '../../../files/replaceFile';

/** A log is cut when it would become larger. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Bytes of its beginning that are kept then. */
const HEAD_BYTES = 2 * 1024 * 1024;
/** Exact size of the log after a cut, by which readers know where to continue. */
const CUT_BYTES = 4 * 1024 * 1024;

const NEWLINE = 10;

/**
 * Flags with which opening neither waits for a pipe of the log's name nor follows a link (not on
 * Windows).
 */
const APPENDING =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NONBLOCK ?? 0) |
  (constants.O_NOFOLLOW ?? 0);

/**
 * A job's output on disk: everything, or its beginning and its end when it exceeds 8 MB. A full
 * disk loses lines, but never fails the job.
 */
export class JobLog {
  private fd: number | null = null;
  private size = 0;
  private lost = 0;

  /** `move`: renames a file, as the system does. */
  constructor(
    private readonly file: string,
    private readonly move: (from: string, to: string) => void = renameSync,
  ) {
    this.open();
  }

  add(lines: readonly string[]): void {
    let bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    if (this.lost > 0) {
      bytes = Buffer.concat([Buffer.from(`[${this.lost} lines could not be written]\n`), bytes]);
    }
    if (this.fd === null || !this.makeRoom(bytes.length) || !this.append(bytes)) {
      this.lost += lines.length;
    } else this.lost = 0;
  }

  close(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }

  private open(): void {
    try {
      const fd = openSync(this.file, APPENDING, 0o600);
      const stats = fstatSync(fd);
      if (stats.isFile()) [this.fd, this.size] = [fd, stats.size];
      else closeSync(fd);
    } catch {
      // The lines are lost then.
    }
  }

  private append(bytes: Buffer): boolean {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.fd ?? -1, bytes, written);
      this.size += written;
      return true;
    } catch {
      this.size += written;
      return false;
    }
  }

  private makeRoom(bytes: number): boolean {
    if (this.size + bytes <= MAX_BYTES) return true;
    // A single batch is never that large, but a log that only grows would be worse.
    if (bytes > MAX_BYTES - CUT_BYTES || this.fd === null) return false;
    const next = `${this.file}.next`;
    try {
      this.writeShort(next);
    } catch {
      return false;
    }
    // Windows does not replace a file that is open.
    this.close();
    try {
      replaceFileSync(next, this.file, `${this.file}.old.next`, this.move);
      return true;
    } catch {
      return false;
    } finally {
      this.open();
    }
  }

  /** Writes the log's beginning and end into another file. */
  private writeShort(next: string): void {
    const head = this.readLines(0, HEAD_BYTES, 'first');
    const tail = this.readLines(this.size - (CUT_BYTES - HEAD_BYTES - 200), this.size, 'last');
    const note = `[${this.size - head.length - tail.length} bytes and more were left out here]`;
    const room = CUT_BYTES - head.length - tail.length;
    rmSync(next, { recursive: true, force: true });
    const fd = openSync(next, 'wx', 0o600);
    try {
      for (const part of [head, Buffer.from(`${note.padEnd(room - 1)}\n`), tail]) {
        writeSync(fd, part);
      }
    } finally {
      closeSync(fd);
    }
  }

  /** The first or last whole lines between two offsets. */
  private readLines(from: number, to: number, which: 'first' | 'last'): Buffer {
    const buffer = Buffer.alloc(to - from);
    const got = buffer.subarray(0, readSync(this.fd ?? -1, buffer, 0, buffer.length, from));
    return which === 'first'
      ? got.subarray(0, got.lastIndexOf(NEWLINE) + 1)
      : got.subarray(got.indexOf(NEWLINE) + 1);
  }
}

/**
 * How much is read at once: what is made of it in one turn takes a millisecond or two, and strings of
 * this size are still collected as cheaply as small ones.
 */
const CHUNK_BYTES = 64 * 1024;

/** Bytes at the end of an existing log that a reader with `tail` begins with. */
const TAIL_BYTES = 64 * 1024;

/** Follows a log that another process writes. */
export class JobLogReader {
  private handle: FileHandle | null = null;
  private position = 0;
  private rest: Buffer = Buffer.alloc(0);
  private buffer: Buffer | null = null;
  private reading: Promise<void> = Promise.resolve();
  private closed = false;

  /**
   * `onLines` gets the lines; `old`: they were in the log before the reader began. With `tail`,
   * only the last of these are read.
   */
  constructor(
    private readonly file: string,
    private readonly from: 'start' | 'tail',
    private readonly onLines: (lines: string[], old: boolean) => void,
  ) {}

  /** Reads what has come since the last time. Calls do not overlap; never rejects. */
  poll(): Promise<void> {
    this.reading = this.reading.then(() => this.advance().catch(() => undefined));
    return this.reading;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.reading;
    await this.handle?.close().catch(() => undefined);
    this.handle = null;
    this.buffer = null;
  }

  private async advance(): Promise<void> {
    if (this.closed) return;
    if (this.handle === null) {
      this.handle = await openRegular(this.file);
      if (this.from === 'tail') await this.readOld(this.handle);
    }
    await this.readToEnd(this.handle);
    // Windows' numbers of files are larger than what a number holds exactly.
    const exact = { bigint: true } as const;
    const [now, mine] = await Promise.all([stat(this.file, exact), this.handle.stat(exact)]);
    if (now.ino === mine.ino && now.dev === mine.dev) return;
    // It was cut. What came before the cut may have grown since it was last read.
    await this.readToEnd(this.handle);
    await this.handle.close();
    this.handle = await openRegular(this.file);
    this.position = CUT_BYTES;
    await this.readToEnd(this.handle);
  }

  private async readOld(handle: FileHandle): Promise<void> {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    const end = buffer.lastIndexOf(NEWLINE) + 1;
    this.position = from + end;
    const lines = buffer.toString('utf8', 0, Math.max(0, Math.min(bytesRead, end) - 1)).split('\n');
    if (end > 0) this.onLines(from > 0 ? lines.slice(1) : lines, true);
  }

  private async readToEnd(handle: FileHandle): Promise<void> {
    const buffer = (this.buffer ??= Buffer.alloc(CHUNK_BYTES));
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.position);
      if (bytesRead === 0) return;
      this.position += bytesRead;
      const bytes = Buffer.concat([this.rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      this.rest = Buffer.from(bytes.subarray(end));
      if (end > 0) this.onLines(bytes.toString('utf8', 0, end - 1).split('\n'), false);
    }
  }
}

/** The last lines of a log, from its last 64 KB; none when it cannot be read. */
export function lastLogLines(file: string, lines: number): string[] {
  let fd: number | undefined;
  try {
    fd = openRegularSync(file);
    const { size } = fstatSync(fd);
    const from = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    readSync(fd, buffer, 0, buffer.length, from);
    const all = buffer.toString('utf8').split('\n').slice(0, -1);
    return (from > 0 ? all.slice(1) : all).slice(-lines);
  } catch {
    return [];
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
