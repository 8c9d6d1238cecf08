import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { conninfoString, dbnameValue } from './conninfo';
import { referencedPassword } from './effectiveTarget';
import { dialledTarget, type DialledHost, type DialledTarget } from './dialledTarget';
import type { Tunnel } from './openTunnel';
import type { FindPassword } from './ssh/passwordFile';
import type { ParsedUrl } from './url/parseUrl';
import type { DialledInside } from '../model/tools';
import { describeRoute } from './ssh/sshRoute';
import { LOOPBACK } from './ssh/tunnelArgs';
import { connectionLabel, type ConnectionProfile } from '../model/profile';

/** Connection of a tool: arguments and environment. */
export interface LibpqConnection {
  /**
   * `--host`, `--port`, `--username` where stated, and always `--dbname` (pg_restore needs one to
   * connect at all; an empty one means libpq's default). For pg_dump, pg_restore and psql.
   */
  args: string[];
  /** Arguments for pg_dumpall, whose `--dbname` takes connection strings only. */
  dumpallArgs: string[];
  /** The whole environment of the child, scrubbed. The password is in here and nowhere else. */
  env: Record<string, string>;
  /** Of a password that a program yields: a token may be too old for a process that starts later. */
  renewPassword?: (() => Promise<string>) | undefined;
  /** The name errors use. */
  label: string;
  /** The stated database; undefined = libpq's default. */
  database: string | undefined;
}

export interface ConnectionInput {
  /** From SecretStorage; undefined = libpq finds one (~/.pgpass, PGPASSWORD) or none is needed. */
  password?: string | undefined;
  /** Yields the password anew; see `LibpqConnection`. */
  renewPassword?: (() => Promise<string>) | undefined;
  /** Instead of the profile's own: a restore's target, the maintenance database. */
  database?: string | undefined;
  /** How a job finds its backends: ASCII, at most 63 characters. */
  applicationName: string;
  /** `process.env` of the host. */
  inherited: Readonly<Record<string, string | undefined>>;
  connectTimeoutSeconds: number;
  /** Through which the profile's servers are reached; without one, as if there were no SSH. */
  tunnel?: Pick<Tunnel, 'ports' | 'findPassword'> | undefined;
  /** The tools run elsewhere: where the server is for them, and what the user's password file has. */
  inside?: { dial: DialledInside | null; findPassword: FindPassword } | undefined;
  /** For tests; the running one is the default. */
  platform?: NodeJS.Platform | undefined;
}

/** A certificate's path; libpq itself knows no `~`. */
function expandHome(file: string): string {
  return /^~[/\\]/.test(file) ? path.join(homedir(), file.slice(2)) : file;
}

/** At most 63 printable ASCII characters, which is what a server keeps of an application name. */
function applicationNameOf(name: string): string {
  return name.replace(/[^ -~]/g, '?').slice(0, 63);
}

/**
 * Arguments and environment by which pg_dump, pg_restore, psql and pg_dumpall connect as `profile`
 * says. What it states wins; what it leaves out falls to libpq's defaults; no inherited variable
 * overrides or redirects it (`inherited.ts` has the rules).
 *
 * TLS settings go by environment, so that they stay out of the command that is shown; but a service
 * file beats the environment, so where a service takes part they go into `--dbname` as connection
 * info, like the application name and the parameters of a URL that have no argument.
 *
 * @throws AppError connectionInvalid: the profile's URL cannot be used, or a service is beside `ssh`
 */
