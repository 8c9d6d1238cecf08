import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../machine/run';
import { debianSources } from './aptSources';
import { cachedDirectory } from './cache';
import type { ServerUser } from '../machine/serverUser';
import { hasDebianTools, unpackDebianPackages } from './debianPackages';

/** Wine with a Windows of its own, which goes with `stop`. */
export interface Wine {
  /** Absolute path of the program that starts others. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the directory with its drives. */
  readonly prefix: string;
  /** Ends every program of this Windows, and removes it. */
  stop(): Promise<void>;
  /** The same at once, without an orderly end. */
  stopNow(): void;
}

/** Code pages of Windows that Wine takes from the name of a locale. */
const LOCALES = { 1252: 'C', 1250: 'pl_PL', 932: 'ja_JP', 65001: 'hi_IN' } as const;

export type CodePage = keyof typeof LOCALES;

export const CODE_PAGES = Object.keys(LOCALES).map((page) => Number(page) as CodePage);

/** The locale that every Debian has; files have names in UTF-8 in it. */
const UTF8_LOCALE = '/usr/lib/locale/C.utf8';

/** The user's folder for temporary files: no code page but that of UTF-8 has all its letters. */
const TEMP = ['users', 'Jürgen 日本', 'Temp'];

/** Raised when the recipes below change. */
const recipe = 'r1';
const prefixRecipe = 'r2';

const packages = [
  'libwine',
  'wine64',
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'libunwind8',
  'liblzma5',
];

const libraries = 'usr/lib/x86_64-linux-gnu';
const programs = 'usr/lib/wine';
const zlib = 'usr/x86_64-w64-mingw32ucrt/lib/zlib1.dll';

/** In a Windows: the name of the directory below /tmp where Wine's server has its sockets. */
const SOCKETS_FILE = 'wineserver';

/** @throws an error that says why, where Wine cannot be had */
export async function requireWine(): Promise<void> {
  const reasons = [
    process.platform === 'linux' ? '' : `this is ${process.platform}, not Linux`,
    process.arch === 'x64' ? '' : `this processor is ${process.arch}, not x64`,
    hasDebianTools() ? '' : 'there are no apt-get and dpkg',
    (await debianSources()) === undefined ? "apt knows no archive of Debian's" : '',
  ].filter((reason) => reason !== '');
  if (reasons.length > 0) throw new Error(`Wine cannot be had here: ${reasons.join('; ')}`);
}

/**
 * Debian's Wine 10, unpacked into the cache, and a Windows that has started once: absolute paths.
 *
 * @throws an error that says why, where Wine cannot be had
 */
export async function ensureWine(): Promise<{ wine: string; original: string }> {
  await requireWine();
  const wine = await cachedDirectory(`wine-10-x64-${recipe}`, unpackWine);
  const original = await cachedDirectory(`wine-prefix-10-x64-${prefixRecipe}`, (temporary) =>
    makeWindows(wine, temporary),
  );
  return { wine, original };
}

/**
 * Wine with a fresh copy of that Windows, whose code page is 1252 unless another is named, for
 * programs that run as `owner`; else as ourselves.
 */
