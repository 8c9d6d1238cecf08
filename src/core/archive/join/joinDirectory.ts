import { open, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { AppError } from '../../errors';
import { readBoundedSync } from '../../files/regularFile';
import { throwIfCancelled } from '../../abort';
import { CooperativeLoop } from '../../cooperativeLoop';
import { inputError, openFileSource, readBytes } from '../bytes/byteSource';
import { filePieces } from '../bytes/pieces';
import {
  directoryMember,
  directorySizes,
  memberOfEntry,
  type DirectoryMember,
} from '../data/directoryMembers';
import { largeObjectFiles } from '../data/largeObjectList';
import { readToc } from '../file/tocReader';
import type { Toc } from '../toc/toc';
import { ArchiveWriter, storedDataBytes } from './archiveWriter';
import type { GzipAhead } from './gzipAhead';
import { assertShortHead, gzipRange, gzipTail, HEAD_BYTES, type StoredRange } from './gzipMember';
import { Removal } from './removal';
import { writeCustomToc, type FileNamePlace } from './customToc';

export interface JoinOptions {
  signal?: AbortSignal | undefined;
  /** Called with the bytes written so far, and the size of the complete file. */
  onProgress?: ((written: number, total: number) => void) | undefined;
  /** Wait until the file is on the disk (fsync). */
  sync?: boolean | undefined;
  /** Called once all is written; it runs while the system puts the file on the disk. */
  onWritten?: (() => Promise<unknown>) | undefined;
  /** Delete each member after it was copied, so that the data do not take space twice. */
  removeMembers?: boolean;
  /** Checksums of gzip members that were computed while the directory was written. */
  ahead?: Pick<GzipAhead, 'tailOf'> | null | undefined;
}

/** The file that was made from a directory. */
export interface JoinedArchive {
  sizeBytes: number;
  /** In hexadecimal digits. */
  sha256: string;
}

/**
 * Members of up to this size are read synchronously: there is one for each table and each large
 * object, and handing each of them to the thread pool takes ten times as long as the read itself.
 */
const SMALL_BYTES = 64 << 10;
/** Number of members whose checksums are computed while others are written. */
const AHEAD = Math.min(4, availableParallelism() + 1);
const PIECE = 512 << 10;

/**
 * Writes a directory archive as one file in the custom format. The compressed data are copied
 * unchanged. All data get their offsets, so that pg_restore can read them in any order and in parallel
 * jobs. `file` is created or truncated; after an error it stays incomplete.
 *
 * @throws AppError `inputMissing`, `inputUnreadable`, `archiveDamaged`, `cancelled`; system errors of
 *   writing
 */
export async function joinDirectory(
  directory: string,
  file: string,
  options: JoinOptions = {},
): Promise<JoinedArchive> {
  const names: FileNamePlace[] = [];
  const { signal } = options;
  const toc = await readToc(directory, {
    signal,
    onFileName: (start, end) => names.push({ start, end }),
  });
  if (toc.damage !== null) {
    throw new AppError('archiveDamaged', { path: toc.file, ...toc.damage });
  }
  const sizes = await directorySizes(directory, signal);
  const output = await open(file, 'w', 0o666);
  const removal = new Removal();
  try {
    const join = new Join(toc, sizes, { output, removal }, options);
    const joined = await join.run(names);
    // Both have ended before the file is closed.
    const onDisk = options.sync === true ? output.sync() : Promise.resolve();
    const ends = await Promise.allSettled([options.onWritten?.() ?? Promise.resolve(), onDisk]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return joined;
  } finally {
    await removal.end();
    await output.close();
  }
}

/** One step of writing: first `head`, then a member's data. */
interface Step {
  head: (writer: ArchiveWriter) => Promise<void>;
  part: Part | null;
}

/** A member, and the bytes before and after it in a custom archive. */
interface Part {
  member: DirectoryMember;
  range: StoredRange;
  /** Size of its data in bytes, without the chunks' headers. */
  size: number;
}

/** What is prepared for a member before it is written. */
interface Prepared {
  /** The whole content of a small member; null = read it while writing. */
  bytes: Buffer | null;
  /** The bytes after its data; null = none. */
  tail: Buffer | null;
}

const NOTHING: Prepared = { bytes: null, tail: null };

class Join {
  private readonly writer: ArchiveWriter;
  private readonly removal: Removal;
  private readonly int: number;
  private total = 0;
  private readonly loop: CooperativeLoop;

  constructor(
    private readonly toc: Toc,
    private readonly sizes: ReadonlyMap<string, number>,
    { output, removal }: { output: FileHandle; removal: Removal },
    private readonly options: JoinOptions,
  ) {
    this.int = toc.sizes.int;
    this.writer = new ArchiveWriter(output, this.int);
    this.removal = removal;
    this.loop = new CooperativeLoop(options.signal);
  }

  async run(names: readonly FileNamePlace[]): Promise<JoinedArchive> {
    const { toc, writer } = this;
    const entries = toc.withData();
    const blocks = new Map<number, number>();
    for (const index of entries) blocks.set(index, await this.blockBytes(index));
    // In place of the file name, the entry gets a state and an offset.
    const fixed = 1 + toc.sizes.offset;
    let position = toc.endOffset;
    for (const { start, end } of names) position += fixed - (end - start);
    const offsets = new Map<number, number>();
    for (const [index, bytes] of blocks) {
      offsets.set(index, position);
      position += bytes;
    }
    this.total = position;

    await writeCustomToc(toc, { names, offsets, writer, signal: this.options.signal });
    const begun = ahead(this.steps(entries), async ({ part }) => part && this.prepare(part));
    for await (const { item, result } of begun) await this.write(item, result);
    const sha256 = await writer.finish();
    if (writer.position !== this.total) throw changed(toc);
    return { sizeBytes: this.total, sha256 };
  }

  private async blockBytes(index: number): Promise<number> {
    const header = 2 + this.int;
    if (this.toc.desc(index) !== 'BLOBS') {
      return header + storedDataBytes(this.partOf(index).size, this.int);
    }
    let bytes = header + 1 + this.int;
    for await (const { part } of this.largeObjects(index)) {
      bytes += 1 + this.int + storedDataBytes(part.size, this.int);
    }
    return bytes;
  }

  /** The steps that write everything after the table of contents. */
  private async *steps(entries: readonly number[]): AsyncGenerator<Step> {
    for (const index of entries) {
      const dumpId = this.toc.dumpId(index);
      if (this.toc.desc(index) !== 'BLOBS') {
        yield { head: (writer) => writer.block('rows', dumpId), part: this.partOf(index) };
        continue;
      }
      yield { head: (writer) => writer.block('largeObjects', dumpId), part: null };
      for await (const { oid, part } of this.largeObjects(index)) {
        // pg_dump writes the oid as a signed int.
        yield { head: (writer) => writer.int(oid | 0), part };
      }
      yield { head: (writer) => writer.int(0), part: null };
    }
  }

  private async *largeObjects(index: number): AsyncGenerator<{ oid: number; part: Part }> {
    const list = memberOfEntry(this.toc, this.sizes, index);
    if (list === null) throw this.missing(index);
    for await (const { oid, name } of largeObjectFiles(list.path, this.options.signal)) {
      const member = directoryMember(this.toc.path, this.sizes, name);
      if (member === null) throw this.missing(index);
      yield { oid, part: partOf(member) };
    }
  }

  private partOf(index: number): Part {
    const member = memberOfEntry(this.toc, this.sizes, index);
    if (member === null) throw this.missing(index);
    return partOf(member);
  }

  private missing(index: number): AppError {
    const name = this.toc.fileName(index) ?? '';
    return new AppError('inputMissing', { path: path.join(this.toc.path, name) });
  }

  private async prepare({ member, range }: Part): Promise<Prepared> {
    const { signal } = this.options;
    const { path: file, size } = member;
    let bytes: Buffer | null = null;
    if (size <= SMALL_BYTES) {
      if (this.loop.shouldYield) await this.loop.yield();
      bytes = readSmall(file);
      if (bytes.length !== size) throw changed(this.toc);
    }
    if (range.tailBytes === 0) return { bytes, tail: null };
    const known = await this.options.ahead?.tailOf(member.name, size);
    if (known) return { bytes, tail: known };
    if (bytes !== null) assertShortHead(file, bytes);
    const stored = bytes === null ? filePieces(file, { signal }) : pieceOf(bytes);
    return { bytes, tail: await gzipTail(file, stored, signal) };
  }

  private async write({ head, part }: Step, prepared: Promise<Prepared | null>): Promise<void> {
    const { writer, options } = this;
    await head(writer);
    if (part === null) return;
    await writer.beginData(part.size);
    await writer.data(part.range.head);
    const small = part.member.size <= SMALL_BYTES;
    if (!small) await this.copy(part);
    const { bytes, tail } = (await prepared) ?? NOTHING;
    if (bytes !== null) await writer.data(bytes.subarray(part.range.start, part.range.end));
    if (tail !== null) await writer.data(tail);
    if (options.removeMembers === true) await this.removal.add(part.member.path);
    options.onProgress?.(writer.position, this.total);
  }

  private async copy({ member, range }: Part): Promise<void> {
    const { signal, onProgress } = this.options;
    const source = await openFileSource(member.path);
    try {
      if (range.tailBytes > 0) {
        assertShortHead(member.path, await readBytes(source, 0, HEAD_BYTES));
      }
      const { start, end } = range;
      const buffers = [0, 1].map(() =>
        Buffer.allocUnsafe(Math.min(PIECE, Math.max(1, end - start))),
      );
      const read = async (at: number): Promise<Buffer> => {
        const piece = buffers[((at - start) / PIECE) % 2]!.subarray(0, Math.min(PIECE, end - at));
        if ((await source.read(piece, at)) < piece.length) throw changed(this.toc);
        return piece;
      };
      // Each piece is read while the one before is written.
      let next = start < end ? read(start) : null;
      for (let at = start; next !== null; at += PIECE) {
        throwIfCancelled(signal);
        const piece: Buffer = await next;
        next = at + PIECE < end ? read(at + PIECE) : null;
        next?.catch(() => undefined);
        await this.writer.data(piece);
        onProgress?.(this.writer.position, this.total);
      }
    } finally {
      await source.close();
    }
  }
}

function readSmall(file: string): Buffer {
  try {
    return readBoundedSync(file, SMALL_BYTES);
  } catch (error) {
    throw inputError(file, error);
  }
}

async function* pieceOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function partOf(member: DirectoryMember): Part {
  const range =
    member.compression === 'gzip'
      ? gzipRange(member.size)
      : { head: Buffer.alloc(0), start: 0, end: member.size, tailBytes: 0 };
  const size = range.head.length + (range.end - range.start) + range.tailBytes;
  return { member, range, size };
}

/** The error for a directory that somebody else is changing. */
function changed(toc: Toc): AppError {
  const text = 'its files changed while they were read';
  return new AppError('inputUnreadable', { path: toc.path, text });
}

/**
 * Starts `work` for the next few items while the caller processes the first of them. If it fails, the
 * error is thrown when the caller reaches that item.
 */
async function* ahead<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
): AsyncGenerator<{ item: T; result: Promise<R> }> {
  const begun: { item: T; result: Promise<R> }[] = [];
  for await (const item of items) {
    const result = work(item);
    // The promise is awaited later; until then a failure must not count as unhandled.
    result.catch(() => undefined);
    begun.push({ item, result });
    if (begun.length > AHEAD) yield begun.shift()!;
  }
  yield* begun;
}
