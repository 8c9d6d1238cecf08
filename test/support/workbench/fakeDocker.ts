import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerCoordinates } from '../machine/server';

/** While a file of this name is in the folder, the engine does not say what runs. */
export const ENGINE_HELD = 'engine-held';

/**
 * A program `docker` with one container, in which the programs of this machine run: what a real engine
 * does is tried elsewhere (test/containers), and not every machine lets its user run one.
 *
 * @param dir is made
 */
export async function fakeDocker(
  dir: string,
  container: string,
  { binDir, port, user, password }: ServerCoordinates,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const inspected = {
    Id: 'c0ffee',
    Name: `/${container}`,
    Path: 'docker-entrypoint.sh',
    Args: ['postgres'],
    State: { Running: true },
    Config: {
      Image: 'postgres:17',
      Env: [`PGPORT=${port}`, `POSTGRES_USER=${user}`, `POSTGRES_PASSWORD=${password}`],
    },
    HostConfig: { NetworkMode: 'host' },
    NetworkSettings: {},
  };
  await writeFile(path.join(dir, 'inspect.json'), JSON.stringify([inspected]));
  const script = `#!/bin/sh
case "$1" in
  ps)
    while [ -e '${dir}/${ENGINE_HELD}' ]; do sleep 0.05; done
    echo c0ffee
    ;;
  inspect) cat '${dir}/inspect.json' ;;
  exec)
    shift
    while [ "\${1#-}" != "$1" ]; do shift; done
    shift
    PATH='${binDir}':"$PATH" exec "$@"
    ;;
  *) exit 1 ;;
esac
`;
  await writeFile(path.join(dir, 'docker'), script);
  await chmod(path.join(dir, 'docker'), 0o755);
}
