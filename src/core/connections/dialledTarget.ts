import { AppError } from '../errors';
import type { ConnectionProfile } from '../model/profile';
import { effectiveTarget } from './effectiveTarget';
import { libpqVariables, scrubEnvironment } from './inherited';
import type { ParsedUrl } from './url/parseUrl';
import { guardsOf, isWorkspaces, takesService, withoutWeakening } from './url/redirects';

export interface DiallingInput {
  /** `process.env` of the extension host. */
  inherited: Readonly<Record<string, string | undefined>>;
  /** Does the caller have a password for the connection? */
  hasPassword?: boolean | undefined;
  /** For tests; default: this system. */
  platform?: NodeJS.Platform | undefined;
}

/** One of the servers that libpq tries in turn. */
export interface DialledHost {
  /** Host name, address or socket directory; '' = libpq's default. */
  host: string;
  /** Address to connect to instead of the name; '' = resolve the name. */
  address: string;
  /** '' = libpq's default. */
  port: string;
}

/** Where a profile leads: shown to the user, given to the tools, and what passwords are bound to. */
export interface DialledTarget {
  /** Connection parameters for the tools. */
  target: ParsedUrl;
  /** The tools' environment, without variables that the profile's own values replace. */
  env: Record<string, string>;
  /** The service that libpq reads, from the profile or from the environment. */
  service: string | undefined;
  hosts: DialledHost[];
  user: string | undefined;
  database: string | undefined;
}

/**
 * Combines the profile with the inherited variables, by libpq's rules and ours (`inherited.ts`,
 * `redirects.ts`).
 *
 * @throws AppError `connectionInvalid`: the profile cannot be used
 */
export function dialledTarget(profile: ConnectionProfile, input: DiallingInput): DialledTarget {
  const platform = input.platform ?? process.platform;
  const variables = libpqVariables(input.inherited, platform);
  const guarded = isWorkspaces(profile.source);
  const stated = effectiveTarget(profile, input.inherited);
  const target = guarded ? withoutWeakening(stated, variables) : stated;
  const env = scrubEnvironment(
    input.inherited,
    {
      host: target.host !== undefined,
      hostaddr: target.parameters['hostaddr'] !== undefined,
      port: target.port !== undefined,
      service: target.service !== undefined,
      sslMode: target.sslMode !== undefined,
      weakSslMode: ['disable', 'allow', 'prefer'].includes(target.sslMode ?? ''),
      password: input.hasPassword === true,
      inheritedPlace: isInheritedPlace(target, variables),
      guarded,
    },
    platform,
  );
  const service = target.service ?? env['PGSERVICE'];
  if (profile.ssh !== undefined && service !== undefined) {
    throw new AppError('connectionInvalid', { id: profile.id, problem: 'sshBesideService' });
  }
  if (profile.tools !== undefined && service !== undefined) {
    throw new AppError('connectionInvalid', { id: profile.id, problem: 'besideTools' });
  }
  return {
    target,
    env,
    service,
    hosts: hostsOf(target, env),
    user: target.user ?? env['PGUSER'],
    database: target.database ?? env['PGDATABASE'],
  };
}

/** Would an inherited password go to the same server without the profile? */
function isInheritedPlace(target: ParsedUrl, env: Readonly<Record<string, string>>): boolean {
  const { host, port, service, parameters } = target;
  if (service !== undefined || parameters['hostaddr'] !== undefined) return false;
  if (takesService(target, env)) return true;
  if (host === undefined && port === undefined) return true;
  const elsewhere = env['PGSERVICE'] !== undefined || env['PGHOSTADDR'] !== undefined;
  const sameHost = host === undefined || (host === env['PGHOST'] && !elsewhere);
  const samePort = port === undefined || port === (env['PGPORT'] ?? '5432');
  return sameHost && samePort && env['PGSERVICE'] === undefined;
}

function hostsOf(target: ParsedUrl, env: Readonly<Record<string, string>>): DialledHost[] {
  const hosts = (target.host ?? env['PGHOST'] ?? '').split(',');
  const addresses = (target.parameters['hostaddr'] ?? env['PGHOSTADDR'] ?? '').split(',');
  const ports = (target.port ?? env['PGPORT'] ?? '').split(',');
  const count = Math.max(hosts.length, addresses.length);
  return Array.from({ length: count }, (_, i) => ({
    host: hosts[i] ?? '',
    address: addresses[i] ?? '',
    port: (ports.length === 1 ? ports[0] : ports[i]) ?? '',
  }));
}

/**
 * What a password, or the user's consent, is bound to, as a string: the entry, the servers that are
 * dialled, and how a password is protected on its way. Any difference makes another string.
 *
 * @throws AppError `connectionInvalid`: the profile cannot be used
 */
export function placeOf(profile: ConnectionProfile, input: DiallingInput): string {
  const { target, env, service, hosts, user } = dialledTarget(profile, input);
  const files = service === undefined ? [] : [env['PGSERVICEFILE'], env['PGSYSCONFDIR']];
  const { sslMode, sslRootCert } = target;
  return JSON.stringify([
    profile.id,
    hosts,
    user,
    service,
    files,
    sslMode,
    sslRootCert,
    guardsOf(target),
    // Left out where there is none, so that passwords stored by earlier versions are still found.
    ...(profile.ssh === undefined ? [] : [profile.ssh]),
  ]);
}
