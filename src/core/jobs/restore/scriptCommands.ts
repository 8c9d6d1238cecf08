import { decompressed } from '../../archive/compression/decompress';
import { scanScript } from '../../archive/script/plainScan';
import type { Compression } from '../../model/archive';

/** A psql command in a script. */
export interface FoundCommand {
  /** From 1. */
  line: number;
  /** As it stands there, at most 200 characters. */
  command: string;
}

export interface FindCommandOptions {
  compression: Compression;
  encoding: 'utf8' | 'utf16le';
  signal: AbortSignal;
}

/**
 * The first psql command of a script that is not one of pg_dump's own (`\restrict`, `\connect`):
 * such commands read files and run programs on this machine. Throws as `scanScript`.
 */
export async function findMetaCommand(
  path: string,
  options: FindCommandOptions,
): Promise<FoundCommand | null> {
  const { metaCommands } = await scanScript(path, options);
  const [first] = metaCommands;
  if (!first) return null;
  let line = 1;
  let left = first.offset;
  for await (const piece of decompressed(path, options.compression, options)) {
    const part = piece.subarray(0, left);
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) line++;
    left -= part.length;
    if (left <= 0) break;
  }
  return { line, command: first.text };
}
