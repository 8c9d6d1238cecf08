import { variableMeaning } from '../paste/assignments';
import { readParts, readPasted } from '../paste/readPasted';
import { found, type Assignment, type FoundConnection } from './found';

const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*[=:][ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|`([^`]*)`|([^\r\n]*))/gm;

/** The lines of a .env file, by the rules of dotenv; `${NAME}` of the same file filled in. */
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

/** `${NAME}`, `$NAME` and `${NAME:-default}`; what is not known stays as it is. */
export function fillIn(value: string, known: ReadonlyMap<string, string>): string {
  return value.replace(
    /\$\{([A-Za-z_]\w*)(?::?-([^{}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      known.get(braced ?? bare ?? '') ?? fallback ?? whole,
  );
}

/** Connections in variables: whole ones (`DATABASE_URL`), and those in parts (`DB_HOST`, `PGUSER`). */
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
    // A password alone, or a port, is no connection; neither is one of another kind of database.
    const names = new Set(group.map(([parameter]) => parameter));
    if (!names.has('host') && !(names.has('dbname') && names.has('user'))) return [];
    if (isForeign(assignments, prefix, group)) return [];
    return found(readParts(group), `${prefix}_…`);
  });
  return [...whole, ...inParts];
}

/** Laravel's DB_CONNECTION, Django's DB_ENGINE and others name the kind; else the port tells it. */
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
