import type { FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '../bytes/abort';
import { inputError } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { ScriptScanner } from './scriptScan';
import type { ScriptScan } from './scriptTypes';
import type { ScriptPiece } from './lexer/scriptPiece';
import { CooperativeLoop } from '../bytes/cooperativeLoop';
import { openRegular } from '../../files/regularFile';
import type { Compression, ScriptEncoding } from '../../model/archive';

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  compression?: Compression | undefined;
  /** Result of `detectFile`. */
  encoding?: ScriptEncoding | undefined;
  /** Bytes of the file read so far, of how many; what was found so far is in `scan`. */
  onProgress?: ((bytes: number, total: number, scan: ScriptScan) => void) | undefined;
}

const PIECE_SIZE = 1 << 20;
/** Bytes that are scanned between two looks at the clock. */
const SCAN_SIZE = 128 << 10;
/** Room before a piece for what is left of the one before. */
const HEADROOM = 192 << 10;

/**
 * Reads a script once, in pieces and with constant memory, and tells what is in it: the objects by
 * pg_dump's own comments with their byte ranges, versions, encodings, backslash commands, and
 * whether its end is there. COPY rows are skipped at the speed of a search for their end.
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

/** Statements take longer than rows, so others have their turn within a piece. */
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

/** Reads a file into two buffers in turn, one being filled while the other is in use. */
class ReadAhead {
  private readonly buffers = [
    Buffer.allocUnsafe(HEADROOM + PIECE_SIZE),
    Buffer.allocUnsafe(HEADROOM + PIECE_SIZE),
  ];
  private turn = 0;
  private position = 0;
  /** Bytes that were kept of the piece before. */
  private kept = 0;
  private pending: Promise<number> | null = null;

  constructor(private readonly handle: FileHandle) {}

  /** What was kept of the piece before, and what comes behind it. */
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

  /** The next piece begins with the bytes of this one from `from` on, at most a token of 64 kB. */
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

/** Length of the byte order mark that the script begins with. */
function byteOrderMark({ bytes, base }: ScriptPiece): number {
  return base === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
