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

/**
 * A log is cut when it would become larger. 200,000 lines of a tool are 12 to 18 MB; of 100 MB, which
 * the logs of all jobs may have (`pgBackup.jobs.keepMegabytes`), one must not take the most.
 */
export const MAX_BYTES = 32 * 1024 * 1024;
/** Bytes of its beginning that are kept then. */
const HEAD_BYTES = 8 * 1024 * 1024;
/** Exact size of the log after a cut, by which readers know where to continue. */
export const CUT_BYTES = 16 * 1024 * 1024;
/** Room for the note between beginning and end. */
const NOTE_BYTES = 200;
/** How much is held in memory while a log is cut. */
const PIECE_BYTES = 1024 * 1024;

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
 * A job's output on disk: everything, or its beginning and its end when it exceeds 32 MB. A full
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

  /** Writes the log's beginning and end into another file, by whole lines. */
  private writeShort(next: string): void {
    const head = this.lastLineEnd(HEAD_BYTES);
    const tail = this.firstLineEnd(this.size - (CUT_BYTES - HEAD_BYTES - NOTE_BYTES));
    const note = `[${tail - head} bytes and more were left out here]`;
    const room = CUT_BYTES - head - (this.size - tail);
    rmSync(next, { recursive: true, force: true });
    const fd = openSync(next, 'wx', 0o600);
    try {
      for (const piece of this.pieces(0, head)) writeWhole(fd, piece);
      writeWhole(fd, Buffer.from(`${note.padEnd(room - 1)}\n`));
      for (const piece of this.pieces(tail, this.size)) writeWhole(fd, piece);
    } finally {
      closeSync(fd);
    }
  }

  /** Where the last line ends that is whole before an offset. */
  private lastLineEnd(before: number): number {
    for (let to = before; to > 0; to -= PIECE_BYTES) {
      let end = 0;
      let at = Math.max(0, to - PIECE_BYTES);
      for (const piece of this.pieces(at, to)) {
        const last = piece.lastIndexOf(NEWLINE);
        if (last >= 0) end = at + last + 1;
        at += piece.length;
      }
      if (end > 0) return end;
    }
    return 0;
  }

  /** Where the line ends that an offset is in. */
  private firstLineEnd(from: number): number {
    for (const piece of this.pieces(from, this.size)) {
      const at = piece.indexOf(NEWLINE);
      if (at >= 0) return from + at + 1;
      from += piece.length;
    }
    return from;
  }

  /** The bytes between two offsets; each piece is overwritten by the next. */
  private *pieces(from: number, to: number): Generator<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, to - from));
    while (from < to) {
      const length = Math.min(buffer.length, to - from);
      const got = readSync(this.fd ?? -1, buffer, 0, length, from);
      if (got === 0) throw new Error('the log has become shorter');
      from += got;
      yield buffer.subarray(0, got);
    }
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}
