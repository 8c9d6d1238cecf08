import type { SshRoute } from '../../model/profile';

/** The only address that a tunnel listens on. */
export const LOOPBACK = '127.0.0.1';

/** For display, in the form in which settings accept it: `deploy@bastion:2222`. */
export function describeRoute({ host, user, port }: SshRoute): string {
  const named = port !== undefined && host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${named}${port === undefined ? '' : `:${port}`}`;
}

/** The arguments of `ssh` for the destination. */
export function routeArgs({ host, user, port, jump }: SshRoute): string[] {
  return [
    ...(jump === undefined ? [] : ['-J', jump]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ];
}
