import path from 'node:path';
import type { ServerCoordinates } from './server';
import { run } from './run';

/**
 * Environment with which libpq connects to `database` on `server`, whatever this process's own
 * environment says.
 */
export function libpqEnv(
  server: ServerCoordinates,
  database: string,
): Record<string, string | undefined> {
  return {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGPASSWORD: server.password,
    PGDATABASE: database,
    PGHOSTADDR: undefined,
    PGSERVICE: undefined,
    PGOPTIONS: undefined,
    PGSSLMODE: undefined,
    PGCLIENTENCODING: 'UTF8',
    PGAPPNAME: 'test-support',
    LC_ALL: 'C.UTF-8',
  };
}

/** Runs SQL by the server's own psql; returns unaligned rows, columns separated by `|`. */
export async function psql(
  server: ServerCoordinates,
  database: string,
  sql: string,
  variables: Readonly<Record<string, string | number>> = {},
): Promise<string> {
  const assignments = Object.entries(variables).flatMap(([k, v]) => ['-v', `${k}=${v}`]);
  return run(
    path.join(server.binDir, 'psql'),
    ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...assignments, '-f', '-'],
    { env: libpqEnv(server, database), input: sql },
  );
}

/** Like {@link psql} with one value of JSON as the result. */
export async function psqlJson<T>(
  server: ServerCoordinates,
  database: string,
  sql: string,
): Promise<T> {
  return JSON.parse(await psql(server, database, sql)) as T;
}

/** A quoted SQL identifier. */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted SQL string. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}