export async function startWine(owner?: ServerUser, codePage: CodePage = 1252): Promise<Wine> {
  const { wine, original } = await ensureWine();
  const dir = await mkdtemp(path.join(tmpdir(), 'pg-backup-wine-'));
  const prefix = path.join(dir, 'windows');
  await cp(original, prefix, { recursive: true, verbatimSymlinks: true });
  // Names the directory of the original's sockets.
  await rm(path.join(prefix, SOCKETS_FILE), { force: true });
  await moveTemp(prefix);
  await addPlaces(prefix);
  const locales = path.join(dir, 'locales');
  await mkdir(locales);
  const locale = `${LOCALES[codePage]}.UTF-8`;
  await symlink(UTF8_LOCALE, path.join(locales, locale));
  if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, dir]);
  const own = { LOCPATH: locales, LC_ALL: locale };
  const env = { ...startEnv(prefix), ...own };
  return {
    file: path.join(wine, programs, 'wine64'),
    env: { ...wineEnv(prefix), ...own },
    prefix,
    stop: async () => {
      await run(path.join(wine, programs, 'wineserver'), ['-k'], { env, ...owner }).catch(() => '');
      killProgramsOf(prefix);
      removeSockets(prefix);
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
    stopNow: () => {
      killProgramsOf(prefix);
      removeSockets(prefix);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A second drive, and a share: `X:` and `\\nas\backups`. */
async function addPlaces(prefix: string): Promise<void> {
  const drives = path.join(prefix, 'dosdevices');
  const server = path.join(drives, 'unc/nas');
  const [drive, share] = ['drive of x', 'share of nas'].map((name) => path.join(prefix, name));
  await Promise.all([drive, share, server].map((dir) => mkdir(dir ?? '', { recursive: true })));
  await symlink(drive ?? '', path.join(drives, 'x:'));
  await symlink(share ?? '', path.join(server, 'backups'));
}

/** Windows takes the names of these folders from the registry. */
async function moveTemp(prefix: string): Promise<void> {
  await mkdir(path.join(prefix, 'drive_c', ...TEMP), { recursive: true });
  const registry = path.join(prefix, 'user.reg');
  const said = ['C:', ...TEMP]
    .join('\\\\')
    .replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const text = await readFile(registry, 'latin1');
  const moved = text.replace(/^"(TE?MP)"=.*$/gm, (_, name: string) => `"${name}"="${said}"`);
  await writeFile(registry, moved, 'latin1');
}

function wineEnv(prefix: string): Record<string, string> {
  return {
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
    // With this locale the names of files are in UTF-8, while Windows' code page is 1252.
    LC_ALL: 'C.UTF-8',
  };
}

/** The environment in which Wine is started: with a `TMPDIR`, Wine 10 crashes at the start. */
function startEnv(prefix: string): Record<string, string | undefined> {
  return { ...wineEnv(prefix), TMPDIR: undefined };
}

/**
 * Kills the programs of a Windows: a service that hangs during shutdown keeps Wine's server waiting
 * for ever.
 */
function killProgramsOf(prefix: string): void {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (environment.includes(`WINEPREFIX=${prefix}`)) process.kill(Number(name), 'SIGKILL');
    } catch {
      // The process has ended, or is another user's.
    }
  }
}

async function unpackWine(temporary: string, final: string): Promise<void> {
  const all = [...packages, 'libz-mingw-w64', 'patchelf'];
  await unpackDebianPackages(temporary, { suites: ['trixie'], packages: all, keep: () => false });
  await rm(path.join(temporary, libraries, 'wine/i386-windows'), { recursive: true, force: true });
  const loader = path.join(libraries, 'ld-linux-x86-64.so.2');
  const search = [libraries, path.join(libraries, 'wine/x86_64-unix')];
  await run(path.join(temporary, loader), [
    ...[
      '--library-path',
      path.join(temporary, libraries),
      path.join(temporary, 'usr/bin/patchelf'),
    ],
    ...['--set-interpreter', path.join(final, loader), '--force-rpath'],
    ...['--set-rpath', search.map((dir) => path.join(final, dir)).join(':')],
    ...['wine64', 'wineserver64'].map((name) => path.join(temporary, programs, name)),
  ]);
  // A script with a fixed path, and the place where wineserver looks for its tables.
  const server = path.join(temporary, programs, 'wineserver');
  await rm(server, { force: true });
  await symlink('wineserver64', server);
  await mkdir(path.join(temporary, 'usr/share/wine/wine'), { recursive: true });
  const nls = path.join(temporary, 'usr/share/wine/wine/nls');
  await rm(nls, { force: true, recursive: true });
  await symlink('../nls', nls);
}

async function makeWindows(wine: string, prefix: string): Promise<void> {
  const system = path.join(prefix, 'drive_c/windows/system32');
  await mkdir(system, { recursive: true });
  await cp(path.join(wine, zlib), path.join(system, 'zlib1.dll'));
  const env = startEnv(prefix);
  await run(path.join(wine, programs, 'wine64'), ['wineboot', '-u'], { env });
  await run(path.join(wine, programs, 'wineserver'), ['-w'], { env });
  removeSockets(prefix);
}

function removeSockets(prefix: string): void {
  const file = path.join(prefix, SOCKETS_FILE);
  try {
    const name = readFileSync(file, 'utf8').trim();
    if (/^wine-\w+$/.test(name)) rmSync(path.join('/tmp', name), { recursive: true, force: true });
    rmSync(file, { force: true });
  } catch {
    // No server was started.
  }
}
