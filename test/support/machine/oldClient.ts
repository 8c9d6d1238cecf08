import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cachedDirectory } from './cache';
import { hasDebianTools, unpackDebianPackages } from './debianPackages';
import { isNeeded, makeSelfContained } from './postgres';

/** psql of Debian 11 as it was released last, without security updates: 13.16 or so. */
const major = 13;

/**
 * A folder with a psql of before August 2025, which does not know `\restrict`; null where Debian's
 * packages cannot be had. Installs it once, in the cache.
 */
export async function ensureOldClient(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !hasDebianTools()) return null;
  const dir = await cachedDirectory(`postgresql-old-client-${process.arch}-r1`, build);
  return path.join(dir, 'usr/lib/postgresql', String(major), 'bin');
}

async function build(temporary: string, final: string): Promise<void> {
  const packages = [`postgresql-client-${major}`, 'patchelf'];
  await unpackDebianPackages(temporary, { suites: ['bullseye'], packages, keep: isNeeded });
  await makeSelfContained(temporary, final, major);
  const tools = await readdir(path.join(temporary, 'usr/lib/postgresql', String(major), 'bin'));
  if (!tools.includes('psql')) throw new Error('the old client has no psql');
}
