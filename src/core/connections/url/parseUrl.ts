import { SSL_MODES, type SslMode } from '../../model/profile';
import { maskSecrets } from '../../secrets/mask';
import { judgeParameter, type RefusedUrlParameter } from './urlParameters';

/** The parts of a `postgresql://` URI, decoded; omitted parts are absent. */
export interface ParsedUrl {
  /** One host, a socket directory, or several separated by commas, as libpq takes them. */
  host?: string | undefined;
  /** One port, or as many as there are hosts, separated by commas. */
  port?: string | undefined;
  user?: string | undefined;
  database?: string | undefined;
  service?: string | undefined;
  sslMode?: SslMode | undefined;
  sslRootCert?: string | undefined;
  sslCert?: string | undefined;
  sslKey?: string | undefined;
  /** All other parameters by libpq's keyword, in the URI's order. Never a secret. */
  parameters: Record<string, string>;
}

export type UrlProblem =
  /** libpq would not accept the URI. */
  | { problem: 'badUrl' }
  /** The URI contains a password or another secret. */
  | { problem: 'passwordInUrl' }
  /** A raw `@` within a name: libpq would read the text after it as a host or a database. */
  | { problem: 'atSignInUrl' }
  | { problem: 'badSslMode' }
  | { problem: 'badPort' }
  /** libpq has no such parameter, or a backup cannot use it. */
  | { problem: 'unknownUrlParameter'; parameter: string }
  /** libpq has the parameter, but settings, which can come with a workspace, must not contain it. */
  | { problem: 'refusedUrlParameter'; parameter: RefusedUrlParameter };

export type UrlResult = { url: ParsedUrl } | UrlProblem;

class BadUrl extends Error {}

/**
 * Decodes percent-encoding as libpq does: two hex digits, UTF-8, no NUL; `+` is a plus. As in libpq 17
 * and later, blanks around a part are dropped, and blanks within it are errors.
 */
function decode(text: string): string {
  const trimmed = text.replace(/^ +| +$/g, '');
  if (trimmed.includes(' ') || /%(?![0-9a-fA-F]{2})|%00|\0/.test(trimmed)) throw new BadUrl();
  try {
    return decodeURIComponent(trimmed);
  } catch {
    throw new BadUrl();
  }
}

/** Splits `host:port,[::1]:port,…`; `rest` begins at the first `/` or `?`. */
function splitHosts(text: string): { host: string; port: string; rest: string } {
  const hosts: string[] = [];
  const ports: string[] = [];
  let at = 0;
  for (;;) {
    let host: string;
    if (text[at] === '[') {
      const end = text.indexOf(']', at);
      host = text.slice(at + 1, end);
      if (end < 0 || host === '') throw new BadUrl();
      at = end + 1;
      if (at < text.length && !':/?,'.includes(text.charAt(at))) throw new BadUrl();
    } else {
      const start = at;
      while (at < text.length && !':/?,'.includes(text.charAt(at))) at++;
      host = text.slice(start, at);
    }
    let port = '';
    if (text[at] === ':') {
      const start = ++at;
      while (at < text.length && !'/?,'.includes(text.charAt(at))) at++;
      port = text.slice(start, at);
    }
    hosts.push(host);
    ports.push(port);
    if (text[at] !== ',') break;
    at++;
  }
  // libpq treats a list of commas as a list, but a single empty host as left out.
  return { host: hosts.join(','), port: ports.join(','), rest: text.slice(at) };
}

/** One port, or a list in which ports may be left out. */
function isPortList(text: string): boolean {
  return text.split(',').every((p) => p === '' || (/^\d{1,5}$/.test(p) && +p >= 1 && +p <= 65535));
}

/**
 * Reads a connection URI as libpq does (`conninfo_uri_parse_options`): several hosts, IPv6 in
 * brackets, socket directories (`postgresql:///db?host=/tmp`), percent-encoding, parameters that
 * override the parts before them. A URI with a secret is refused. No reported problem quotes the URI.
 */
export function parseUrl(text: string): UrlResult {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof BadUrl) return { problem: 'badUrl' };
    throw error;
  }
}

