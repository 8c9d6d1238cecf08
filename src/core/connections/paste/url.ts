import { type Draft, PasteError } from './draft';
import { takeParameter } from './parameters';
import { dictionary } from '../../dictionary';

/*
 * Reads URLs as people write them: with the password in it, not percent-encoded where it should be,
 * and with the prefixes that drivers use.
 */

/** Schemes of PostgreSQL, without driver suffixes. */
const POSTGRES = /^(?:postgres(?:ql)?|postgis|pgsql|psql|ecto|timescale(?:db)?|pg)$/;
const OTHER = dictionary<string | undefined>({
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  mongodb: 'MongoDB',
  redis: 'Redis',
  rediss: 'Redis',
  sqlserver: 'SQL Server',
  mssql: 'SQL Server',
  oracle: 'Oracle',
  sqlite: 'SQLite',
  cockroachdb: 'CockroachDB',
  cockroach: 'CockroachDB',
  redshift: 'Amazon Redshift',
  snowflake: 'Snowflake',
  clickhouse: 'ClickHouse',
  bigquery: 'BigQuery',
  db2: 'Db2',
  file: 'SQLite',
});

/** Where a URL begins in a text: `jdbc:postgresql:`, `postgresql+asyncpg://`, `prisma://`. */
export const URL_START =
  /\b(?:(jdbc|r2dbc|vertx-reactive):)?(?:(?:pool|aws-wrapper|log4jdbc|tc|otel):)*([a-z][a-z0-9]*)((?:[+_][a-z0-9_]+)*)(?::\/\/|:(?=[\w/]+(?:$|[?"'\s])))/i;

/** @returns false when the text does not begin like a database URL */
export function takeUrl(draft: Draft, text: string): boolean {
  const start = URL_START.exec(text);
  if (start?.index !== 0) return false;
  const [beginning, prefix = '', scheme = '', suffix = ''] = start;
  const name = scheme.toLowerCase();
  if (name === 'prisma') throw new PasteError('noServer');
  if (!POSTGRES.test(name)) {
    const other = OTHER[name];
    // Without `//` it can also be `host:port` or a Windows path.
    if (other === undefined && !beginning.endsWith('//')) return false;
    throw new PasteError(other === undefined ? 'notUnderstood' : 'otherDatabase', other);
  }
  if (/cockroach|redshift/i.test(suffix)) throw new PasteError('otherDatabase', suffix.slice(1));
  if (prefix !== '') draft.dialect = 'jdbc';
  const rest = text.slice(beginning.length);
  // JDBC: `jdbc:postgresql:shop` and `jdbc:postgresql:/` name the local server.
  takeRest(draft, beginning.endsWith('//') ? rest : `/${rest.replace(/^\/+/, '')}`);
  return true;
}

interface Parts {
  credentials: string | undefined;
  hosts: string;
  path: string;
  query: string;
  fragment: boolean;
}

/** One host or several, each with or without a port; a socket directory is percent-encoded. */
const HOST = String.raw`(?:\[[0-9a-fA-F:.%\w]*\]|[^\s:/?#@,\[\]]*)(?::\d*)?`;
const HOSTS = String.raw`${HOST}(?:,${HOST})*`;
const TAIL = new RegExp(
  String.raw`^(?<hosts>${HOSTS})(?:/(?<path>[^?#@]*))?(?:\?(?<query>[^#]*))?(?<fragment>#.*)?$`,
  's',
);
/** Accepts placeholders in place of hosts and ports. */
const LOOSE = /^(?<hosts>[^/?#@]*)(?:\/(?<path>[^?#@]*))?(?:\?(?<query>[^#]*))?(?<fragment>#.*)?$/s;

/**
 * Splits a URL. Passwords may contain a raw `@`, so every `@` could end the user info. Among those
 * that are followed by a host, a database and parameters, the last one outside of a parameter counts.
 */
function partsOf(text: string): Parts {
  for (const pattern of [TAIL, LOOSE]) {
    for (const at of candidates(text)) {
      const match = pattern.exec(text.slice(at + 1));
      if (match?.groups === undefined) continue;
      const { hosts = '', path = '', query = '', fragment } = match.groups;
      return {
        credentials: at < 0 ? undefined : text.slice(0, at),
        hosts,
        path,
        query,
        fragment: fragment !== undefined,
      };
    }
  }
  throw new PasteError('notUnderstood');
}

/** Positions of `@`, most likely first; -1 = the URL has no user info. */
function candidates(text: string): number[] {
  const all = [...text.matchAll(/@/g)].map(({ index }) => index);
  const inQuery = (at: number): boolean =>
    /^[^@]*\?(?:[^@]*&)?(?:user|username|password|email|dbname|options)=[^&]*$/i.test(
      text.slice(0, at),
    );
  const [first] = all;
  if (first !== undefined && inQuery(first)) return [-1, ...all.reverse()];
  const query = /^[^@]*@[^@?#]*\?/.exec(text)?.[0];
  const credible = query === undefined ? all : all.filter((at) => at < query.length);
  return [...credible.reverse(), ...(all.length === 0 ? [-1] : [])];
}

function takeRest(draft: Draft, text: string): void {
  const { credentials, hosts, path, query, fragment } = partsOf(text);
  if (fragment) draft.drop('#', 'fragment');
  if (credentials !== undefined) {
    const colon = credentials.indexOf(':');
    draft.state('user', decode(colon < 0 ? credentials : credentials.slice(0, colon)));
    const password = colon < 0 ? '' : credentials.slice(colon + 1);
    draft.statePassword(decode(password), password);
  }
  takeHosts(draft, hosts);
  draft.state('database', decode(path.replace(/\/$/, '')));
  const pairs = query.replaceAll('&amp;', '&').split(/[&;]/).filter(Boolean);
  const names = pairs.map((pair) => pair.split('=', 1)[0] ?? '');
  if (draft.dialect === 'libpq' && names.some((name) => PRISMA.test(name))) {
    draft.dialect = 'prisma';
  }
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const raw = equals < 0 ? '' : pair.slice(equals + 1);
    // pgjdbc decodes parameters like HTML forms, where `+` is a blank.
    const value = decode(draft.dialect === 'jdbc' ? raw.replaceAll('+', ' ') : raw);
    takeParameter(draft, name, value, raw);
  }
}

const PRISMA = /^(?:connection_limit|pool_timeout|sslaccept|sslidentity|schema|pgbouncer)$/;

function takeHosts(draft: Draft, text: string): void {
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const one of text.split(/,(?![^[]*\])/)) {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(one);
    hosts.push(decode((match?.[1] ?? one).replace(/^\[(.*)\]$/, '$1')));
    ports.push(match?.[2] ?? '');
  }
  draft.state('host', hosts.join(','));
  draft.state('port', ports.every((port) => port === '') ? '' : ports.join(','));
}

/** Decodes percent-encoding; text that is not valid encoding stays, as in raw passwords. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
