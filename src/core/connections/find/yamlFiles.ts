import { readParts, readPasted } from '../paste/readPasted';
import { fillIn, findInAssignments } from './envFile';
import { found, isRecord, parts, textOf, type Assignment, type FoundConnection } from './found';
import { parseYaml } from './parseYaml';
import { isServerImage, serverOf } from './runningServers';

/** docker-compose.yml: the servers that it runs, at the ports that they publish on this machine. */
export function findInCompose(text: string, known: ReadonlyMap<string, string>): FoundConnection[] {
  const [document] = parseYaml(text);
  const services = isRecord(document) && isRecord(document['services']) ? document['services'] : {};
  const published = new Map<string, string>();
  const servers = Object.entries(services).flatMap(([name, service]) => {
    if (!isRecord(service) || !isServerImage(fillIn(textOf(service['image']), known))) return [];
    const port = publishedPort(service['ports'], known);
    // Without a published port only other containers reach the server.
    if (port === undefined) return [];
    published.set(name, port);
    return serverOf(new Map(environmentOf(service['environment'], known)), port, name);
  });
  const clients = Object.entries(services).flatMap(([name, service]) => {
    if (!isRecord(service) || published.has(name)) return [];
    const environment = environmentOf(service['environment'], known);
    return findInAssignments(environment).flatMap((one) => outside(one, name, published));
  });
  return [...servers, ...clients];
}

/** Replaces an address of the compose network (`db:5432`) by the port that this machine publishes. */
function outside(
  one: FoundConnection,
  service: string,
  published: ReadonlyMap<string, string>,
): FoundConnection[] {
  const { profile } = one.connection;
  const port = published.get(profile.host ?? '');
  const at = `${service}.${one.at}`;
  if (port !== undefined) {
    const here = { ...profile, host: 'localhost', port: Number(port) };
    return [{ at, connection: { ...one.connection, profile: here } }];
  }
  // A host name without a dot is another container.
  return profile.host === undefined || !profile.host.includes('.') ? [] : [{ ...one, at }];
}

/** `KEY: value` or `- KEY=value`. */
function environmentOf(value: unknown, known: ReadonlyMap<string, string>): Assignment[] {
  const pairs: [string, unknown][] = Array.isArray(value)
    ? (value as unknown[]).map((one): [string, unknown] => {
        const text = textOf(one);
        const at = text.indexOf('=');
        return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
      })
    : Object.entries(isRecord(value) ? value : {});
  return pairs.map(([name, given]) => [name, fillIn(textOf(given), known)]);
}

/** `5433:5432`, `127.0.0.1:5433:5432`, `{ target: 5432, published: 5433 }`. */
function publishedPort(value: unknown, known: ReadonlyMap<string, string>): string | undefined {
  for (const one of Array.isArray(value) ? (value as unknown[]) : []) {
    if (isRecord(one)) {
      if (textOf(one['target']) === '5432') return fillIn(textOf(one['published']), known);
    } else {
      const text = fillIn(textOf(one), known);
      const match = /^(?:.*:)?(\d+):5432(?:\/tcp)?$/.exec(text);
      if (match?.[1] !== undefined) return match[1];
    }
  }
  return undefined;
}

/** Rails' config/database.yml, with several databases for an environment or one. */
export function findInRails(text: string): FoundConnection[] {
  const [document] = parseYaml(withoutErb(text));
  return Object.entries(isRecord(document) ? document : {}).flatMap(([environment, value]) =>
    // `default` only holds what the other sections share.
    isRecord(value) && environment !== 'default' ? railsEntry(environment, value) : [],
  );
}

function railsEntry(at: string, fields: Record<string, unknown>): FoundConnection[] {
  const url = textOf(fields['url']);
  if (url !== '') return found(readPasted(url), at);
  const adapter = textOf(fields['adapter']);
  if (adapter === '') {
    return Object.entries(fields).flatMap(([name, value]) =>
      isRecord(value) ? railsEntry(`${at}.${name}`, value) : [],
    );
  }
  if (!/^(?:postgresql|postgis|jdbcpostgresql)$/.test(adapter)) return [];
  const { host, port, database, username, password, sslmode, sslrootcert, service } = fields;
  const stated = { host, port, dbname: database, user: username, password };
  return found(readParts(parts({ ...stated, sslmode, sslrootcert, service })), at);
}

