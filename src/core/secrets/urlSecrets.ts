import { isSecretName, SECRET_CONNINFO_KEYS } from './secretWords';

/** A part of a text, in UTF-16 units. */
export interface Range {
  start: number;
  end: number;
}

/** Longer texts are not searched as URLs. */
const MAX_LENGTH = 8192;
/** A user name of at least this length counts as a token. */
const TOKEN_LENGTH = 16;
/** Parameters of web addresses: keys, and signatures that are as good as one. */
const SECRET_PARAMETER = /(?:^|[_-])(?:key|apikey|sig|signature|token|secret|jwt|code|pass|pwd)$/i;
const SCHEME = /\b([a-z][a-z0-9+.-]*):\/\//gi;

/**
 * Passwords in URLs of any kind. A URL of PostgreSQL may hold one with characters that should have
 * been written otherwise (`/`, `@`, `#`, `?`, blanks): everything between its first colon and the
 * last `@` counts.
 */
export function urlSecrets(text: string): Range[] {
  const ranges: Range[] = [];
  for (const match of text.matchAll(SCHEME)) {
    const offset = match.index + match[0].length;
    const url = text.slice(offset, offset + MAX_LENGTH);
    for (const { start, end } of secretsOf(url, match[1] ?? '')) {
      ranges.push({ start: offset + start, end: offset + end });
    }
  }
  return ranges;
}
/** `url`: what follows `scheme://`, and more. */
function secretsOf(url: string, scheme: string): Range[] {
  const isPostgres = /postgres(?:ql)?/i.test(scheme);
  const end = isPostgres ? endOfLoose(url) : url.search(/[\s/?#'"<>]|$/);
  const at = url.slice(0, end).lastIndexOf('@');
  const colon = url.indexOf(':');
  const ranges = colon >= 0 && colon < at ? [{ start: colon + 1, end: at }] : [];
  // Web services take a token for a name: `https://TOKEN@host`.
  if (!isPostgres && ranges.length === 0 && at >= TOKEN_LENGTH) ranges.push({ start: 0, end: at });
  return [...ranges, ...queryValues(url, isPostgres ? isSecretKey : isSecretParameter)];
}

/** The whole word, or, when the last `@` is behind a blank, as far as the quotes or the line go. */
function endOfLoose(url: string): number {
  const word = url.search(/[\s"]|$/);
  const quoted = url.slice(0, url.search(/[\n'"]|$/));
  return Math.max(word, quoted.lastIndexOf('@') + 1);
}

/** libpq takes the names of parameters percent-encoded as well. */
function queryValues(url: string, isSecret: (key: string) => boolean): Range[] {
  const found = /^[^\s'"?]*\?([^\s'"]*)/.exec(url);
  if (found === null) return [];
  const query = found[1] ?? '';
  const ranges: Range[] = [];
  let at = found[0].length - query.length;
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && isSecret(pair.slice(0, equals))) {
      ranges.push({ start: at + equals + 1, end: at + pair.length });
    }
    at += pair.length + 1;
  }
  return ranges;
}

function isSecretParameter(key: string): boolean {
  return SECRET_PARAMETER.test(key) || isSecretName(key);
}

function isSecretKey(key: string): boolean {
  const decoded = key.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  return SECRET_CONNINFO_KEYS.has(decoded.toLowerCase());
}
