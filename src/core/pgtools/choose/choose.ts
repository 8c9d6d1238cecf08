import type { ArchiveWarning } from '../../model/archive';
import { AppError } from '../../errors';
import { NEWEST_MAJOR, type ToolChoice, type ToolInstall, type ToolName } from '../../model/tools';
import { knowsRestrict, restrictReleases } from '../catalogue/restrict';
import { compareVersions } from './parseVersion';

/** Older tools print other messages and lack options that are taken for granted here. */
export const OLDEST_TOOL_MAJOR = 12;

/**
 * The install whose pg_dump backs up this server: of the server's own major, so that its tools
 * read the archive later; else of the nearest newer major. pg_dump refuses servers newer than
 * itself, after it has emptied the output file.
 *
 * @param installs as found, preferred first
 * @param tool pg_dumpall starts the pg_dump beside it, and refuses one of another version
 * @throws AppError `toolsNotFound`, `toolMissing`, `serverNewerThanTools`
 */
export function chooseForBackup(
  installs: readonly ToolInstall[],
  server: { major: number; version: string },
  tool: 'pg_dump' | 'pg_dumpall' = 'pg_dump',
): ToolChoice {
  const usable = having(tool, installs);
  const own = newest(usable.filter((i) => i.version.major === server.major));
  if (own) return { install: own, reason: 'serverMajor' };
  const newer = usable.filter((i) => i.version.major > server.major);
  const nearestMajor = Math.min(...newer.map((i) => i.version.major));
  const nearest = newest(newer.filter((i) => i.version.major === nearestMajor));
  if (nearest) return { install: nearest, reason: 'nearestNewer' };
  const best = newestOf(usable);
  throw new AppError('serverNewerThanTools', {
    server: server.version,
    newest: best.version.text,
    dir: best.dir,
  });
}

/**
 * The install whose pg_restore restores this archive: of the target's own major where that reads
 * the archive, because newer ones send settings that an older server does not know; else the
 * newest that reads it.
 *
 * @param archiveVersion e.g. `1.16`; null = not known
 * @throws AppError `toolsNotFound`, `toolMissing`, `archiveNewerThanTools`
 */
export function chooseForRestore(
  installs: readonly ToolInstall[],
  archiveVersion: string | null,
  targetMajor: number,
): ToolChoice {
  const usable = having('pg_restore', installs);
  const reading = usable.filter(
    (i) => archiveVersion === null || readsArchive(i.version.major, archiveVersion),
  );
  const own = newest(reading.filter((i) => i.version.major === targetMajor));
  if (own) return { install: own, reason: 'targetMajor' };
  const best = newest(reading);
  if (best) return { install: best, reason: 'newest' };
  throw new AppError('archiveNewerThanTools', {
    archive: archiveVersion ?? '',
    needs: majorForArchive(archiveVersion ?? ''),
    newest: newestOf(usable).version.text,
  });
}

/**
 * The install whose psql runs a script: of the target's own major, else the newest, among those
 * that know `\restrict` (13.22, 14.19, 15.14, 16.10, 17.6, 18): it keeps the script from running
 * programs. Scripts that contain such lines only run with one of these.
 *
 * @throws AppError `toolsNotFound`, `toolMissing`, `archiveNewerThanTools`
 */
export function chooseForScript(
  installs: readonly ToolInstall[],
  targetMajor: number,
  script: { warnings: readonly ArchiveWarning[] } | null,
): ToolChoice {
  const usable = having('psql', installs);
  const restricting = usable.filter(({ version }) => knowsRestrict(version));
  const needed = script?.warnings.includes('restrictKeys') === true;
  const able = restricting.length > 0 || needed ? restricting : usable;
  const own = newest(able.filter((i) => i.version.major === targetMajor));
  if (own) return { install: own, reason: 'targetMajor' };
  const best = newest(able);
  if (best) return { install: best, reason: 'newest' };
  throw new AppError('archiveNewerThanTools', {
    archive: '\\restrict',
    needs: restrictReleases(),
    newest: newestOf(usable).version.text,
  });
}

/**
 * Does the pg_restore of this major read archives of this version? Measured: 12 to 15 read up to
 * 1.14, 16 up to 1.15, 17 and 18 up to 1.16.
 */
export function readsArchive(major: number, archiveVersion: string): boolean {
  const needed = Number(/^1\.(\d+)$/.exec(archiveVersion)?.[1] ?? Infinity);
  return needed <= newestArchiveMinor(major);
}

/** The archive version that the pg_dump of this major writes. */
export function archiveVersionOf(major: number): string {
  return `1.${newestArchiveMinor(major)}`;
}

function newestArchiveMinor(major: number): number {
  if (major >= 17) return 16;
  return major === 16 ? 15 : 14;
}

/** The first major that reads it, as text. */
function majorForArchive(archiveVersion: string): string {
  const major = [OLDEST_TOOL_MAJOR, 16, 17].find((m) => readsArchive(m, archiveVersion));
  return major === undefined ? `> ${NEWEST_MAJOR}` : String(major);
}

function having(tool: ToolName, installs: readonly ToolInstall[]): ToolInstall[] {
  const usable = installs.filter(
    (i) => i.tools[tool] !== undefined && i.version.major >= OLDEST_TOOL_MAJOR,
  );
  if (usable.length > 0) return usable;
  const [first] = installs;
  if (first) throw new AppError('toolMissing', { tool, dir: first.dir });
  throw new AppError('toolsNotFound', { searched: '' });
}

/** The newest; among equals the first, which comes from the preferred source. */
function newest(installs: readonly ToolInstall[]): ToolInstall | undefined {
  let best: ToolInstall | undefined;
  for (const install of installs) {
    if (!best || compareVersions(install.version, best.version) > 0) best = install;
  }
  return best;
}

function newestOf(usable: readonly ToolInstall[]): ToolInstall {
  const best = newest(usable);
  if (!best) throw new Error('no installs');
  return best;
}