/** `<%= ENV["X"] %>` and `ENV.fetch("X") { "default" }`: nothing of it is run. */
function withoutErb(text: string): string {
  return text
    .replace(
      /<%=\s*ENV(?:\.fetch\(|\[)\s*["']([A-Za-z_]\w*)["']\s*(?:,\s*["']?([^"')]*)["']?\s*)?[\])]\s*(?:\{\s*["']?([^"'}]*?)["']?\s*\})?(?:\s*\|\|\s*["']([^"']*)["'])?\s*%>/g,
      (...[, name = '', ...defaults]: (string | undefined)[]) =>
        defaults.slice(0, 3).find((one) => one !== undefined) ?? `\${env:${name}}`,
    )
    .replace(/<%(?!=)[^]*?%>/g, '');
}

/** Spring's application.yml. */
export function findInSpringYaml(text: string): FoundConnection[] {
  const flat: Assignment[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (isRecord(value) && depth < 12) {
      for (const [key, inner] of Object.entries(value)) {
        walk(inner, path === '' ? key : `${path}.${key}`, depth + 1);
      }
    } else if (textOf(value) !== '') flat.push([path, textOf(value)]);
  };
  // A file can hold several documents, one for each profile, separated by `---`.
  for (const part of text.split(/^---\s*$/m)) {
    for (const document of parseYaml(part)) walk(document, '', 0);
  }
  return findInSpring(flat);
}

/** Spring's, Quarkus' and Micronaut's application.properties. */
export function findInProperties(text: string): FoundConnection[] {
  const lines = text
    .replace(/\\\r?\n\s*/g, '')
    .matchAll(/^[ \t]*([^#!\s=:][^\s=:]*)[ \t]*[=:][ \t]*(.*)$/gm);
  return findInSpring(
    [...lines].map(([, name = '', value = '']): Assignment => [name, value.trim()]),
  );
}

/** `spring.datasource.url` and what stands beside it. */
function findInSpring(settings: readonly Assignment[]): FoundConnection[] {
  const known = new Map(settings.map(([name, value]) => [name, withDefault(value)]));
  return [...known].flatMap(([name, value]) => {
    const place =
      /^(.*(?:datasource|r2dbc|reactive)\b.*?)\.(?:jdbc-)?(?:url|uri|jdbc\.url|jdbcUrl)$/i.exec(
        name,
      );
    if (place === null) return [];
    const base = (place[1] ?? '').replace(/\.(?:jdbc|reactive|hikari)$/, '');
    const own = usableUrl(value);
    if (own === null) return [];
    const beside = (names: readonly string[]): string =>
      names.map((one) => known.get(`${base}.${one}`) ?? '').find((one) => one !== '') ?? '';
    const user = beside(['username', 'user', 'data-username']);
    const password = beside(['password', 'data-password']);
    const { connection } = own;
    const given = readParts(parts({ host: 'x', user, password }));
    if (!('profile' in given)) return [own];
    return [
      {
        at: name,
        connection: {
          ...connection,
          profile: {
            ...(given.profile.user === undefined || connection.profile.url !== undefined
              ? {}
              : { user: given.profile.user }),
            ...connection.profile,
          },
          ...(given.password === undefined || connection.password !== undefined
            ? {}
            : { password: given.password }),
        },
      },
    ];
  });
}

function usableUrl(value: string): FoundConnection | null {
  return found(readPasted(value), '')[0] ?? null;
}

/** The default in `${DB_URL:jdbc:postgresql://…}`, where there is one. */
function withDefault(value: string): string {
  return value.replace(/\$\{([A-Za-z_][\w.]*):([^{}]*)\}/g, '$2');
}
