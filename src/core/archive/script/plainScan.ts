import type { FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '../../abort';
import { inputError } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { ScriptScanner } from './scriptScan';
import type { ScriptScan } from './scriptTypes';
import type { ScriptPiece } from './lexer/scriptPiece';
import { CooperativeLoop } from '../../cooperativeLoop';
import { openRegular } from '../../files/regularFile';
import type { Compression, ScriptEncoding } from '../../model/archive';

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  compression?: Compression | undefined;
  /** Result of `detectFile`. */
  encoding?: ScriptEncoding | undefined;
  /** Called with the bytes of the file read so far, their total, and the unfinished scan. */
  onProgress?: ((bytes: number, total: number, scan: ScriptScan) => void) | undefined;
}

const PIECE_SIZE = 1 << 20;
/** Number of bytes that are scanned between two checks of the clock. */
const SCAN_SIZE = 128 << 10;
/** Space before a piece for the unread rest of the previous piece. */
const HEADROOM = 192 << 10;

/**
 * Reads a script once, in constant memory, and finds what it contains: objects with their byte
 * ranges by pg_dump's comments, versions, encodings, backslash commands, and whether it is complete.
 * COPY rows are skipped, as fast as their end can be searched for.
 * @throws AppError `inputMissing`, `inputUnreadable`, `archiveDamaged` (compressed data) and
 *   `cancelled`
 */
export async function scanScript(path: string, options: ScanOptions = {}): Promise<ScriptScan> {
  const scanner = new ScriptScanner();
  const { compression = 'none', encoding = 'utf8' } = options;
  const packed = compression !== 'none' || encoding !== 'utf8';
  return packed ? scanPieces(path, scanner, options) : scanFile(path, scanner, options);
}

async function scanFile(
  path: string,
  scanner: ScriptScanner,
  options: ScanOptions,
): Promise<ScriptScan> {
  const handle = await openScript(path);
  const file = new ReadAhead(handle);
  try {
    const { size } = await handle.stat();
    const loop = new CooperativeLoop(options.signal);
    const progress = (offset: number): void => {
      options.onProgress?.(offset, Math.max(size, offset), scanner.scan);
    };
    for (;;) {
      const piece = await file.next();
      throwIfCancelled(options.signal);
      const done = await scanPiece(scanner, piece, loop, progress);
      const end = piece.base + piece.bytes.length;
      if (piece.last) return scanner.finish(end);
      file.keep(piece, done);
      progress(end);
    }
  } catch (error) {
    throw inputError(path, error);
  } finally {
    await file.close();
  }
}

/** Scans in slices, because statements take longer than rows. */
async function scanPiece(
  scanner: ScriptScanner,
  piece: ScriptPiece,
  loop: CooperativeLoop,
  progress: (offset: number) => void,
): Promise<number> {
  const { bytes, base, last } = piece;
  const to = bytes.length;
  let done = byteOrderMark(piece);
  let end = done;
  do {
    end = Math.min(to, end + SCAN_SIZE);
    const slice = { bytes: bytes.subarray(0, end), base, last: last && end === to };
    done = scanner.push(slice, done);
    if (end < to && loop.shouldYield) {
      progress(base + end);
      await loop.yield();
    }
  } while (end < to);
  return done;
}

/** Reads a file into two buffers alternately: one is filled while the other is in use. */
class ReadAhead {
  private readonly buffers = [
    Buffer.allocUnsafe(HEADROOM + PIECE_SIZE),
    Buffer.allocUnsafe(HEADROOM + PIECE_SIZE),
  ];
  private turn = 0;
  private position = 0;
  /** Number of bytes that were kept from the previous piece. */
  private kept = 0;
  private pending: Promise<number> | null = null;

  constructor(private readonly handle: FileHandle) {}

  /** The bytes kept from the previous piece, followed by new ones. */
  async next(): Promise<ScriptPiece> {
    const read = await (this.pending ?? this.fill());
    const buffer = this.buffers[this.turn]!;
    const base = this.position - this.kept;
    const last = read === 0;
    this.turn = 1 - this.turn;
    this.position += read;
    if (!last) this.pending = this.fill();
    return { bytes: buffer.subarray(HEADROOM - this.kept, HEADROOM + read), base, last };
  }

  /** Keeps the bytes from `from` on for the next piece: at most a token of 64 kB. */
  keep({ bytes }: ScriptPiece, from: number): void {
    this.kept = Math.min(bytes.length - from, HEADROOM);
    bytes.copy(this.buffers[this.turn]!, HEADROOM - this.kept, bytes.length - this.kept);
  }

  async close(): Promise<void> {
    await this.pending?.catch(() => undefined);
    await this.handle.close();
  }

  private async fill(): Promise<number> {
    const buffer = this.buffers[this.turn]!;
    return (await this.handle.read(buffer, HEADROOM, PIECE_SIZE, this.position)).bytesRead;
  }
}

async function scanPieces(
  path: string,
  scanner: ScriptScanner,
  options: ScanOptions,
): Promise<ScriptScan> {
  const handle = await openScript(path);
  const total = await handle.stat().then(
    (stats) => stats.size,
    () => 0,
  );
  await handle.close();
  let fileBytes = 0;
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  const pieces = decompressed(path, options.compression ?? 'none', {
    signal: options.signal,
    encoding: options.encoding,
    onRead: (bytes) => (fileBytes = bytes),
  });
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const joined = { bytes, base: position - rest.length, last: false };
    const done = scanner.push(joined, byteOrderMark(joined));
    position += piece.length;
    rest = bytes.subarray(done);
    options.onProgress?.(fileBytes, Math.max(total, fileBytes), scanner.scan);
  }
  scanner.push({ bytes: rest, base: position - rest.length, last: true }, 0);
  return scanner.finish(position);
}

function openScript(path: string): Promise<FileHandle> {
  return openRegular(path).catch((e: unknown) => {
    throw inputError(path, e);
  });
}

/** Length of the script's byte order mark; 0 = none. */
function byteOrderMark({ bytes, base }: ScriptPiece): number {
  return base === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
