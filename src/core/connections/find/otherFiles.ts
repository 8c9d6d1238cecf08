import { readParts, readPasted } from '../paste/readPasted';
import { found, isRecord, parts, textOf, type FoundConnection } from './found';

/** JSON as in VS Code's settings: comments and trailing commas are allowed. null = invalid. */
function parseJsonc(text: string): unknown {
  const bare = text
    .replace(/^\ufeff/, '')
    .replace(
      /("(?:[^"\\]|\\[^])*")|\/\/[^\n]*|\/\*[^]*?\*\//g,
      (_whole, string?: string) => string ?? '',
    )
    .replace(/("(?:[^"\\]|\\[^])*")|,(?=\s*[}\]])/g, (_whole, string?: string) => string ?? '');
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    return null;
  }
}

/** ASP.NET's appsettings.json: `ConnectionStrings` at any depth. */
export function findInAppSettings(text: string): FoundConnection[] {
  const all: FoundConnection[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (!isRecord(value) || depth > 6) return;
    for (const [key, inner] of Object.entries(value)) {
      if (/^connectionstrings?$/i.test(key)) all.push(...connectionStrings(key, inner));
      else walk(inner, depth + 1);
    }
  };
  walk(parseJsonc(text), 0);
  return all;
}

function connectionStrings(key: string, value: unknown): FoundConnection[] {
  const strings = isRecord(value) ? Object.entries(value) : [[key, value] as const];
  return strings.flatMap(([name, inner]) => {
    const string = isRecord(inner) ? textOf(inner['ConnectionString']) : textOf(inner);
    // Connection strings of SQL Server look alike, except for these words.
    const foreign = /initial catalog|data source|trusted_connection|\\|,1433|multipleactive/i;
    return foreign.test(string) || !/[;=]/.test(string) ? [] : found(readPasted(string), name);
  });
}

/** Prisma's schema: variables stay references. `directUrl` comes first: it bypasses the pooler. */
export function findInPrisma(text: string): FoundConnection[] {
  const sources = text.replace(/\/\/[^\n]*/g, (comment) => (comment.includes('"') ? comment : ''));
  return [...sources.matchAll(/^\s*datasource\s+(\w+)\s*\{([^}]*)\}/gm)].flatMap(
    ([, name = '', body = '']) => {
      if (!/^\s*provider\s*=\s*"(?:postgresql|postgres)"/m.test(body)) return [];
      return ['directUrl', 'url'].flatMap((key) => {
        const value = new RegExp(String.raw`^\s*${key}\s*=\s*(.*)$`, 'm').exec(body)?.[1] ?? '';
        return value === '' ? [] : found(readPasted(value.trim()), `${name}.${key}`);
      });
    },
  );
}

/** pg_service.conf: only section names are read; libpq reads their content, including passwords. */
export function findInServices(text: string): FoundConnection[] {
  return [...text.matchAll(/^\s*\[([^\]\r\n]+)\]/gm)].flatMap(([, name = '']) =>
    found(readParts([['service', name]]), name, name),
  );
}

/** ~/.pgpass: the password is not read, because libpq finds it by itself. */
export function findInPasswordFile(text: string): FoundConnection[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.startsWith('#')) return [];
    const fields = [...line.matchAll(/((?:[^\\:]|\\.)*)(?::|$)/g)].map(([, field = '']) =>
      field.replace(/\\(.)/g, '$1'),
    );
    const [host = '', port = '', database = '', user = '', password = ''] = fields;
    if (host === '' || host === '*' || password === '') return [];
    const given = (value: string): string => (value === '*' ? '' : value);
    const stated = parts({ host, port: given(port), dbname: given(database), user: given(user) });
    return found(readParts(stated), host);
  });
}

/** Servers in a file that pgAdmin has exported. */
export function findInPgAdmin(text: string): FoundConnection[] {
  const document = parseJsonc(text);
  const servers = isRecord(document) && isRecord(document['Servers']) ? document['Servers'] : {};
  return Object.values(servers).flatMap((server) => {
    if (!isRecord(server)) return [];
    const more = isRecord(server['ConnectionParameters']) ? server['ConnectionParameters'] : {};
    const fields = {
      host: server['Host'],
      port: server['Port'],
      dbname: server['MaintenanceDB'],
      user: server['Username'],
      sslmode: server['SSLMode'] ?? more['sslmode'],
    };
    const service = textOf(server['Service']);
    const name = textOf(server['Name']);
    // The server is behind a tunnel that only pgAdmin opens.
    if (server['UseSSHTunnel'] === 1 || server['UseSSHTunnel'] === true) return [];
    return found(readParts(service === '' ? parts(fields) : [['service', service]]), name, name);
  });
}

/** DBeaver's data-sources.json. Its passwords are in another file, encrypted. */
export function findInDBeaver(text: string): FoundConnection[] {
  const document = parseJsonc(text);
  const all =
    isRecord(document) && isRecord(document['connections']) ? document['connections'] : {};
  return Object.values(all).flatMap((source) => {
    if (!isRecord(source) || source['provider'] !== 'postgresql') return [];
    const configuration = isRecord(source['configuration']) ? source['configuration'] : {};
    const { host, port, database, user, url } = configuration;
    const name = textOf(source['name']);
    if (usesTunnel(configuration)) return [];
    if (textOf(host) === '' && textOf(url) !== '')
      return found(readPasted(textOf(url)), name, name);
    return found(readParts(parts({ host, port, dbname: database, user })), name, name);
  });
}

/** An active network handler (SSH tunnel, proxy) means that the address cannot be reached directly. */
function usesTunnel(configuration: Record<string, unknown>): boolean {
  const handlers = configuration['handlers'];
  return Object.values(isRecord(handlers) ? handlers : {}).some(
    (handler) => isRecord(handler) && handler['enabled'] === true && handler['type'] !== 'CONFIG',
  );
}

/** Settings in which VS Code's widespread database extensions keep connections. */
export const EXTENSION_SETTINGS = [
  'sqltools.connections',
  'pgsql.connections',
  'dbcode.connections',
] as const;

/** @param value value of one of {@link EXTENSION_SETTINGS} */
export function findInExtensionSettings(value: unknown): FoundConnection[] {
  return (Array.isArray(value) ? (value as unknown[]) : []).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const kind = textOf(entry['driver']) || textOf(entry['dialect']) || textOf(entry['type']);
    if (kind !== '' && !/^(?:postgres|pgsql)/i.test(kind)) return [];
    const name = textOf(entry['name']) || textOf(entry['profileName']) || textOf(entry['label']);
    const string = textOf(entry['connectString']) || textOf(entry['connectionString']);
    if (string !== '') return found(readPasted(string), name, name);
    const host = textOf(entry['server']) || textOf(entry['host']);
    if (host === '') return [];
    const user = textOf(entry['username']) || textOf(entry['user']);
    const { port, database, password, sslmode } = entry;
    const fields = { host, port, dbname: database, user, password, sslmode };
    return found(readParts(parts(fields)), name, name);
  });
}
