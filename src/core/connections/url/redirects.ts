import { SSL_MODES, type ProfileSource, type SslMode } from '../../model/profile';
import type { ParsedUrl } from './parseUrl';
import { dictionary } from '../../dictionary';

/*
 * libpq finds a password under the host's name, or in a service file, and sends it to whatever address
 * the connection names. A workspace's entry must not be able to redirect a password in this way.
 */

/** A setting that a workspace's entry must not contain. */
export interface Redirect {
  problem:
    /** libpq would connect to `hostaddr`, with the password of the `host` beside it. */
    | 'addressBesideHost'
    /** The service file's password would go to another server, or less protected than it says. */
    | 'besideService';
  field: string;
}

/** URL parameters with which libpq verifies the server, and the variables with the same effect. */
const GUARDS = dictionary<string>({
  require_auth: 'PGREQUIREAUTH',
  channel_binding: 'PGCHANNELBINDING',
  requirepeer: 'PGREQUIREPEER',
  gssencmode: 'PGGSSENCMODE',
  sslcertmode: 'PGSSLCERTMODE',
  sslcompression: 'PGSSLCOMPRESSION',
  sslcrl: 'PGSSLCRL',
  sslcrldir: 'PGSSLCRLDIR',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
});

/** Can the entry have come with a workspace? True also if its source is unknown. */
export function isWorkspaces(source: ProfileSource | undefined): boolean {
  return source !== 'user';
}

/** null: the target has no such setting. The user's own entries may contain anything. */
export function redirectOf(target: ParsedUrl, source: ProfileSource | undefined): Redirect | null {
  if (!isWorkspaces(source)) return null;
  const { parameters } = target;
  const hasAddress = parameters['hostaddr'] !== undefined;
  if (target.service !== undefined) {
    const field =
      (['host', 'port', 'sslMode', 'sslRootCert'] as const).find((f) => target[f] !== undefined) ??
      (hasAddress ? 'hostaddr' : Object.keys(GUARDS).find((g) => parameters[g] !== undefined));
    return field === undefined ? null : { problem: 'besideService', field };
  }
  if (hasAddress && target.host !== undefined) {
    return { problem: 'addressBesideHost', field: 'hostaddr' };
  }
  return null;
}

/** The parameters of a target that decide how well a password is protected on its way. */
export function guardsOf({ parameters }: ParsedUrl): [name: string, value: string][] {
  return Object.entries(parameters).filter(([name]) => name in GUARDS || name === 'options');
}

/**
 * A workspace's target without the settings that would weaken what the user's own variables, or the
 * service that these name, require of a server.
 *
 * @param env the user's variables, empty ones left out
 */
export function withoutWeakening(
  target: ParsedUrl,
  env: Readonly<Record<string, string>>,
): ParsedUrl {
  const byService = takesService(target, env);
  const parameters = Object.fromEntries(
    Object.entries(target.parameters).filter(([name]) => {
      const variable = GUARDS[name];
      return variable === undefined || (!byService && env[variable] === undefined);
    }),
  );
  const required = env['PGREQUIRESSL'] === '1' ? 'require' : undefined;
  const sslMode = stronger(target.sslMode, env['PGSSLMODE'] ?? required);
  return {
    ...target,
    parameters,
    // The service file's mode is unknown: only `verify-full`, the strictest, may override it.
    sslMode: byService && sslMode !== 'verify-full' ? undefined : sslMode,
    sslRootCert: byService || env['PGSSLROOTCERT'] !== undefined ? undefined : target.sslRootCert,
  };
}

/** Does libpq use the service that the user's variables name? */
export function takesService(
  { host, port, service, parameters }: ParsedUrl,
  env: Readonly<Record<string, string>>,
): boolean {
  const open = host === undefined && port === undefined && parameters['hostaddr'] === undefined;
  return service === undefined && open && env['PGSERVICE'] !== undefined;
}

/** The stricter mode. An unknown inherited mode stays, so that libpq refuses to connect. */
function stronger(stated: SslMode | undefined, inherited: string | undefined): SslMode | undefined {
  if (stated === undefined || inherited === undefined) return stated;
  const rank = SSL_MODES.indexOf(inherited as SslMode);
  return rank < 0 || rank > SSL_MODES.indexOf(stated) ? (inherited as SslMode) : stated;
}
