import { countLines } from '../bytes/countLines';
import { decompressed } from '../compression/decompress';
import type { FoundReach } from '../reach/statementReach';
import type { FileKind, Reach } from '../../model/archive';

/**
 * Findings of a scan, with their line numbers. To count lines, a script with findings is read again,
 * up to the last of them.
 *
 * @throws AppError as `decompressed`
 */
export async function reachOfScript(
  path: string,
  { compression, encoding }: Extract<FileKind, { kind: 'plain' }>,
  found: readonly FoundReach[],
  signal?: AbortSignal,
): Promise<Reach[]> {
  const lines = new Map<number, number>();
  const offsets = [...new Set(found.map(({ offset }) => offset))].sort((a, b) => a - b);
  const last = offsets.at(-1) ?? -1;
  let line = 1;
  let position = 0;
  let next = 0;
  if (last >= 0) {
    for await (const piece of decompressed(path, compression, { encoding, signal })) {
      let at = 0;
      while (next < offsets.length && offsets[next]! <= position + piece.length) {
        const stop = offsets[next]! - position;
        line += countLines(piece, at, stop);
        at = stop;
        lines.set(offsets[next]!, line);
        next++;
      }
      line += countLines(piece, at, piece.length);
      position += piece.length;
      if (next >= offsets.length) break;
    }
  }
  return found.map(({ kind, statement, count, offset }) => ({
    ...{ kind, statement, count, object: null },
    line: lines.get(offset) ?? null,
  }));
}
