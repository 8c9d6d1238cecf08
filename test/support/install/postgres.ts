import { existsSync, realpathSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { step } from '../tiers/steps';
import { debianSources } from './aptSources';
import { cachedDirectory } from './cache';
import { hasDebianTools, unpackDebianPackages } from './debianPackages';
import { run } from '../machine/run';

/** Server, clients and contrib modules of one PostgreSQL major. */
export interface PostgresInstall {
  readonly major: number;
  /** e.g. `17.11` */
  readonly version: string;
  /** Absolute; holds initdb, postgres, pg_dump, psql... */
  readonly binDir: string;
  /** What the server needs in its environment (its own C library's locales). */
  readonly serverEnv: Readonly<Record<string, string>>;
}

/** The majors that the tests use, oldest first. */
export const testedMajors: readonly number[] = [13, 15, 17, 18];

/** Raised when the recipe below changes, so that what older checkouts built is not used. */
const recipe = 'r2';

/** Which Debian releases carry a major. */
const debianSuites: Readonly<Record<number, { suites: string[]; withSecurity?: boolean }>> = {
  13: { suites: ['bullseye'], withSecurity: true },
  15: { suites: ['bookworm'] },
  17: { suites: ['trixie'] },
  18: { suites: ['forky', 'sid'] },
};

const architectures: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

const neededTools = ['initdb', 'postgres', 'pg_dump', 'pg_restore', 'pg_dumpall', 'psql'];

/** Installs (once, in the cache) and returns the given majors. Idempotent; needs no root. */
export async function ensurePostgres(majors: readonly number[]): Promise<PostgresInstall[]> {
  const isolated =
    process.platform === 'linux' && hasDebianTools() && (await debianSources()) !== undefined;
  const found = await Promise.all(
    majors.map((major) =>
      isolated && major in debianSuites && process.arch in architectures
        ? step(`PostgreSQL ${major}`, () => debianInstall(major))
        : systemInstall(major),
    ),
  );
  const missing = majors.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) throw new Error(missingText(missing));
  return found.filter((install) => install !== undefined);
}

function libraryDirs(root: string): string[] {
  const triplet = architectures[process.arch] ?? '';
  return [path.join(root, 'lib', triplet), path.join(root, 'usr/lib', triplet)];
}

/** The unpacked release's own program loader, relative to `root`. */
async function findLoader(root: string): Promise<string> {
  for (const dir of libraryDirs(root)) {
    for (const name of (await readdir(dir).catch(() => [])).sort()) {
      if (!/^ld-(linux.*\.so\.\d+|\d.*\.so)$/.test(name)) continue;
      // Old releases link with absolute paths, which lead out of the unpacked tree.
      const file = path.join(dir, name);
      if (existsSync(file) && realpathSync(file).startsWith(`${realpathSync(root)}/`)) {
        return path.relative(root, file);
      }
    }
  }
  throw new Error(`no program loader below ${root}`);
}

/** Only libraries and the programs themselves: no Perl, no JIT, no system services. */
export function isNeeded(packageName: string): boolean {
  if (/^(libllvm|libperl|libpam-|libc-l10n)/.test(packageName)) return false;
  return /^(lib|zlib1g$|tzdata$)/.test(packageName);
}

async function debianInstall(major: number): Promise<PostgresInstall> {
  const source = debianSuites[major];
  if (source === undefined) throw new Error(`no Debian release is known for PostgreSQL ${major}`);
  const dir = await cachedDirectory(
    `postgresql-${major}-${process.arch}-${recipe}`,
    async (temporary, final) => {
      const packages = [`postgresql-${major}`, `postgresql-client-${major}`, 'patchelf'];
      await unpackDebianPackages(temporary, { ...source, packages, keep: isNeeded });
      await makeSelfContained(temporary, final, major);
    },
  );
  const binDir = path.join(dir, 'usr/lib/postgresql', String(major), 'bin');
  const locales = path.join(dir, 'usr/lib/locale');
  return {
    major,
    version: await versionOf(binDir),
    binDir,
    serverEnv: existsSync(locales) ? { LOCPATH: locales } : {},
  };
}

/**
 * Makes the programs use the C library and the libraries they were unpacked with, at the place
 * where they will be (`final`). An rpath rather than LD_LIBRARY_PATH: nothing leaks into children.
 *
 * @param programs their paths below `root`
 */
