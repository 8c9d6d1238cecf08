import * as z from 'zod/mini';
import { AppError } from '../../errors';
import type { DialledInside } from '../../model/tools';
import { isImageName, isPlaceName } from '../args/toolPlace';
import { findPlaceProgram, placeProgram } from './startPlaced';

export type Engine = 'docker' | 'podman';
type Variables = Readonly<Record<string, string | undefined>>;

export const ENGINES: readonly Engine[] = ['docker', 'podman'];

/** Milliseconds. An engine on another machine takes its time; one that is not running may hang. */
const TIMEOUT_MS = 15_000;
/** For the download of an image. */
const PULL_TIMEOUT_MS = 15 * 60_000;
const MAX_ANSWER = 32 * 1024 * 1024;

/** A running container. */
export interface RunningContainer {
  by: Engine;
  id: string;
  name: string;
  /** As it was stated, e.g. `postgres:17`. */
  image: string;
  /** Its first process with its arguments. */
  command: readonly string[];
  /** It has the network of the engine's machine. */
  hostNetwork: boolean;
  /** Ports that can be reached from outside, by TCP. */
  ports: { inside: number; outside: number }[];
  /** What is said of PostgreSQL in its environment. Has passwords: it stays in memory. */
  environment: ReadonlyMap<string, string>;
}

const inspected = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    Path: z.optional(z.string()),
    Args: z.optional(z.nullable(z.array(z.string()))),
    State: z.optional(z.object({ Running: z.optional(z.boolean()) })),
    Config: z.optional(
      z.object({
        Image: z.optional(z.string()),
        Env: z.optional(z.nullable(z.array(z.string()))),
      }),
    ),
    ImageName: z.optional(z.string()),
    HostConfig: z.optional(z.object({ NetworkMode: z.optional(z.string()) })),
    NetworkSettings: z.optional(
      z.object({
        Ports: z.optional(
          z.nullable(
            z.record(
              z.string(),
              z.nullable(z.array(z.object({ HostPort: z.optional(z.string()) }))),
            ),
          ),
        ),
      }),
    ),
  }),
);

/**
 * The running containers in the output of `docker inspect` or `podman inspect`; entries that cannot
 * be read are skipped.
 */
export function readInspected(by: Engine, json: string): RunningContainer[] {
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    return [];
  }
  const parsed = inspected.safeParse(answer);
  if (!parsed.success) return [];
  return parsed.data.flatMap((one) => {
    const name = one.Name.replace(/^\//, '');
    if (one.State?.Running !== true || !isPlaceName(name)) return [];
    const ports = Object.entries(one.NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) => {
      const inside = Number(/^(\d+)(?:\/tcp)?$/.exec(key)?.[1]);
      const outside = [...new Set((bindings ?? []).map(({ HostPort }) => Number(HostPort)))];
      return inside > 0
        ? outside.filter((port) => port > 0).map((port) => ({ inside, outside: port }))
        : [];
    });
    const image = one.ImageName ?? one.Config?.Image ?? '';
    const hostNetwork = one.HostConfig?.NetworkMode === 'host';
    const environment = postgresVariables(one.Config?.Env ?? []);
    const command = [one.Path ?? '', ...(one.Args ?? [])].filter((word) => word !== '');
    return [{ by, id: one.Id, name, image, command, hostNetwork, ports, environment }];
  });
}

function postgresVariables(environment: readonly string[]): Map<string, string> {
  const ours = environment.filter((one) => /^(?:POSTGRES|POSTGRESQL|PGPORT)[A-Z_]*=./.test(one));
  return new Map(ours.map((one) => [one.replace(/=.*$/s, ''), one.replace(/^[^=]*=/, '')]));
}

/**
 * All running containers of this machine's engines. An engine that is not there, or does not answer,
 * has none.
 */
export async function runningContainers(variables: Variables): Promise<RunningContainer[]> {
  const found = await Promise.all(
    ENGINES.map(async (by) => {
      if (findPlaceProgram(by, variables) === null) return [];
      try {
        const ids = (await runEngine(by, ['ps', '-q'], variables)).match(/\S+/g) ?? [];
        if (ids.length === 0) return [];
        const words = ['inspect', '--type', 'container', ...ids];
        return readInspected(by, await runEngine(by, words, variables));
      } catch {
        return [];
      }
    }),
  );
  // `docker` may be another name of podman.
  const ids = new Set<string>();
  return found.flat().filter(({ id }) => !ids.has(id) && ids.add(id));
}

