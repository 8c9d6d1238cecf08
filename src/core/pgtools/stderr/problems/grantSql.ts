import type { JobError } from '../../../model/job';
import { quoteIdentifier, quoteQualified } from '../../../sql';
import { schemasOf, tablesIn } from './statementNames';

/** Rights by kind of object, for reading and for restoring. */
const RIGHTS: Readonly<Record<string, { read: string; restore: string }>> = {
  TABLE: { read: 'SELECT', restore: 'SELECT, INSERT' },
  SEQUENCE: { read: 'SELECT', restore: 'SELECT, UPDATE' },
  SCHEMA: { read: 'USAGE', restore: 'USAGE, CREATE' },
  DATABASE: { read: 'CONNECT', restore: 'CREATE' },
  FUNCTION: { read: 'EXECUTE', restore: 'EXECUTE' },
  TYPE: { read: 'USAGE', restore: 'USAGE' },
  LANGUAGE: { read: 'USAGE', restore: 'USAGE' },
  'LARGE OBJECT': { read: 'SELECT', restore: 'SELECT, UPDATE' },
  'FOREIGN SERVER': { read: 'USAGE', restore: 'USAGE' },
  'FOREIGN DATA WRAPPER': { read: 'USAGE', restore: 'USAGE' },
};

/** What an error message calls an object, where GRANT calls it otherwise. */
const CALLED: Readonly<Record<string, string>> = {
  VIEW: 'TABLE',
  RELATION: 'TABLE',
  'MATERIALIZED VIEW': 'TABLE',
  'FOREIGN TABLE': 'TABLE',
  'FOREIGN-DATA WRAPPER': 'FOREIGN DATA WRAPPER',
};

const OBJECT =
  /^((?:materialized |foreign )?(?:table|view)|relation|sequence|schema|database|function|type|language|large object|foreign server|foreign-data wrapper) (.+)$/;

/**
 * The statements that give a role the rights that errors say it lacks.
 *
 * @param names what the errors name: `table orders`
 * @param errors the errors, whose statements tell the schemas
 */
export function grantStatements(
  names: readonly string[],
  errors: readonly JobError[],
  { user, use }: { user: string | null; use: 'read' | 'restore' },
): string[] {
  if (user === null) return [];
  const tables = errors.flatMap(({ sql = '' }) => tablesIn(sql));
  return names.flatMap((named) => {
    const [, called = '', name = ''] = OBJECT.exec(named) ?? [];
    const kind = CALLED[called.toUpperCase()] ?? called.toUpperCase();
    const rights = RIGHTS[kind]?.[use];
    if (rights === undefined) return [];
    const [schema, other] = INSIDE.has(kind) ? schemasOf(name, tables) : [];
    // The server does not say which of two tables of one name it means.
    if (other !== undefined) return [];
    const object =
      kind === 'LARGE OBJECT'
        ? String(Number.parseInt(name, 10))
        : schema === undefined
          ? quoteIdentifier(name)
          : quoteQualified({ schema, name });
    return `GRANT ${rights} ON ${kind} ${object} TO ${quoteIdentifier(user)};`;
  });
}

/** Kinds of objects that are in a schema. */
const INSIDE: ReadonlySet<string> = new Set(['TABLE', 'SEQUENCE', 'TYPE']);
