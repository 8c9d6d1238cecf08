import { isIPv6 } from 'node:net';
import type { SshRoute } from '../../model/profile';
import { LOOPBACK, routeArgs } from './sshRoute';

const DEFAULT_PORT = '5432';

/** ssh gives a connection up after about a minute without an answer. */
const ALIVE = ['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=4'];

/** Address of a server; '' = left out. */
interface FarHost {
  host: string;
  address: string;
  port: string;
}

/** One forwarded port. */
export interface Forward {
  localPort: number;
  /** `host:port`, or the path of a socket, as seen from the SSH server. */
  farEnd: string;
}

/**
 * Where the SSH server is to connect to; without a host, to itself. null = `ssh -L` cannot express the
 * target: a colon ends the host's name, and `%` and `$` in socket paths are expanded.
 */
export function farEndOf({ host, address, port: stated }: FarHost): string | null {
  const dialled = address || host || 'localhost';
  const port = stated || DEFAULT_PORT;
  if (!/^\d{1,5}$/.test(port)) return null;
  if (dialled.startsWith('/')) {
    return /[%$:\s\p{Cc}]/u.test(dialled) ? null : `${dialled}/.s.PGSQL.${port}`;
  }
  if (isIPv6(dialled)) return `[${dialled}]:${port}`;
  return /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(dialled) ? `${dialled}:${port}` : null;
}

/** How `ssh` logs in. */
export interface LoginManner {
  connectTimeoutSeconds: number;
  /** May it ask, by SSH_ASKPASS? Else it never prompts, because nobody could see the prompt. */
  asks: boolean;
  /** For tests; default: this system. */
  platform?: NodeJS.Platform | undefined;
}

/**
 * Arguments for an `ssh` that only forwards ports. With `-v` it reports when it listens, or why it
 * cannot. Other settings of the user's configuration for that host are switched off: commands, and
 * shared connections, which would keep the ports open after `ssh` has ended.
 */
export function tunnelArgs(
  route: SshRoute,
  forwards: readonly Forward[],
  { connectTimeoutSeconds, asks, platform = process.platform }: LoginManner,
): string[] {
  const windows = platform === 'win32';
  return [
    '-N',
    '-T',
    '-v',
    '-a',
    '-x',
    ...(asks ? [] : ['-o', 'BatchMode=yes']),
    // What a server words would become part of a command (see `mayAsk`).
    ...(asks && windows ? ['-o', 'KbdInteractiveAuthentication=no'] : []),
    ...['-o', `ConnectTimeout=${connectTimeoutSeconds}`, ...ALIVE],
    ...['-o', 'ControlMaster=no', '-o', 'ControlPath=none'],
    ...['-o', 'RemoteCommand=none', '-o', 'PermitLocalCommand=no'],
    // Forwards of the user's configuration may fail, as their ports can be in use; ours are checked.
    ...['-o', 'ExitOnForwardFailure=no', '-o', 'GatewayPorts=no'],
    ...forwards.flatMap(({ localPort, farEnd }) => ['-L', `${LOOPBACK}:${localPort}:${farEnd}`]),
    ...routeArgs(route),
  ];
}
