import { ensurePostgres } from '../install/postgres';
import { startServer, type PgServer } from '../machine/server';

/** Starts a server for a bench, which stops it. Its tools are of the same major. */
export async function startBenchServer(major = 17): Promise<PgServer> {
  const [install] = await ensurePostgres([major]);
  if (!install) throw new Error(`no PostgreSQL ${major}`);
  return startServer(install, { auth: 'trust' });
}
