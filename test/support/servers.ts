import type { ServerCoordinates } from './machine/server';

const variable = 'PGBR_TEST_SERVERS';

/** Environment that hands running servers to the tests of a tier. */
export function serversEnv(servers: readonly ServerCoordinates[]): Record<string, string> {
  const plain = servers.map(
    ({ major, version, binDir, host, port, socketDir, user, password }): ServerCoordinates => ({
      major,
      version,
      binDir,
      host,
      port,
      socketDir,
      user,
      password,
    }),
  );
  return { [variable]: JSON.stringify(plain) };
}

/**
 * The servers that `npm test` started for this tier, oldest major first. All have the same
 * superuser and password. Create databases of your own in them; servers that a test stops or
 * reconfigures it starts itself with `startServer`.
 */
export function testServers(): readonly ServerCoordinates[] {
  const json = process.env[variable];
  if (json === undefined) {
    throw new Error('these tests need servers: npm test -- --only integration|extension|e2e');
  }
  return JSON.parse(json) as ServerCoordinates[];
}

/** The server of one major. */
export function testServer(major: number): ServerCoordinates {
  const server = testServers().find((candidate) => candidate.major === major);
  if (server === undefined) throw new Error(`no server of PostgreSQL ${major} was started`);
  return server;
}

/** The server of the newest major. */
export function newestServer(): ServerCoordinates {
  const server = testServers().at(-1);
  if (server === undefined) throw new Error('no server was started');
  return server;
}

/**
 * Is the major neither the oldest nor the newest? Where majors differ little, those two run every
 * case and those between run some.
 */
export function isBetween(major: number): boolean {
  const majors = testServers().map((server) => server.major);
  return major !== majors.at(0) && major !== majors.at(-1);
}
