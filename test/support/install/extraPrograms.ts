import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { debianSources } from './aptSources';
import { cachedDirectory } from './cache';
import { hasDebianTools, unpackDebianPackages } from './debianPackages';
import { isNeeded, makeProgramsSelfContained } from './postgres';
import { installSystemPackages } from './systemPackages';

/** Programs that some tests need beside PostgreSQL's. */
export interface ExtraPrograms {
  /** Name of the folder in the cache. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Where the packages have them, e.g. `usr/sbin/sshd`. */
  readonly programs: readonly string[];
}

/** Absolute path of a library that is put before others (LD_PRELOAD), of Debian, unpacked once. */
export async function ensureLibrary(name: string, file: string): Promise<string> {
  const inFolder = async (root: string): Promise<string | undefined> => {
    const names = existsSync(root) ? await readdir(root, { recursive: true }) : [];
    const found = names.find((each) => path.basename(each) === file);
    return found === undefined ? undefined : path.join(root, found);
  };
  if (!hasDebianTools() || (await debianSources()) === undefined) {
    await installSystemPackages([name]);
    return (await inFolder('/usr/lib')) ?? file;
  }
  const dir = await cachedDirectory(`${name}-${process.arch}-r1`, (temporary) =>
    unpackDebianPackages(temporary, {
      ...{ suites: ['bookworm', 'trixie'], packages: [name], keep: () => false },
    }),
  );
  return (await inFolder(dir)) ?? file;
}

/** Absolute paths of the programs: the system's, else Debian's, unpacked once into the cache. */
export async function ensurePrograms({
  name,
  packages,
  programs,
}: ExtraPrograms): Promise<string[]> {
  const ofSystem = programs.map((file) => `/${file}`);
  if (ofSystem.every((file) => existsSync(file))) return ofSystem;
  if (!hasDebianTools() || (await debianSources()) === undefined) {
    await installSystemPackages(packages);
    return ofSystem;
  }
  const dir = await cachedDirectory(`${name}-${process.arch}-r1`, async (temporary, final) => {
    await unpackDebianPackages(temporary, {
      suites: ['bookworm', 'trixie'],
      packages: [...packages, 'patchelf'],
      keep: isNeeded,
    });
    await makeProgramsSelfContained(temporary, final, programs);
  });
  return programs.map((file) => path.join(dir, file));
}