export function buildConnection(
  profile: ConnectionProfile,
  input: ConnectionInput,
): LibpqConnection {
  const password = input.password ?? referencedPassword(profile, input.inherited);
  const dialled = dialledTarget(profile, { ...input, hasPassword: password !== undefined });
  const { env, service } = dialled;
  const database = input.database ?? dialled.target.database;
  const { tunnel, inside } = input;
  const target =
    tunnel !== undefined
      ? atTunnelEnd(dialled, tunnel)
      : inside?.dial
        ? seenFrom(dialled, inside.dial)
        : dialled.target;
  if (service !== undefined) env['PGSERVICE'] = service;
  const byService = service !== undefined;

  const info: [key: string, value: string][] = Object.entries(target.parameters);
  const state = (variable: string, key: string, value: string | undefined): void => {
    if (value === undefined) return;
    env[variable] = value;
    if (byService) info.push([key, value]);
  };
  state('PGSSLMODE', 'sslmode', target.sslMode);
  state('PGSSLROOTCERT', 'sslrootcert', target.sslRootCert && expandHome(target.sslRootCert));
  state('PGSSLCERT', 'sslcert', target.sslCert && expandHome(target.sslCert));
  state('PGSSLKEY', 'sslkey', target.sslKey && expandHome(target.sslKey));
  state('PGAPPNAME', 'application_name', applicationNameOf(input.applicationName));
  env['PGCONNECT_TIMEOUT'] = String(input.connectTimeoutSeconds);
  // A password in the service file wins, as its author intended.
  if (password !== undefined) env['PGPASSWORD'] = password;
  else if (tunnel ?? inside) keepPassword(dialled, database, (tunnel ?? inside)?.findPassword);

  const args: string[] = [];
  if (target.host !== undefined) args.push(`--host=${target.host}`);
  if (target.port !== undefined) args.push(`--port=${target.port}`);
  if (target.user !== undefined) args.push(`--username=${target.user}`);
  const named: [string, string][] = database === undefined ? info : [['dbname', database], ...info];
  return {
    args: [
      ...args,
      `--dbname=${info.length === 0 ? dbnameValue(database ?? '') : conninfoString(named)}`,
    ],
    dumpallArgs: named.length === 0 ? args : [...args, `--dbname=${conninfoString(named)}`],
    env,
    ...(input.renewPassword === undefined ? {} : { renewPassword: input.renewPassword }),
    label: connectionLabel(profile),
    database,
  };
}

/**
 * The environment of a process that starts now.
 *
 * @throws AppError as the program that yields the password
 */
export async function environmentNow({
  env,
  renewPassword,
}: Pick<LibpqConnection, 'env' | 'renewPassword'>): Promise<Record<string, string>> {
  return renewPassword === undefined ? env : { ...env, PGPASSWORD: await renewPassword() };
}

/**
 * The connection's servers, reached at the local ends of their tunnels. libpq keeps their names: by
 * them it checks certificates. What the tunnel chose goes by the environment, so that arguments are
 * the same in each run.
 */
function atTunnelEnd(
  { target, env, hosts }: DialledTarget,
  { ports }: Pick<Tunnel, 'ports'>,
): DialledTarget['target'] {
  const parameters = { ...target.parameters };
  delete parameters['hostaddr'];
  env['PGHOSTADDR'] = ports.map(() => LOOPBACK).join(',');
  env['PGPORT'] = ports.join(',');
  return { ...target, host: hosts.map(realName).join(','), port: undefined, parameters };
}

/** The same server under the address that it has where the tools run. */
function seenFrom({ target, env }: DialledTarget, { host, port }: DialledInside): ParsedUrl {
  const parameters = { ...target.parameters };
  delete parameters['hostaddr'];
  for (const name of ['PGHOST', 'PGHOSTADDR', 'PGPORT']) delete env[name];
  return { ...target, host, port: String(port), parameters };
}

/** A socket, and the server's own machine, are called by libpq's word for them in password files. */
function realName({ host, address }: DialledHost): string {
  return host === '' ? address || 'localhost' : /^[/@]/.test(host) ? 'localhost' : host;
}

