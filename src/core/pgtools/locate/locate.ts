import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mapConcurrently } from '../../mapConcurrently';
import { AppError } from '../../errors';
import { isFile } from '../../files/isFile';
import { parseVersion } from '../choose/parseVersion';
import {
  TOOL_NAMES,
  type ToolInstall,
  type ToolName,
  type ToolSearch,
  type ToolVersion,
} from '../../model/tools';
import { usualPlaces } from './usualPlaces';
import { isWithin, samePath } from '../../files/samePath';

export interface FindToolsOptions {
  /** The user's setting: a directory with tools, one above it (`…/bin`, `…/17/bin`), or a tool. */
  toolsPath?: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  homeDir: string;
  /** Nothing in or below them is ever run: workspace folders. */
  excludeDirs: readonly string[];
  /** Patterns to look at instead of this platform's usual places. */
  places?: readonly string[];
}

/** A tool that does not print its version in this time (milliseconds) is not usable. */
const VERSION_TIMEOUT = 10_000;

/** Most tools whose version is read at a time: each takes a process and some file handles. */
const ASKED_AT_ONCE = 8;

/** Attempts to start a tool while there are too few file handles. */
const START_ATTEMPTS = 20;
const START_RETRY_MS = 100;

type Source = ToolInstall['source'];

interface Candidate {
  /** Where it was found, which is what will be run. */
  file: string;
  /** The real path, behind all links. */
  real: string;
  tool: ToolName;
  source: Source;
}

/**
 * Finds the PostgreSQL client tools of this machine: through the setting, PATH and the platform's
 * usual places, all of them, each with its version. Only absolute places count; the excluded
 * directories neither as places nor as what a link leads to.
 */
export async function findTools(options: FindToolsOptions): Promise<ToolSearch> {
  const search: ToolSearch = { installs: [], searched: [], rejected: [] };
  const excluded = await realDirs(options.excludeDirs);
  const candidates: Candidate[] = [];
  const seen = new Set<string>();
  for (const { dir, source } of await directories(options, search)) {
    for (const candidate of await toolsIn(dir, source, options.platform)) {
      const key = `${candidate.tool}\0${candidate.real}`;
      if (seen.has(key)) continue;
      seen.add(key);
      // Debian's /usr/bin/pg_dump is a script that picks a version by the cluster it finds.
      if (path.basename(candidate.real) === 'pg_wrapper') {
        search.rejected.push({ path: candidate.file, reason: 'wrapper' });
      } else if (isExcluded([candidate.file, candidate.real], excluded, options)) {
        search.rejected.push({ path: candidate.file, reason: 'excluded' });
      } else {
        candidates.push(candidate);
      }
    }
  }
  const versions = await mapConcurrently(candidates, ASKED_AT_ONCE, (c) =>
    askVersion(c, options.env),
  );
  const installs = new Installs();
  candidates.forEach((candidate, i) => {
    const answer = versions[i] ?? 'notATool';
    if (typeof answer === 'object') installs.add(candidate, answer);
    else search.rejected.push({ path: candidate.file, reason: answer });
  });
  return { ...search, installs: installs.list() };
}

/** Tools in the same real directory with the same version belong together. */
class Installs {
  private readonly byPlace = new Map<string, ToolInstall>();

  add(candidate: Candidate, version: ToolVersion): void {
    const place = `${path.dirname(candidate.real)}\0${version.text}`;
    let install = this.byPlace.get(place);
    if (!install) {
      install = { dir: path.dirname(candidate.file), version, tools: {}, source: candidate.source };
      this.byPlace.set(place, install);
    }
    install.tools[candidate.tool] ??= candidate.file;
  }

  list(): ToolInstall[] {
    return [...this.byPlace.values()];
  }
}

