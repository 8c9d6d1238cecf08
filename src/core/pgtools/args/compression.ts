import type { ToolVersion } from '../../model/tools';
import { dumpOptions } from '../catalogue/dump';
import { rowIn } from '../catalogue/rows';
import type { CompressionMethod } from '../catalogue/types';

/** Value of pg_dump's `--compress`, from 16 on. */
export interface CompressionSpec {
  method: CompressionMethod['method'];
  /** null = the method's default. */
  level: number | null;
  /** zstd's long-distance mode. */
  long: boolean;
}

export type CompressionProblem =
  | { code: 'malformed' }
  | { code: 'methodMissing'; method: string; since: number }
  /** The tool was built without it. */
  | { code: 'notBuilt'; method: string }
  | { code: 'level'; method: string; min: number; max: number }
  | { code: 'noLevel'; method: string }
  | { code: 'noLong'; method: string };

/** All methods, whatever the version. */
export function compressionMethods(): readonly CompressionMethod[] {
  const { kind } = rowIn(dumpOptions, 'compress');
  return kind.kind === 'compression' ? kind.methods : [];
}

/** The methods that a pg_dump of this version and build has. */
export function availableMethods(
  version: ToolVersion,
  built: readonly string[] | undefined,
): CompressionMethod[] {
  return compressionMethods().filter(
    ({ method, since }) =>
      version.major >= since && (method === 'none' || (built?.includes(method) ?? true)),
  );
}

/**
 * Reads `zstd`, `zstd:9`, `zstd:level=9,long`; null = something else. pg_dump reads a bare number
 * as a level only where nothing follows it.
 */
export function parseCompression(text: string): CompressionSpec | null {
  const match = /^([a-z0-9]+)(?::(.*))?$/s.exec(text);
  const found = compressionMethods().find(({ method }) => method === match?.[1]);
  if (!match || !found) return null;
  const spec: CompressionSpec = { method: found.method, level: null, long: false };
  const detail = match[2];
  if (detail === undefined) return spec;
  if (/^-?\d+$/.test(detail)) return { ...spec, level: Number(detail) };
  for (const part of detail.split(',')) {
    const level = /^level=(-?\d+)$/.exec(part)?.[1];
    if (level !== undefined) spec.level = Number(level);
    else if (part === 'long') spec.long = true;
    else return null;
  }
  return spec;
}

/** Why a pg_dump of this version and build would not compress in this way; null = it would. */
export function compressionProblem(
  text: string,
  version: ToolVersion,
  built: readonly string[] | undefined,
): CompressionProblem | null {
  const spec = parseCompression(text);
  if (spec === null) return { code: 'malformed' };
  const { method, level, long } = spec;
  const row = compressionMethods().find((each) => each.method === method);
  // 12 to 15 know bare levels only; 12 to 14 read every method as 0, which is not compressed.
  const since = Math.max(16, row?.since ?? 16);
  if (version.major < since) return { code: 'methodMissing', method, since };
  if (!availableMethods(version, built).some((each) => each.method === method)) {
    return { code: 'notBuilt', method };
  }
  if (long && row?.long !== true) return { code: 'noLong', method };
  if (level === null) return null;
  const levels = row?.levels ?? null;
  if (levels === null) return { code: 'noLevel', method };
  const { min, max } = levels;
  return level < min || level > max ? { code: 'level', method, min, max } : null;
}