/** One running container by its name; null = there is none. */
export async function runningContainer(
  name: string,
  by: Engine | undefined,
  variables: Variables,
): Promise<RunningContainer | null> {
  const engines = ENGINES.filter(
    (one) => (by === undefined || one === by) && findPlaceProgram(one, variables) !== null,
  );
  for (const engine of engines) {
    const words = ['inspect', '--type', 'container', name];
    const answer = await runEngine(engine, words, variables).catch(() => '');
    const [found] = readInspected(engine, answer);
    if (found !== undefined) return found;
  }
  return null;
}

/** A server as it is reached from this machine. */
export interface OutsideAddress {
  host: string;
  address: string;
  port: string;
}

/** The server's address as it is seen in a container; null = as it is seen from here. */
export function dialFrom(
  { ports, hostNetwork }: Pick<RunningContainer, 'ports' | 'hostNetwork'>,
  hosts: readonly OutsideAddress[],
): DialledInside | null {
  const [only] = hosts;
  if (only === undefined || hosts.length > 1 || hostNetwork || !isThisMachine(only)) return null;
  const published = ports.find(({ outside }) => String(outside) === (only.port || '5432'));
  return published === undefined ? null : { host: '127.0.0.1', port: published.inside };
}

/** Does the container publish the server's port on this machine, or is it called like its host? */
export function holdsServer(
  container: RunningContainer,
  hosts: readonly OutsideAddress[],
): boolean {
  return dialFrom(container, hosts) !== null || hosts.some(({ host }) => host === container.name);
}

/** Is the server reached by an address of this machine alone? */
export function isThisMachine({ host, address }: OutsideAddress): boolean {
  return /^(?:|localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0)$/.test(address || host);
}

/** Name of the container that is made for the tools of an image. */
export function toolsContainer(image: string): string {
  return `pgbackup-tools-${image.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(-60)}`;
}

/**
 * The container ends by itself after this time without a tool running in it, because no window
 * knows whether another window or job still uses it.
 */
const IDLE_MINUTES = 60;
const WAIT = `idle=0; while [ $idle -lt ${IDLE_MINUTES} ]; do sleep 60; idle=$((idle + 1))
  for p in /proc/[0-9]*; do grep -qs PGBACKUP_RUN "$p/environ" && idle=0; done; done`;

/**
 * Makes sure that a container of an image runs whose tools can be used. It has no ports, no files of
 * this machine and no rights but to reach the network as this machine does.
 *
 * @returns its name
 * @throws AppError `toolsUnreachable`, `toolNotStarted`
 */
export async function ensureToolsContainer(
  by: Engine,
  image: string,
  variables: Variables,
): Promise<string> {
  const name = toolsContainer(image);
  if (!isImageName(image)) {
    throw new AppError('toolsUnreachable', { place: image, reason: 'failed', text: '' });
  }
  if ((await runningContainer(name, by, variables)) !== null) return name;
  // podman asks which registry is meant by a short name.
  const words = [
    ...['run', '-d', '--rm', '--name', name, '--network', 'host', '--cap-drop', 'ALL'],
    ...['--entrypoint', '/bin/sh', fullImageName(image), '-c', WAIT],
  ];
  try {
    await runEngine(by, words, variables, PULL_TIMEOUT_MS);
  } catch (error) {
    // Another window may have created the container in the meantime.
    if ((await runningContainer(name, by, variables)) === null) throw error;
  }
  return name;
}

/** As docker completes it. */
export function fullImageName(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}

/** Is the image on this machine already, so that nothing has to be downloaded? */
export async function hasImage(by: Engine, image: string, variables: Variables): Promise<boolean> {
  return runEngine(by, ['image', 'inspect', fullImageName(image)], variables).then(
    () => true,
    () => false,
  );
}

/**
 * What a command of an engine prints.
 *
 * @throws AppError `toolsUnreachable`, `toolNotStarted`
 */
async function runEngine(
  by: Engine,
  words: readonly string[],
  variables: Variables,
  timeout = TIMEOUT_MS,
): Promise<string> {
  const { startProgram } = await import('./startProgram');
  const result = await startProgram(placeProgram(by, variables), words, {
    shell: false,
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: { ...variables },
    timeout,
    forceKillAfterDelay: 500,
    maxBuffer: MAX_ANSWER,
    windowsHide: true,
  });
  if (!result.failed) return result.stdout;
  throw new AppError('toolsUnreachable', { place: by, reason: 'failed', text: result.stderr });
}
