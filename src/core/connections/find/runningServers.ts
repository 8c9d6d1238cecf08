import type { RunningContainer } from '../../pgtools/locate/containers';
import { readParts } from '../paste/readPasted';
import { startsServer, statedPort } from './serverProcess';
import { found, parts, type FoundConnection } from './found';

const IMAGES =
  /(?:^|\/)(?:postgres|postgis|timescaledb(?:-ha)?|pgvector|pgvecto-rs|postgresql)(?::|@|$)|supabase\/postgres/;

/** Does this image, by its name, run a PostgreSQL server? */
export function isServerImage(image: string): boolean {
  return IMAGES.test(image);
}

/** The server of a container, as its image makes it from its variables. */
export function serverOf(
  environment: ReadonlyMap<string, string>,
  port: string,
  at: string,
): FoundConnection[] {
  const user = environment.get('POSTGRES_USER') ?? environment.get('POSTGRESQL_USERNAME');
  const database = environment.get('POSTGRES_DB') ?? environment.get('POSTGRESQL_DATABASE');
  const password = environment.get('POSTGRES_PASSWORD') ?? environment.get('POSTGRESQL_PASSWORD');
  const stated = { host: 'localhost', port, password };
  const role = user ?? 'postgres';
  return found(readParts(parts({ ...stated, user: role, dbname: database ?? role })), at);
}

/** The servers of containers that can be reached from this machine. */
export function findInContainers(running: readonly RunningContainer[]): FoundConnection[] {
  return running.flatMap(({ name, image, command, hostNetwork, ports, environment }) => {
    // Variables do not tell: clients of a server have its password, too.
    if (!(startsServer(command) ?? isServerImage(image))) return [];
    const inside = statedPort(command) ?? Number(environment.get('PGPORT') ?? 5432);
    const published = ports.find((port) => port.inside === inside)?.outside;
    const port = hostNetwork ? inside : published;
    return port === undefined ? [] : serverOf(environment, String(port), name);
  });
}
