import { closeSync, fstatSync, readSync } from 'node:fs';
import { stat, type FileHandle } from 'node:fs/promises';
import { openRegular, openRegularSync } from '../../../files/regularFile';
import { CUT_BYTES, NEWLINE } from './jobLog';

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
