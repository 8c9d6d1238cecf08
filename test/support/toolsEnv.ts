import path from 'node:path';
import type { ServerCoordinates } from './machine/server';
import { serversEnv } from './servers';

/**
 * Environment in which the extension finds the servers' tools (newest major first on PATH) and
 * their password, and tests in its host find the servers.
 */
export function toolsEnv(servers: readonly ServerCoordinates[]): Record<string, string> {
  const newestFirst = [...servers].reverse();
  const dirs = [...newestFirst.map((server) => server.binDir), process.env['PATH'] ?? ''];
  const password = newestFirst[0]?.password;
  return {
    ...serversEnv(servers),
    PATH: dirs.join(path.delimiter),
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}
