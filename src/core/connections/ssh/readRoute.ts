import type { SshRoute } from '../../model/profile';

/*
 * These values become arguments of `ssh`, and through `%h`, `%r` and `%n` parts of commands in its
 * configuration, which a shell runs. So only characters of host names and user names are accepted.
 */
const HOST = /^(?:[\p{L}\p{N}_][\p{L}\p{N}._-]*|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+)$/u;
const USER = /^[\p{L}\p{N}_][\p{L}\p{N}._@+-]*$/u;
/** `user@host:port`, also as a URI. The user may contain `@`; an IPv6 address may have brackets. */
const DESTINATION =
  /^(?:ssh:\/\/)?(?:(.+)@)?(\[[^\]]*\]|[^@:[\]]+|[^@[\]]+:[^@[\]]*:[^@[\]]*)(?::(\d+))?\/?$/u;
const MAX_LENGTH = 255;

/**
 * Reads `ssh` of an entry: `alias`, `user@host:port`, `ssh://user@host:port`, or an object with
 * `host`, `user`, `port` and `jump`. null = the value is invalid.
 */
export function readSshRoute(value: unknown): SshRoute | null {
  if (typeof value === 'string') return readDestination(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { host, user, port, jump, ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length > 0 || typeof host !== 'string') return null;
  const route = readDestination(host);
  if (route === null) return null;
  if (user !== undefined) {
    if (route.user !== undefined || typeof user !== 'string' || !isUser(user)) return null;
    route.user = user;
  }
  if (port !== undefined) {
    if (route.port !== undefined || typeof port !== 'number' || !isPort(port)) return null;
    route.port = port;
  }
  if (jump !== undefined) {
    if (typeof jump !== 'string') return null;
    if (!jump.split(',').every((one) => readDestination(one) !== null)) return null;
    route.jump = jump;
  }
  return route;
}

function readDestination(text: string): SshRoute | null {
  const [, user, host = '', port] = DESTINATION.exec(text) ?? [];
  if (!isHost(host) || (user !== undefined && !isUser(user))) return null;
  const route: SshRoute = { host: host.replace(/^\[|\]$/g, '') };
  if (user !== undefined) route.user = user;
  if (port !== undefined) {
    if (!isPort(Number(port))) return null;
    route.port = Number(port);
  }
  return route;
}

function isHost(text: string): boolean {
  return text.length <= MAX_LENGTH && HOST.test(text);
}

function isUser(text: string): boolean {
  return text.length <= MAX_LENGTH && USER.test(text);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
