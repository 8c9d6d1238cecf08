import type { ScriptStatement, StatementEdit } from './scriptStatement';

/** Kinds of objects of more than one word that DROP names. */
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
/** pg_dump writes the constraint's name last. */
const DROP_CONSTRAINT = /\bDROP CONSTRAINT (?!IF EXISTS )(?=(?:"(?:[^"]|"")*"|[^\s"]+);$)/i;
const UNLINK = /^SELECT pg_catalog\.lo_unlink\('(\d+)'\);$/;

/** Does it drop an object, or a part of one, that has to be there? By its tokens. */
export function dropsPlainly(tokens: readonly string[]): boolean {
  const [first] = tokens;
  const asks = tokens.some((token, i) => token === 'if' && tokens[i + 1] === 'exists');
  if (first === 'drop') return !asks;
  if (first === 'alter') return tokens.includes('drop') && !asks;
  return first === 'select' && tokens[3] === 'lo_unlink';
}

/**
 * Gives IF EXISTS to what pg_dump --clean drops before it makes anything, as --if-exists does. Such
 * statements stand before the first object's comment.
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
