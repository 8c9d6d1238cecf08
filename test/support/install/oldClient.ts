import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ubuntuArchive } from './aptSources';
import { cachedDirectory } from './cache';
import { hasDebianTools, unpackDebianPackages, type DebianSelection } from './debianPackages';
import { isNeeded, makeSelfContained } from './postgres';

/** A psql of before August 2025, which does not know `\restrict`. */
export interface OldClient {
  /** `old 13` */
  readonly name: string;
  readonly binDir: string;
}

/** Suites with the minor releases of their own time: about 13.16, 12.2, 14.2 and 16.2. */
const releases: Readonly<Record<number, Pick<DebianSelection, 'of' | 'suites'>>> = {
  13: { suites: ['bullseye'] },
  12: { of: 'ubuntu', suites: ['focal'] },
  14: { of: 'ubuntu', suites: ['jammy'] },
  16: { of: 'ubuntu', suites: ['noble'] },
};

/**
 * The old clients that are available on this machine, installed once in the cache: none without
 * apt. Those of Ubuntu only where its archive is known (`ubuntuArchive`).
 */
export async function ensureOldClients(): Promise<OldClient[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !hasDebianTools()) return [];
  const hasUbuntu = (await ubuntuArchive()) !== undefined;
  const majors = Object.keys(releases).map(Number);
  const wanted = majors.filter((major) => releases[major]?.of !== 'ubuntu' || hasUbuntu);
  const clients: OldClient[] = [];
  for (const major of wanted) clients.push(await ensureClient(major));
  return clients;
}

async function ensureClient(major: number): Promise<OldClient> {
  const { of = 'debian', suites = [] } = releases[major] ?? {};
  const from = of === 'debian' ? 'old-client' : `old-client-${major}`;
  const dir = await cachedDirectory(
    `postgresql-${from}-${process.arch}-r1`,
    async (temporary, final) => {
      const packages = [`postgresql-client-${major}`, 'patchelf'];
      await unpackDebianPackages(temporary, { of, suites, packages, keep: isNeeded });
      await makeSelfContained(temporary, final, major);
      const tools = await readdir(path.join(temporary, 'usr/lib/postgresql', `${major}`, 'bin'));
      if (!tools.includes('psql')) throw new Error('the old client has no psql');
    },
  );
  return {
    name: `old ${major}`,
    binDir: path.join(dir, 'usr/lib/postgresql', String(major), 'bin'),
  };
}
