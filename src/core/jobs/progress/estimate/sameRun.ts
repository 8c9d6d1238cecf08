import type { BackupInfo } from '../../../model/archive';
import { baseName } from '../../../text/paths';
import type { ConnectionProfile } from '../../../model/profile';
import type { JobConnection } from '../../job/jobConnection';
import { historyKey } from './runHistory';

/** Variables that say where libpq connects to when its arguments do not. */
const PLACE_VARIABLES = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGSERVICE', 'PGUSER'] as const;

/**
 * Which server a run talks to, for the key of its history. The end of a tunnel has another port each
 * time, and the sockets of two containers have one path: then the profile tells them apart.
 */
export function serverKey({
  profile,
  tunnel,
  to,
}: Pick<JobConnection, 'profile' | 'tunnel' | 'to'>): unknown[] {
  const { args, env } = to('');
  const { host, port, user, url, service, ssh, tools } = profile;
  return [
    tunnel ? [host, port, user, url, service] : args,
    PLACE_VARIABLES.map((name) => (tunnel ? null : env[name])),
    ssh,
    tools,
  ];
}

/** Runs that tell about each other: their speeds have the same reasons. */
export type RunsOf = 'databases' | 'servers' | 'restores' | 'speeds';

/** `runs`: the name from when only backups of databases were remembered. */
const NAMES: Readonly<Record<RunsOf, string>> = {
  databases: 'runs',
  servers: 'servers',
  restores: 'restores',
  speeds: 'speeds',
};

/**
 * Key of the runs on a connection's server. A form has no more of a connection than its profile.
 */
export function runsKey(
  { host, port, user, url, service, ssh, tools }: ConnectionProfile,
  what: RunsOf,
): string {
  return historyKey([NAMES[what], host, port, user, url, service, ssh, tools]);
}

/** How a run names its database: the history tells nobody what there is on a server. */
export function databaseKey(database: string): string {
  return historyKey(['database', database]);
}

/**
 * Of which database a script is. Where it does not say it, the file's name does, without the moment
 * of the backup.
 */
export function scriptKey({ database, path, compression }: ScriptFacts): unknown[] {
  return [database === '' ? baseName(path).replace(/\d+/g, '') : database, compression];
}

type ScriptFacts = Pick<BackupInfo, 'database' | 'path' | 'compression'>;
