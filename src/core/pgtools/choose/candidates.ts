import type { ArchiveWarning } from '../../model/archive';
import { AppError } from '../../errors';
import type { ToolChoice, ToolInstall, ToolName } from '../../model/tools';
import { knowsRestrict } from '../catalogue/restrict';
import {
  chooseForBackup,
  chooseForRestore,
  chooseForScript,
  OLDEST_TOOL_MAJOR,
  readsArchive,
} from './choose';
import { compareVersions } from './parseVersion';
import { pathKey, platformOfPath } from '../../files/pathKey';

/** Task that a tool is needed for. */
export type ToolTask =
  | { tool: 'pg_dump' | 'pg_dumpall'; server: { major: number; version: string } }
  | { tool: 'pg_restore'; server: { major: number }; archiveVersion: string | null }
  | { tool: 'psql'; server: { major: number }; script: { warnings: readonly ArchiveWarning[] } };

/** Why an installed tool cannot do it. */
export type Unfit =
  | 'toolMissing'
  | 'tooOld'
  | 'serverNewer'
  | 'archiveNewer'
  /** The script has `\restrict` lines. */
  | 'restrictUnknown';

/** Why this install cannot do it; null = it can. */
export function unfitFor(install: ToolInstall, task: ToolTask): Unfit | null {
  const { major } = install.version;
  if (install.tools[task.tool] === undefined) return 'toolMissing';
  if (major < OLDEST_TOOL_MAJOR) return 'tooOld';
  switch (task.tool) {
    case 'pg_dump':
    case 'pg_dumpall':
      return major < task.server.major ? 'serverNewer' : null;
    case 'pg_restore': {
      const version = task.archiveVersion;
      return version !== null && !readsArchive(major, version) ? 'archiveNewer' : null;
    }
    case 'psql': {
      const knows = knowsRestrict(install.version);
      return task.script.warnings.includes('restrictKeys') && !knows ? 'restrictUnknown' : null;
    }
  }
}

/**
 * The install for a task: the one in `toolDir` if the user chose one, else the one that fits best.
 * A chosen one is taken even if it does not fit: the forms show why it does not.
 *
 * @param toolDir only a directory in which tools were found counts
 * @throws AppError `toolMissing` when there are none there; else as the three choosers
 */
export function chooseTool(
  installs: readonly ToolInstall[],
  task: ToolTask,
  toolDir: string | null,
): ToolChoice {
  if (toolDir !== null) {
    const install = installs.find((each) => isSamePlace(each.dir, toolDir));
    if (install?.tools[task.tool] === undefined) {
      throw new AppError('toolMissing', { tool: task.tool, dir: toolDir });
    }
    return { install, reason: 'chosen' };
  }
  switch (task.tool) {
    case 'pg_dump':
    case 'pg_dumpall':
      return chooseForBackup(installs, task.server, task.tool);
    case 'pg_restore':
      return chooseForRestore(installs, task.archiveVersion, task.server.major);
    case 'psql':
      return chooseForScript(installs, task.server.major, task.script);
  }
}

/** The installs that have the tool, the newest first. */
export function candidatesFor(installs: readonly ToolInstall[], tool: ToolName): ToolInstall[] {
  return installs
    .filter((install) => install.tools[tool] !== undefined)
    .sort((a, b) => compareVersions(b.version, a.version));
}

/**
 * Do both paths name one folder? A path that was typed may be spelled in another way than the path
 * that was found.
 */
function isSamePlace(a: string, b: string): boolean {
  return pathKey(a, platformOfPath(a)) === pathKey(b, platformOfPath(b));
}
