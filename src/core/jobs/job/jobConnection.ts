import type { OpenPsql } from '../../catalog/psql';
import { readServerInfo } from '../../catalog/serverInfo';
import type { ServerInfo } from '../../model/catalog';
import { buildConnection, type LibpqConnection } from '../../connections/libpq';
import { renewingPassword, withPassword } from '../../connections/passwords';
import { seenInside } from '../../connections/elsewhere/seenInside';
import type { Tunnel } from '../../connections/openTunnel';
import { throughTunnel } from '../../connections/ssh/throughTunnel';
import type { ConnectionProfile } from '../../model/profile';
import { AppError } from '../../errors';
import type { ToolSearch } from '../../model/tools';
import type { JobRun, JobServices } from './jobContext';
import { markStep } from './steps';

/** Seconds; libpq tries each of a host's addresses that long. */
const CONNECT_TIMEOUT_SECONDS = 15;
/** For one query of a job's own, connecting included. */
export const QUERY_TIMEOUT_MS = 120_000;

/** A server that has answered. */
export interface JobConnection {
  profile: ConnectionProfile;
  search: ToolSearch;
  /** Absolute path of the psql that asks. */
  psql: string;
  /** Answered by the database that was connected to. */
  server: ServerInfo;
  /** The psql that has asked, and waits for further questions; null = none does. */
  open: OpenPsql | null;
  /** The SSH tunnel, which ends with the job; null = the server is reached directly. */
  tunnel: Tunnel | null;
  /** Connection to that database, under the job's `application_name`. */
  target: LibpqConnection;
  /**
   * A connection to the same server as the same user, with another database or application name.
   */
  to(database: string | undefined, applicationName?: string): LibpqConnection;
}

/**
 * Connects as the job's user: asks for a password only when the server wants one. `databases` are
 * tried one after another while they do not exist; undefined is the connection's own.
 * @throws AppError `toolsNotFound`, `passwordRequired`, `authenticationFailed`, `keyLocked`,
 *   `connectFailed`, `databaseMissing`, `sshFailed`, `cancelled`
 */
export async function connect(
  run: JobRun,
  profile: ConnectionProfile,
  databases: readonly (string | undefined)[],
): Promise<JobConnection> {
  const { services, signal } = run;
  const search = await services.tools.find(profile);
  const psql = newestPsql(search);
  const tunnel = await tunnelOf(run, profile);
  const inside = await seenInside(search, services.inherited);
  let password: string | undefined;
  let keyPassphrase: string | undefined;
  let renewPassword: (() => Promise<string>) | undefined;
  let open: OpenPsql | null = null;
  const command = { signal, variables: services.inherited };
  const to: JobConnection['to'] = (database, applicationName = run.applicationName) =>
    buildConnection(profile, {
      password,
      keyPassphrase,
      renewPassword,
      database,
      applicationName,
      inherited: services.inherited,
      connectTimeoutSeconds: connectTimeout(services),
      tunnel: tunnel ?? undefined,
      inside,
    });
  const ask: Ask = async (given, passphrase) => {
    password = given;
    keyPassphrase = passphrase;
    renewPassword = renewingPassword(profile, given, command);
    for (const [index, database] of databases.entries()) {
      const target = to(database);
      try {
        const options = { signal, timeoutMs: QUERY_TIMEOUT_MS, withSize: false };
        const asked = await services.askedAhead?.take(psql, target, signal);
        open = asked?.open ?? null;
        return [target, asked?.server ?? (await readServerInfo(psql, target, options))];
      } catch (error) {
        if (!AppError.is(error, 'databaseMissing') || index === databases.length - 1) throw error;
      }
    }
    throw new AppError('internal', { text: 'no database to connect to' });
  };
  const connected = withPassword(profile, services.passwords, ask, command);
  const [target, server] = await throughTunnel(tunnel, connected);
  markStep('connected');
  return { profile, search, psql, server, open, tunnel, target, to };
}

type Ask = (
  password: string | undefined,
  keyPassphrase: string | undefined,
) => Promise<[LibpqConnection, ServerInfo]>;

/** Opens the profile's tunnel. The process that starts the job's tools starts its `ssh` too. */
async function tunnelOf(run: JobRun, profile: ConnectionProfile): Promise<Tunnel | null> {
  const { services, signal, cleanups } = run;
  const { ssh } = profile;
  if (ssh === undefined) return null;
  const { openTunnel } = await import('../../connections/openTunnel');
  const tunnel = await openTunnel(
    { ...profile, ssh },
    {
      inherited: services.inherited,
      connectTimeoutSeconds: connectTimeout(services),
      start: await run.tunnelStarter(),
      prompts: services.sshPrompts,
      signal,
    },
  );
  cleanups.push(() => tunnel.close());
  return tunnel;
}

/** Seconds until connecting is given up. */
export function connectTimeout({
  connectTimeoutSeconds = CONNECT_TIMEOUT_SECONDS,
}: Pick<JobServices, 'connectTimeoutSeconds'>): number {
  return connectTimeoutSeconds;
}

/** A newer psql talks to all older servers; the other way round is not promised. */
export function newestPsql(search: ToolSearch): string {
  let best: { psql: string; major: number } | null = null;
  for (const { tools, version } of search.installs) {
    if (tools.psql !== undefined && (best === null || version.major > best.major)) {
      best = { psql: tools.psql, major: version.major };
    }
  }
  if (best === null) throw new AppError('toolsNotFound', { searched: search.searched.join(', ') });
  return best.psql;
}
