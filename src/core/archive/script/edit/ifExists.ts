import type { ScriptStatement, StatementEdit } from './scriptStatement';

/** Kinds of objects in DROP statements that have more than one word. */
const KINDS = [
  'ACCESS METHOD',
  'EVENT TRIGGER',
  'FOREIGN DATA WRAPPER',
  'FOREIGN TABLE',
  'MATERIALIZED VIEW',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'PROCEDURAL LANGUAGE',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
  'USER MAPPING',
];
const DROP = new RegExp(String.raw`^DROP (?:${KINDS.join('|')}|[A-Z]+) (?!IF EXISTS )`, 'i');
const ALTER_TABLE = /^ALTER (?:FOREIGN )?TABLE (?!IF EXISTS )/i;
/** pg_dump writes the constraint's name at the end. */
const DROP_CONSTRAINT = /\bDROP CONSTRAINT (?!IF EXISTS )(?=(?:"(?:[^"]|"")*"|[^\s"]+);$)/i;
const UNLINK = /^SELECT pg_catalog\.lo_unlink\('(\d+)'\);$/;

/** Is it a DROP without IF EXISTS? By the statement's tokens. */
export function dropsPlainly(tokens: readonly string[]): boolean {
  const [first] = tokens;
  const asks = tokens.some((token, i) => token === 'if' && tokens[i + 1] === 'exists');
  if (first === 'drop') return !asks;
  if (first === 'alter') return tokens.includes('drop') && !asks;
  return first === 'select' && tokens[3] === 'lo_unlink';
}

/**
 * Adds IF EXISTS to the DROP statements of `pg_dump --clean`, as `--if-exists` would. These
 * statements come before the first object's comment.
 */
export function withIfExists({ tokens, entry, text }: ScriptStatement): StatementEdit | null {
  if (entry !== null || text === null || !dropsPlainly(tokens)) return null;
  const found = DROP.exec(text)?.[0];
  if (found !== undefined) return { by: `${found}IF EXISTS ${text.slice(found.length)}` };
  const table = ALTER_TABLE.exec(text)?.[0];
  if (table !== undefined) {
    const rest = text.slice(table.length);
    return { by: `${table}IF EXISTS ${rest.replace(DROP_CONSTRAINT, '$&IF EXISTS ')}` };
  }
  const object = UNLINK.exec(text)?.[1];
  if (object === undefined) return null;
  const where = `FROM pg_catalog.pg_largeobject_metadata WHERE oid = '${object}'`;
  return { by: `SELECT pg_catalog.lo_unlink(oid) ${where};` };
}
