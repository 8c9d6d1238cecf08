import type { QueryOptions } from '../../core/catalog/psql';
import type { LibpqConnection } from '../../core/connections/libpq';
import type { ServerInfo } from '../../core/model/catalog';

/** Loaded when a server is first asked: a window that only shows files asks none. */
export async function readServerInfo(
  psql: string,
  connection: LibpqConnection,
  options: QueryOptions,
): Promise<ServerInfo> {
  const server = await import('../../core/catalog/serverInfo');
  return server.readServerInfo(psql, connection, options);
}
