import { readParts, readPasted } from '../paste/readPasted';
import { found, isRecord, parts, textOf, type FoundConnection } from './found';

/** JSON as settings are written: with comments and commas at ends. null = it is none. */
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

/** ASP.NET's appsettings.json: `ConnectionStrings`, wherever they are. */
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
    // SQL Server's are spelt alike, but for these.
    const foreign = /initial catalog|data source|trusted_connection|\\|,1433|multipleactive/i;
    return foreign.test(string) || !/[;=]/.test(string) ? [] : found(readPasted(string), name);
  });
}

/** Prisma's schema: a variable stays one; `directUrl` passes by the pooler. */
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

/** pg_service.conf: libpq reads the rest of a section itself, its password too. */
export function findInServices(text: string): FoundConnection[] {
  return [...text.matchAll(/^\s*\[([^\]\r\n]+)\]/gm)].flatMap(([, name = '']) =>
    found(readParts([['service', name]]), name, name),
  );
}

/** ~/.pgpass: libpq finds the password by itself, so it stays there. */
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

/** Servers that pgAdmin has exported. */
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
    // Through its own tunnel only pgAdmin gets there.
    if (server['UseSSHTunnel'] === 1 || server['UseSSHTunnel'] === true) return [];
    return found(readParts(service === '' ? parts(fields) : [['service', service]]), name, name);
  });
}

/** DBeaver's data-sources.json; its passwords are in a file of their own, encrypted. */
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

/** A handler of the network that is switched on leads somewhere else. */
function usesTunnel(configuration: Record<string, unknown>): boolean {
  const handlers = configuration['handlers'];
  return Object.values(isRecord(handlers) ? handlers : {}).some(
    (handler) => isRecord(handler) && handler['enabled'] === true && handler['type'] !== 'CONFIG',
  );
}

/** The settings of VS Code's widespread database extensions. */
export const EXTENSION_SETTINGS = [
  'sqltools.connections',
  'pgsql.connections',
  'dbcode.connections',
] as const;

/** @param value of one of {@link EXTENSION_SETTINGS} */
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
