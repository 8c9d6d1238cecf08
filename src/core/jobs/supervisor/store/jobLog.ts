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
import { replaceFileSync } from '../../../files/replaceFile';

/** A log is cut when it would become larger. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Bytes of its beginning that are kept then. */
const HEAD_BYTES = 2 * 1024 * 1024;
/** Exact size of the log after a cut, by which readers know where to continue. */
export const CUT_BYTES = 4 * 1024 * 1024;

export const NEWLINE = 10;

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