async function directories(
  options: FindToolsOptions,
  search: ToolSearch,
): Promise<{ dir: string; source: Source }[]> {
  const { env, platform, homeDir, toolsPath } = options;
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const found: { dir: string; source: Source }[] = [];
  const add = async (pattern: string, source: Source): Promise<void> => {
    search.searched.push(pattern);
    for (const dir of await expand(pattern)) found.push({ dir, source });
  };
  if (toolsPath !== undefined && toolsPath !== '') {
    if (paths.isAbsolute(toolsPath)) {
      const dir = (await isFile(toolsPath)) ? path.dirname(toolsPath) : toolsPath;
      await add(dir, 'setting');
      await add(path.join(dir, 'bin'), 'setting');
      await add(path.join(dir, '*', 'bin'), 'setting');
    } else {
      search.rejected.push({ path: toolsPath, reason: 'relative' });
    }
  }
  for (const entry of pathEntries(env, platform)) {
    if (paths.isAbsolute(entry)) await add(entry, 'path');
    else search.rejected.push({ path: entry, reason: 'relative' });
  }
  for (const pattern of options.places ?? usualPlaces(platform, env, homeDir)) {
    await add(pattern, 'wellKnown');
  }
  return found;
}

/** The entries of PATH; an empty one means the working directory. */
function pathEntries(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string[] {
  // Windows ignores the case of variable names, a copied environment does not.
  const name =
    platform === 'win32' ? Object.keys(env).find((key) => key.toUpperCase() === 'PATH') : 'PATH';
  const value = name === undefined ? undefined : env[name];
  if (value === undefined || value === '') return [];
  const entries = value.split(platform === 'win32' ? ';' : ':');
  return platform === 'win32' ? entries.map((e) => e.replace(/^"(.*)"$/, '$1')) : entries;
}

/** The directories that match an absolute pattern; newest version first where names contain one. */
async function expand(pattern: string): Promise<string[]> {
  const star = pattern.indexOf('*');
  if (star < 0) return [pattern];
  const before = pattern.slice(0, star);
  const parent = path.dirname(`${before}x`);
  const rest = path.relative(parent, pattern).split(path.sep);
  const [first = '', ...below] = rest;
  const [prefix = '', suffix = ''] = first.split('*');
  const names = await readdir(parent).catch(() => []);
  return names
    .filter((n) => n.length >= first.length - 1 && n.startsWith(prefix) && n.endsWith(suffix))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => path.join(parent, name, ...below));
}

async function toolsIn(
  dir: string,
  source: Source,
  platform: NodeJS.Platform,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const tool of TOOL_NAMES) {
    const file = path.join(dir, platform === 'win32' ? `${tool}.exe` : tool);
    if (!(await isFile(file))) continue;
    found.push({ file, real: await realpath(file), tool, source });
  }
  return found;
}

/** The directories as given and as they really are. */
async function realDirs(dirs: readonly string[]): Promise<string[]> {
  const real = await Promise.all(dirs.map((dir) => realpath(dir).catch(() => dir)));
  return [...new Set([...dirs, ...real])];
}

/**
 * Does one of the files lie in or below one of the directories? The root and what the home
 * directory lies in would exclude nearly everything when an editor was started there, so for these
 * only files directly in them are excluded.
 */
function isExcluded(
  files: readonly string[],
  dirs: readonly string[],
  { platform, homeDir }: FindToolsOptions,
): boolean {
  return dirs.some((dir) =>
    files.some((file) =>
      isWithin(homeDir, dir, platform)
        ? samePath(path.dirname(file), dir, platform)
        : isWithin(file, dir, platform),
    ),
  );
}

/**
 * Reads a tool's version. Waits for file handles where there are too few: those that read other
 * versions may hold them.
 */
async function askVersion(
  candidate: Candidate,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ToolVersion | 'notATool' | 'notStarted'> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    try {
      return (await versionOf(candidate, env)) ?? 'notATool';
    } catch (error) {
      if (!AppError.is(error, 'toolNotStarted')) throw error;
      await delay(START_RETRY_MS);
    }
  }
  return 'notStarted';
}

async function versionOf(
  candidate: Candidate,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ToolVersion | null> {
  const { startProgram } = await import('./startProgram');
  const result = await startProgram(candidate.file, ['--version'], {
    shell: false,
    reject: false,
    stdin: 'ignore',
    cwd: path.dirname(candidate.file),
    extendEnv: false,
    env: { ...env, LC_ALL: 'C' },
    timeout: VERSION_TIMEOUT,
    forceKillAfterDelay: 500,
    maxBuffer: 10_000,
    windowsHide: true,
  });
  if (result.failed) return null;
  const parsed = parseVersion(result.stdout.trim());
  return parsed?.tool === candidate.tool ? parsed.version : null;
}
