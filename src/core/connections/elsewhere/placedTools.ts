import os from 'node:os';
import path from 'node:path';
import { dialledTarget } from '../dialledTarget';
import { NO_CONNECTION, scrubEnvironment } from '../inherited';
import { describeTools } from '../toolsElsewhere';
import { AppError } from '../../errors';
import type { ConnectionProfile, ToolsElsewhere } from '../../model/profile';
import {
  TOOL_NAMES,
  type DialledInside,
  type ToolInstall,
  type ToolName,
  type ToolPlace,
  type ToolSearch,
} from '../../model/tools';
import { placedFile } from '../../pgtools/args/toolPlace';
import { parseVersion } from '../../pgtools/choose/parseVersion';
import {
  dialFrom,
  ensureToolsContainer,
  ENGINES,
  isThisMachine,
  runningContainer,
  type Engine,
  type OutsideAddress,
} from '../../pgtools/locate/containers';
import { findPlaceProgram } from '../../pgtools/locate/startPlaced';

type Variables = Readonly<Record<string, string | undefined>>;

/** Milliseconds for asking all tools of one place for their versions. */
const TIMEOUT_MS = 20_000;

/** Folders that widespread images and packages install the tools in. */
const FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/usr/local/pgsql/bin',
  '/opt/bitnami/postgresql/bin',
  '/usr/libexec/postgresql*',
  '/usr/local/bin',
  '/usr/bin',
];

/** Prints each tool and its version. Debian's `pg_wrapper`, which chooses a version, is left out. */
const FIND = `IFS=:; set -- $PATH; unset IFS
for d in "$@" ${FOLDERS.join(' ')}; do
  for t in pg_dump pg_restore psql pg_dumpall; do
    [ -x "$d/$t" ] || continue
    f=$(readlink -f "$d/$t")
    case "$f" in */pg_wrapper) continue;; esac
    echo "$f|$("$f" --version 2>/dev/null)"
  done
done`;

/**
 * Finds the tools in the container, image or WSL distribution that a connection names, and the
 * address of the connection's server as seen from there.
 *
 * @throws AppError `toolsUnreachable`: the place cannot be reached or has no tools; `toolNotStarted`
 */
export async function findPlacedTools(
  profile: ConnectionProfile,
  tools: ToolsElsewhere,
  variables: Variables,
): Promise<ToolSearch> {
  const { hosts } = dialledTarget(profile, { inherited: variables });
  const { place, dial } = await reach(tools, hosts, variables);
  const installs = await installsIn(place, variables);
  if (installs.length === 0) throw unreachable(tools, 'noTools');
  return { installs, searched: [`${place.by}:${place.name}`], rejected: [], inside: { dial } };
}

async function reach(
  tools: ToolsElsewhere,
  hosts: readonly OutsideAddress[],
  variables: Variables,
): Promise<{ place: ToolPlace; dial: DialledInside | null }> {
  if ('wsl' in tools) {
    if (findPlaceProgram('wsl', variables) === null) throw unreachable(tools, 'noEngine');
    return { place: { by: 'wsl', name: tools.wsl }, dial: null };
  }
  const engines = ENGINES.filter(
    (one) => (tools.by ?? one) === one && findPlaceProgram(one, variables) !== null,
  );
  if (engines.length === 0) throw unreachable(tools, 'noEngine');
  if ('image' in tools) {
    const place = await toolsContainerOf(engines, tools.image, variables);
    return { place, dial: fromToolsContainer(hosts) };
  }
  const container = await runningContainer(tools.container, tools.by, variables);
  if (container === null) throw unreachable(tools, 'notRunning');
  const place = { by: container.by, name: container.name };
  return { place, dial: dialFrom(container, hosts) };
}

/** Tries the container engines in turn: docker may be installed without running. */
async function toolsContainerOf(
  engines: readonly Engine[],
  image: string,
  variables: Variables,
): Promise<ToolPlace> {
  let failure: unknown;
  for (const by of engines) {
    try {
      return { by, name: await ensureToolsContainer(by, image, variables) };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** The server's address inside the container. On Linux the container shares this machine's network. */
function fromToolsContainer(hosts: readonly OutsideAddress[]): DialledInside | null {
  const [only] = hosts;
  if (process.platform === 'linux' || only === undefined || hosts.length > 1) return null;
  if (!isThisMachine(only)) return null;
  return { host: 'host.docker.internal', port: Number(only.port || '5432') };
}

function unreachable(
  tools: ToolsElsewhere,
  reason: 'noEngine' | 'notRunning' | 'noTools',
): AppError<'toolsUnreachable'> {
  return new AppError('toolsUnreachable', { place: describeTools(tools), reason, text: '' });
}

/** @throws AppError `toolsUnreachable`, `toolNotStarted` */
async function installsIn(place: ToolPlace, variables: Variables): Promise<ToolInstall[]> {
  const { startProgram } = await import('../../pgtools/locate/startProgram');
  const result = await startProgram(placedFile(place, '/bin/sh'), ['-c', FIND], {
    shell: false,
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: scrubEnvironment(variables, NO_CONNECTION, process.platform),
    timeout: TIMEOUT_MS,
    forceKillAfterDelay: 500,
    maxBuffer: 1_000_000,
    cwd: os.homedir(),
    windowsHide: true,
  });
  if (result.failed) {
    const { name } = place;
    throw new AppError('toolsUnreachable', { place: name, reason: 'failed', text: result.stderr });
  }
  return readFound(place, result.stdout);
}

/** The tools that `FIND` has printed, grouped by folder and version. */
export function readFound(place: ToolPlace, text: string): ToolInstall[] {
  const installs = new Map<string, ToolInstall>();
  for (const line of text.split(/\r?\n/)) {
    const [, file = '', said = ''] = /^(\/[^|]*)\|(.*)$/.exec(line) ?? [];
    const parsed = parseVersion(said.trim());
    const tool = path.posix.basename(file);
    if (parsed === null || parsed.tool !== tool || !isToolName(tool)) continue;
    const dir = placedFile(place, path.posix.dirname(file));
    const key = `${dir}\0${parsed.version.text}`;
    const { version } = parsed;
    const install = installs.get(key) ?? { dir, version, tools: {}, source: 'place' };
    install.tools[tool] ??= placedFile(place, file);
    installs.set(key, install);
  }
  return [...installs.values()];
}

function isToolName(text: string): text is ToolName {
  return (TOOL_NAMES as readonly string[]).includes(text);
}
