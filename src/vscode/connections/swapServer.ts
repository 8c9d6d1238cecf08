import { randomBytes } from 'node:crypto';
import { buildConnection, type LibpqConnection } from '../../core/connections/libpq';
import { withPassword, type PasswordProvider } from '../../core/connections/passwords';
import { AppError } from '../../core/errors';
import { maintenanceDatabases } from '../../core/jobs/job/maintenanceDatabases';
import type { SwapServer } from '../../core/jobs/restore/swap/exchangeDatabases';
import type { DatabaseSwap } from '../../core/model/ways/databaseSwap';
import type { ConnectionProfile } from '../../core/model/profile';
import type { Settings } from '../settings/settings';
import { seenInside } from '../../core/connections/elsewhere/seenInside';
import type { ToolService } from './toolService';
import type { UsedConnections } from './usedConnections';

/** Services that make a connection to a server. */
export interface SwapConnections {
  settings: Settings;
  passwords: PasswordProvider;
  tools: ToolService;
  used: UsedConnections;
}

/**
 * Asks the server of two databases, by way of one that is neither of them.
 *
 * @throws AppError `connectionUnused`; `passwordRequired` and others of `runQuery`
 */
export async function withSwapServer<T>(
  { settings, passwords, tools, used }: SwapConnections,
  profile: ConnectionProfile,
  swap: DatabaseSwap,
  run: (server: SwapServer) => Promise<T>,
): Promise<T> {
  await used.require(profile);
  const psql = await tools.newest('psql', profile);
  const inside = await seenInside(await tools.find(profile), process.env);
  // A unique name: the session is found again by it if its answer gets lost.
  const applicationName = `pgbk-swap-${randomBytes(6).toString('hex')}`;
  const others = maintenanceDatabases(profile, swap.database, process.env).filter(
    (name) => name !== swap.copy && name !== swap.aside,
  );
  return withPassword(profile, passwords, async (password, keyPassphrase) => {
    const to = (database: string | undefined, name: string): LibpqConnection =>
      buildConnection(profile, {
        password,
        keyPassphrase,
        database,
        applicationName: name,
        inherited: process.env,
        inside,
        connectTimeoutSeconds: settings.connectTimeoutSeconds(),
      });
    for (const [index, database] of others.entries()) {
      try {
        return await run({
          psql,
          connection: to(database, applicationName),
          observer: to(database, `${applicationName}-look`),
          applicationName,
        });
      } catch (error) {
        if (!AppError.is(error, 'databaseMissing') || index === others.length - 1) throw error;
      }
    }
    throw new AppError('internal', { text: 'no database to connect to' });
  });
}