function parse(text: string): UrlResult {
  const scheme = /^postgres(?:ql)?:\/\//.exec(text)?.[0];
  if (scheme === undefined) throw new BadUrl();
  let rest = text.slice(scheme.length);
  const stated = new Map<string, string>();

  // As in libpq, an `@` before the first `/` ends the user's part.
  const credentials = /^[^@/]*@/.exec(rest)?.[0];
  if (credentials !== undefined) {
    rest = rest.slice(credentials.length);
    const colon = credentials.indexOf(':');
    if (colon >= 0 && colon < credentials.length - 2) return { problem: 'passwordInUrl' };
    stated.set('user', decode(credentials.slice(0, colon >= 0 ? colon : -1)));
  }
  const misplaced = misplacedAt(rest);
  if (misplaced >= 0) {
    // `bob:4711/secret@db/x`: the password contains a slash, so its beginning looks like a port.
    const hidesPassword = text.lastIndexOf(':', text.length - rest.length + misplaced);
    return { problem: hidesPassword >= scheme.length ? 'passwordInUrl' : 'atSignInUrl' };
  }
  const { host, port, rest: tail } = splitHosts(rest);
  stated.set('host', decode(host));
  stated.set('port', decode(port));

  const question = tail.indexOf('?');
  const path = question >= 0 ? tail.slice(0, question) : tail;
  if (path !== '') stated.set('dbname', decode(path.slice(1)));

  const pairs = question >= 0 ? tail.slice(question + 1).split('&') : [];
  // As in libpq, one `&` may stand at the end; `a&b=1` and `a=b=c` are refused.
  if (pairs.at(-1) === '') pairs.pop();
  for (const pair of pairs) {
    const parts = pair.split('=');
    let key = decode(parts[0] ?? '');
    if (judgeParameter(key, '') === 'secret') return { problem: 'passwordInUrl' };
    if (parts.length !== 2) throw new BadUrl();
    let value = decode(parts[1] ?? '');
    if (key === 'ssl' && value === 'true') [key, value] = ['sslmode', 'require'];
    const verdict = isPart(key) ? 'kept' : judgeParameter(key, value);
    if (verdict === 'unknown') return { problem: 'unknownUrlParameter', parameter: key };
    if (typeof verdict === 'object') {
      return { problem: 'refusedUrlParameter', parameter: verdict.refused };
    }
    if (verdict === 'kept') stated.set(key, value);
  }
  return toParsedUrl(stated);
}

/**
 * Position of an `@` after the user info and outside the values of `user` and `dbname`; -1 = none. The
 * `@` was meant as part of the user name or password.
 */
function misplacedAt(rest: string): number {
  const allowed = /[?&](?:user|dbname)=[^&/]*/g;
  const blanked = rest.replace(allowed, (pair) => pair.replaceAll('@', ' '));
  return blanked.indexOf('@');
}

const PART_KEYWORDS = [
  'host',
  'port',
  'user',
  'dbname',
  'service',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
] as const;

function isPart(key: string): boolean {
  return (PART_KEYWORDS as readonly string[]).includes(key);
}

function toParsedUrl(stated: Map<string, string>): UrlResult {
  const part = (key: (typeof PART_KEYWORDS)[number]): string | undefined => {
    const value = stated.get(key);
    stated.delete(key);
    // libpq ignores an empty value; a value of commas is a list of omitted ports.
    return value === undefined || /^,*$/.test(value) ? undefined : value;
  };
  const port = part('port');
  const sslMode = part('sslmode');
  if (port !== undefined && !isPortList(port)) return { problem: 'badPort' };
  if (sslMode !== undefined && !isSslMode(sslMode)) return { problem: 'badSslMode' };
  const url: ParsedUrl = {
    host: part('host'),
    port,
    user: part('user'),
    database: part('dbname'),
    service: part('service'),
    sslMode,
    sslRootCert: part('sslrootcert'),
    sslCert: part('sslcert'),
    sslKey: part('sslkey'),
    parameters: {},
  };
  const shown = [url.host, url.user, url.database, url.service];
  if (shown.some((text) => text !== undefined && maskSecrets(text) !== text)) {
    return { problem: 'passwordInUrl' };
  }
  for (const [key, value] of stated) {
    if (value !== '') url.parameters[key] = value;
  }
  return { url };
}

/** Is the value one of libpq's values of `sslmode`? */
export function isSslMode(value: unknown): value is SslMode {
  return (SSL_MODES as readonly unknown[]).includes(value);
}