export async function makeProgramsSelfContained(
  root: string,
  final: string,
  programs: readonly string[],
): Promise<string> {
  const loader = await findLoader(root);
  await run(path.join(root, loader), [
    ...['--library-path', libraryDirs(root).join(':'), path.join(root, 'usr/bin/patchelf')],
    ...['--set-interpreter', path.join(final, loader)],
    ...['--force-rpath', '--set-rpath', libraryDirs(final).join(':')],
    ...programs.map((name) => path.join(root, name)),
  ]);
  return loader;
}

/** Makes the programs of one major self-contained. */
export async function makeSelfContained(root: string, final: string, major: number): Promise<void> {
  const binDir = path.join(root, 'usr/lib/postgresql', String(major), 'bin');
  const programs = (await readdir(binDir)).filter((name) =>
    neededTools.concat(extraTools).includes(name),
  );
  const loader = await makeProgramsSelfContained(
    root,
    final,
    programs.map((name) => path.relative(root, path.join(binDir, name))),
  );
  const modules = path.join(path.dirname(binDir), 'lib');
  for (const name of (await readdir(modules)).filter((file) => file.startsWith('llvmjit'))) {
    // The library of this module is not unpacked, and the server works without the module.
    await rm(path.join(modules, name), { recursive: true });
  }
  const libraries = (await readdir(modules)).filter((name) => name.endsWith('.so'));
  await assertSelfContained(root, path.join(root, loader), [
    ...programs.map((name) => path.join(binDir, name)),
    ...libraries.map((name) => path.join(modules, name)),
  ]);
}

/** Throws when one of the files would take a library from this system, or from nowhere. */
async function assertSelfContained(
  root: string,
  loader: string,
  files: readonly string[],
): Promise<void> {
  const missing = new Set<string>();
  for (const file of files) {
    const listed = await run(loader, [
      '--library-path',
      libraryDirs(root).join(':'),
      '--list',
      file,
    ]);
    for (const [, name = '', found = ''] of listed.matchAll(/^\s*(\S+) => (\S+)/gm)) {
      if (!found.startsWith(`${root}/`)) missing.add(`${name} of ${path.basename(file)}`);
    }
  }
  if (missing.size > 0) throw new Error(`not unpacked: ${[...missing].join(', ')}`);
}

const extraTools = ['pg_ctl', 'pg_controldata', 'createdb', 'dropdb', 'pg_isready', 'pg_resetwal'];

async function versionOf(binDir: string): Promise<string> {
  const printed = await run(path.join(binDir, 'pg_dump'), ['--version']);
  return /\d+(\.\d+|devel|beta\d+|rc\d+)?/.exec(printed)?.[0] ?? printed;
}

function executable(binDir: string, name: string): string {
  return path.join(binDir, process.platform === 'win32' ? `${name}.exe` : name);
}

async function systemInstall(major: number): Promise<PostgresInstall | undefined> {
  const dirs = [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
    `/Applications/Postgres.app/Contents/Versions/${major}/bin`,
    `C:\\Program Files\\PostgreSQL\\${major}\\bin`,
  ];
  for (const binDir of dirs) {
    if (!neededTools.every((name) => existsSync(executable(binDir, name)))) continue;
    return { major, version: await versionOf(binDir), binDir, serverEnv: {} };
  }
  return undefined;
}

function missingText(majors: readonly number[]): string {
  const lines: Partial<Record<NodeJS.Platform, (major: number) => string>> = {
    darwin: (major) => `brew install postgresql@${major}`,
    win32: (major) => `winget install PostgreSQL.PostgreSQL.${major}`,
    linux: (major) => `sudo dnf install postgresql${major}-server postgresql${major}-contrib`,
  };
  const line = lines[process.platform] ?? lines.linux;
  return [
    `PostgreSQL ${majors.join(', ')} (server and client tools) was not found on this system.`,
    'The tests use several majors side by side. Install them, then run this again:',
    ...majors.map((major) => `  ${line?.(major) ?? ''}`),
    ...(process.platform === 'linux'
      ? [
          "(from your distribution or PostgreSQL's own packages. Where there is Debian's apt, the URI",
          'of a Debian archive in PGBR_DEBIAN_ARCHIVE does, too: packages of it are only unpacked.)',
        ]
      : []),
  ].join('\n');
}
