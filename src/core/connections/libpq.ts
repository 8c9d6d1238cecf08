import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { KEY_PASSPHRASE } from './clientKey/passphraseFile';
import { conninfoString, dbnameValue } from './conninfo';
import { referencedPassword } from './effectiveTarget';
import { dialledTarget, type DialledHost, type DialledTarget } from './dialledTarget';
import type { Tunnel } from './openTunnel';
import type { FindPassword } from './ssh/passwordFile';
import type { ParsedUrl } from './url/parseUrl';
import type { DialledInside } from '../model/tools';
import { describeRoute, LOOPBACK } from './ssh/sshRoute';
import { connectionLabel, type ConnectionProfile } from '../model/profile';

/** How a tool connects: arguments and environment. */
export interface LibpqConnection {
  /**
   * `--host`, `--port`, `--username` where stated, and always `--dbname` (pg_restore needs one to
   * connect at all; an empty one means libpq's default). For pg_dump, pg_restore and psql.
   */
  args: string[];
  /** Arguments for pg_dumpall, whose `--dbname` takes connection strings only. */
  dumpallArgs: string[];
  /** The complete environment of the tool. The password is here and nowhere else. */
  env: Record<string, string>;
  /** Set for passwords of a command: such a token may expire before a later process starts. */
  renewPassword?: (() => Promise<string>) | undefined;
  /** The connection's name in error messages. */
  label: string;
  /** The database that is stated; undefined = libpq's default. */
  database: string | undefined;
}

export interface ConnectionInput {
  /** From SecretStorage; undefined = none, or libpq finds one (~/.pgpass, PGPASSWORD). */
  password?: string | undefined;
  /** Opens the client key; undefined = it needs none. */
  keyPassphrase?: string | undefined;
  /** Runs the password command again; see `LibpqConnection`. */
  renewPassword?: (() => Promise<string>) | undefined;
  /** Replaces the profile's database: the target of a restore, the maintenance database. */
  database?: string | undefined;
  /** The name by which a job finds its sessions on the server: ASCII, at most 63 characters. */
  applicationName: string;
  /** `process.env` of the extension host. */
  inherited: Readonly<Record<string, string | undefined>>;
  connectTimeoutSeconds: number;
  /** SSH tunnel to the profile's servers; undefined = connect directly. */
  tunnel?: Pick<Tunnel, 'ports' | 'findPassword'> | undefined;
  /** For tools that run elsewhere: the server's address there, and the user's password file. */
  inside?: { dial: DialledInside | null; findPassword: FindPassword } | undefined;
  /** For tests; default: this system. */
  platform?: NodeJS.Platform | undefined;
}

/** Expands `~` in a certificate's path, which libpq does not do. */
export function expandHome(file: string): string {
  return /^~[/\\]/.test(file) ? path.join(homedir(), file.slice(2)) : file;
}

/** Servers keep at most 63 printable ASCII characters of an application name. */
function applicationNameOf(name: string): string {
  return name.replace(/[^ -~]/g, '?').slice(0, 63);
}

/**
 * Arguments and environment with which pg_dump, pg_restore, psql and pg_dumpall connect to a profile's
 * server. The profile's values win; libpq's defaults apply to what it leaves out; no inherited
 * variable overrides or redirects it (rules: `inherited.ts`).
 *
 * TLS settings are passed in the environment, to keep them out of the command that is shown. A service
 * file beats the environment, so with a service they become part of `--dbname` as connection info,
 * like the application name and those URL parameters that have no option of their own.
 *
 * @throws AppError `connectionInvalid`: the profile's URL cannot be used, or it combines a service
 *   with `ssh`
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
  if (input.keyPassphrase !== undefined && !byService) env[KEY_PASSPHRASE] = input.keyPassphrase;
  env['PGCONNECT_TIMEOUT'] = String(input.connectTimeoutSeconds);
  // A password in a service file beats PGPASSWORD, which is what the file's author intended.
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
 * The environment of a tool that starts now. Runs the password command again where there is one.
 *
 * @throws AppError as `runPasswordCommand`
 */
export async function environmentNow({
  env,
  renewPassword,
}: Pick<LibpqConnection, 'env' | 'renewPassword'>): Promise<Record<string, string>> {
  return renewPassword === undefined ? env : { ...env, PGPASSWORD: await renewPassword() };
}

/**
 * Redirects a connection to the local ends of its tunnels. The host names stay, because libpq checks
 * certificates by them. The tunnel's ports are passed in the environment, so that the arguments are
 * the same in every run.
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

/** Replaces the server's address by the one that reaches it from where the tools run. */
function seenFrom({ target, env }: DialledTarget, { host, port }: DialledInside): ParsedUrl {
  const parameters = { ...target.parameters };
  delete parameters['hostaddr'];
  for (const name of ['PGHOST', 'PGHOSTADDR', 'PGPORT']) delete env[name];
  return { ...target, host, port: String(port), parameters };
}

/** The host as password files name it: `localhost` for sockets and for this machine. */
function realName({ host, address }: DialledHost): string {
  return host === '' ? address || 'localhost' : /^[/@]/.test(host) ? 'localhost' : host;
}

/** Finds the password in the user's file. Not for several hosts, which could have different ones. */
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
 * Describes where a connection leads, for display: without secret and user. It names what is really
 * dialled: an address beside a host name, all hosts of a list, the service, and that the connection is
 * not encrypted. What the profile leaves out comes from the inherited variables that libpq would use;
 * otherwise the text leaves it out, too. The text needs no translation: `db.example:5432/shop`,
 * `db.example (10.0.0.5)/shop`, `service=staging dbname=shop`; `[local]` where no host is known, as in
 * psql's prompt.
 *
 * @throws AppError `connectionInvalid`: the profile's URL cannot be used
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
 * Describes the target without its database, for sentences that name a database themselves.
 *
 * @throws AppError `connectionInvalid`
 */
export function describeAddress(
  profile: ConnectionProfile,
  inherited: Readonly<Record<string, string | undefined>> = {},
): string {
  const { place, mode } = addressOf(profile, inherited);
  return place + mode + route(profile);
}

/**
 * The database that libpq will connect to: from the profile or its URL, from the environment, or else
 * the name of the user. undefined = a service file decides, or it is unknown.
 *
 * @throws AppError `connectionInvalid`
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
