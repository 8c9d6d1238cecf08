import { isIPv6 } from 'node:net';
import type { SshRoute } from '../../model/profile';
import { routeArgs } from './sshRoute';

/** A tunnel listens here, and nowhere else. */
export const LOOPBACK = '127.0.0.1';
const DEFAULT_PORT = '5432';

/** The connection of ssh is given up after about a minute without a sign of life. */
const ALIVE = ['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=4'];

/** A server, as far as it is stated; '' = it is not. */
interface FarHost {
  host: string;
  address: string;
  port: string;
}

/** One port here and what is behind it there. */
export interface Forward {
  localPort: number;
  /** `host:port`, or the path of a socket, as the SSH server reaches it. */
  farEnd: string;
}

/**
 * What the SSH server has to connect to; without a host, the server that runs on itself. null = ssh
 * cannot be told so: a colon would end the name, and it expands `%` and `$` in paths.
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

/**
 * Arguments of an `ssh` that does nothing but forward ports. It asks nobody anything: nobody could
 * see the question. It says by `-v` when it listens, and why it does not. Nothing else of the
 * user's configuration for that host is started: no command, no shared connection that would keep
 * the ports open after its end.
 */
export function tunnelArgs(
  route: SshRoute,
  forwards: readonly Forward[],
  connectTimeoutSeconds: number,
): string[] {
  return [
    '-N',
    '-T',
    '-v',
    '-a',
    '-x',
    ...['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${connectTimeoutSeconds}`, ...ALIVE],
    ...['-o', 'ControlMaster=no', '-o', 'ControlPath=none'],
    ...['-o', 'RemoteCommand=none', '-o', 'PermitLocalCommand=no'],
    // Other ports of the configuration may be in use; ours are looked after by themselves.
    ...['-o', 'ExitOnForwardFailure=no', '-o', 'GatewayPorts=no'],
    ...forwards.flatMap(({ localPort, farEnd }) => ['-L', `${LOOPBACK}:${localPort}:${farEnd}`]),
    ...routeArgs(route),
  ];
}
