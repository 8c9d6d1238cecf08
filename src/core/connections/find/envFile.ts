import { variableMeaning } from '../paste/assignments';
import { readParts, readPasted } from '../paste/readPasted';
import { found, type Assignment, type FoundConnection } from './found';

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*[=:][ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|`([^`]*)`|([^\r\n]*))/gm;

/** The assignments in a .env file, by dotenv's rules; `${NAME}` of the same file is filled in. */
export function readEnvLines(text: string): Assignment[] {
  const known = new Map<string, string>();
  for (const [, name = '', double, single, tick, plain = ''] of text.matchAll(LINE)) {
    const literal = single ?? tick;
    const value =
      literal ?? double?.replaceAll('\\n', '\n') ?? plain.replace(/(?:^|\s)#.*$/, '').trim();
    known.set(name, literal === undefined ? fillIn(value, known) : value);
  }
  return [...known];
}

/** Fills in `${NAME}`, `$NAME` and `${NAME:-default}`; unknown names stay as they are. */
export function fillIn(value: string, known: ReadonlyMap<string, string>): string {
  return value.replace(
    /\$\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      known.get(braced ?? bare ?? '') ?? fallback ?? whole,
  );
}

/** Connections in variables: as a whole (`DATABASE_URL`), or in parts (`DB_HOST`, `PGUSER`). */
export function findInAssignments(assignments: readonly Assignment[]): FoundConnection[] {
  const whole = assignments.flatMap(([name, value]) =>
    /:\/\/|[;=]/.test(value) ? found(readPasted(value), name) : [],
  );
  const groups = new Map<string, Assignment[]>();
  for (const [name, value] of assignments) {
    const meaning = variableMeaning(name);
    if (meaning === undefined || value === '') continue;
    const group = groups.get(meaning.prefix) ?? [];
    group.push([meaning.parameter, value]);
    groups.set(meaning.prefix, group);
  }
  const inParts = [...groups].flatMap(([prefix, group]) => {
    // A password or a port alone is not a connection, nor are variables for another kind of database.
    const names = new Set(group.map(([parameter]) => parameter));
    if (!names.has('host') && !(names.has('dbname') && names.has('user'))) return [];
    if (isForeign(assignments, prefix, group)) return [];
    return found(readParts(group), `${prefix}_…`);
  });
  return [...whole, ...inParts];
}

/** Is it another kind of database? By Laravel's DB_CONNECTION, Django's DB_ENGINE …, or the port. */
function isForeign(
  assignments: readonly Assignment[],
  prefix: string,
  group: readonly Assignment[],
): boolean {
  const kind = assignments.find(
    ([name]) =>
      name.startsWith(prefix) && /(?:CONNECTION|DRIVER|ENGINE|DIALECT|TYPE|CLIENT)$/.test(name),
  )?.[1];
  if (kind !== undefined && !kind.includes('://') && !/p(?:ost)?gr?e?s|^pg/i.test(kind))
    return true;
  return group.some(
    ([parameter, value]) => parameter === 'port' && /^(?:3306|1433|1521|27017)$/.test(value),
  );
}
