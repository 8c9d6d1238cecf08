import { throwIfCancelled } from '../bytes/abort';
import { inputError } from '../bytes/byteSource';
import { decompressed } from '../compression/decompress';
import { ScriptScanner } from './scriptScan';
import type { ScriptScan } from './scriptTypes';
import { CooperativeLoop } from '../bytes/cooperativeLoop';
import { openRegular } from '../../files/regularFile';
import type { Compression } from '../../model/archive';

export interface ScanOptions {
  signal?: AbortSignal | undefined;
  compression?: Compression | undefined;
  /** Result of `detectFile`. */
  encoding?: 'utf8' | 'utf16le' | undefined;
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
  const packed = (options.compression ?? 'none') !== 'none' || options.encoding === 'utf16le';
  return packed ? scanPieces(path, scanner, options) : scanFile(path, scanner, options);
}

/** The file is read into two buffers in turn, one being filled while the other is scanned. */
async function scanFile(
  path: string,
  scanner: ScriptScanner,
  options: ScanOptions,
): Promise<ScriptScan> {
  const handle = await openRegular(path).catch((e: unknown) => {
    throw inputError(path, e);
  });
  let pending: Promise<number> | undefined;
  try {
    const { size } = await handle.stat();
    const buffers = [
      Buffer.allocUnsafe(HEADROOM + PIECE_SIZE),
      Buffer.allocUnsafe(HEADROOM + PIECE_SIZE),
    ];
    const fill = async (turn: number, position: number): Promise<number> => {
      const { bytesRead } = await handle.read(buffers[turn]!, HEADROOM, PIECE_SIZE, position);
      return bytesRead;
    };
    let turn = 0;
    let position = 0;
    let rest = 0;
    const loop = new CooperativeLoop(options.signal);
    /** Statements take longer than rows: in between others have their turn. */
    const scan = async (
      buffer: Buffer,
      from: number,
      to: number,
      base: number,
      last: boolean,
    ): Promise<number> => {
      let done = from;
      let end = from;
      do {
        end = Math.min(to, end + SCAN_SIZE);
        done = scanner.push(buffer, done, end, base, last && end === to);
        if (end < to && loop.shouldYield) {
          options.onProgress?.(base + end, Math.max(size, base + end), scanner.scan);
          await loop.yield();
        }
      } while (end < to);
      return done;
    };
    pending = fill(0, 0);
    for (;;) {
      const read: number = await pending;
      throwIfCancelled(options.signal);
      const buffer = buffers[turn]!;
      const last = read === 0;
      turn = 1 - turn;
      if (!last) pending = fill(turn, position + read);
      const from = HEADROOM - rest;
      const to = HEADROOM + read;
      const skipped = position === 0 ? byteOrderMark(buffer.subarray(HEADROOM, to)) : 0;
      const done = await scan(buffer, from + skipped, to, position - HEADROOM, last);
      position += read;
      if (last) return scanner.finish(position);
      // At most one token of 64 kB is left.
      rest = Math.min(to - done, HEADROOM);
      buffer.copy(buffers[turn]!, HEADROOM - rest, to - rest, to);
      options.onProgress?.(position, Math.max(size, position), scanner.scan);
    }
  } catch (error) {
    throw inputError(path, error);
  } finally {
    await pending?.catch(() => undefined);
    await handle.close();
  }
}

async function scanPieces(
  path: string,
  scanner: ScriptScanner,
  options: ScanOptions,
): Promise<ScriptScan> {
  const handle = await openRegular(path).catch((e: unknown) => {
    throw inputError(path, e);
  });
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
    const skipped = position === 0 ? byteOrderMark(bytes) : 0;
    const base = position - rest.length;
    const done = scanner.push(bytes, skipped, bytes.length, base, false);
    position += piece.length;
    rest = bytes.subarray(done);
    options.onProgress?.(fileBytes, Math.max(total, fileBytes), scanner.scan);
  }
  scanner.push(rest, 0, rest.length, position - rest.length, true);
  return scanner.finish(position);
}

function byteOrderMark(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