/** With several hosts, one of them might get the password of another. */
function keepPassword(
  { hosts, user, env }: DialledTarget,
  database: string | undefined,
  findPassword: FindPassword | undefined,
): void {
  const [host] = hosts;
  if (host === undefined || hosts.length > 1 || env['PGPASSWORD'] !== undefined) return;
  const role = user ?? userInfo().username;
  const found = findPassword?.({
    host: realName(host),
    port: host.port || '5432',
    database: database ?? env['PGDATABASE'] ?? role,
    user: role,
  });
  if (found !== undefined) env['PGPASSWORD'] = found;
}

/**
 * Where a connection leads, for display: no secret, no user, and no guess. It names what is dialled:
 * an address beside a name, every host of a list, the service, and that nothing is encrypted. What
 * the profile leaves out is taken from the inherited variables that libpq would take, else left out
 * here too. Values only, so nothing in it needs translating: `db.example:5432/shop`,
 * `db.example (10.0.0.5)/shop`, `service=staging dbname=shop`; `[local]` where no host is known, as
 * psql's prompt has it.
 *
 * @throws AppError connectionInvalid: the profile's URL cannot be used
 */
export function describeTarget(
  profile: ConnectionProfile,
  inherited: Readonly<Record<string, string | undefined>> = {},
): string {
  const { target, database, service } = dialledTarget(profile, { inherited });
  const { place, mode } = addressOf(profile, inherited);
  if (service !== undefined) {
    return target.database === undefined ? place : `${place} dbname=${target.database}`;
  }
  return place + (database === undefined ? '' : `/${database}`) + mode + route(profile);
}

/** ` (ssh bastion)` */
function route({ ssh }: ConnectionProfile): string {
  return ssh === undefined ? '' : ` (ssh ${describeRoute(ssh)})`;
}

/**
 * Describes the target without its database: for sentences about another database, or that name it
 * separately.
 *
 * @throws AppError connectionInvalid
 */
export function describeAddress(
  profile: ConnectionProfile,
  inherited: Readonly<Record<string, string | undefined>> = {},
): string {
  const { place, mode } = addressOf(profile, inherited);
  return place + mode + route(profile);
}

/**
 * The database that libpq will connect to: from the profile or its URL, from the environment, else
 * the name of the user. undefined = it comes from a service file, or is unknown.
 *
 * @throws AppError connectionInvalid
 */
export function databaseBefore(
  profile: ConnectionProfile,
  inherited: Readonly<Record<string, string | undefined>> = {},
): string | undefined {
  const { target, database, service, user } = dialledTarget(profile, { inherited });
  return service === undefined ? (database ?? user) : target.database;
}

function addressOf(
  profile: ConnectionProfile,
  inherited: Readonly<Record<string, string | undefined>>,
): { place: string; mode: string } {
  const { target, service, hosts } = dialledTarget(profile, { inherited });
  if (service !== undefined) {
    const address = target.parameters['hostaddr'];
    const parts = [
      `service=${service}`,
      ...(target.host === undefined ? [] : [`host=${target.host}`]),
      ...(address === undefined ? [] : [`hostaddr=${address}`]),
      ...(target.port === undefined ? [] : [`port=${target.port}`]),
    ];
    return { place: parts.join(' '), mode: '' };
  }
  const unencrypted = target.sslMode === 'disable' || target.sslMode === 'allow';
  return {
    place: hosts.map(describeHost).join(','),
    mode: unencrypted && hosts.some(isRemote) ? ` sslmode=${target.sslMode}` : '',
  };
}

function describeHost({ host, address, port }: DialledHost): string {
  const named = host || address || '[local]';
  if (host === '' || address === '' || host === address) return withPort(named, port);
  return `${withPort(host, '')} (${address})${port === '' ? '' : `:${port}`}`;
}

/** `db.example:5432`, `[::1]:5432`. */
export function withPort(host: string, port: string): string {
  const shown = host === '[local]' || !host.includes(':') ? host : `[${host}]`;
  return port === '' ? shown : `${shown}:${port}`;
}

function isRemote({ host, address }: DialledHost): boolean {
  const dialled = address || host;
  return !/^(?:$|[/@]|localhost$|127\.|::1$)/.test(dialled);
}
