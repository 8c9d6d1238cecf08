import type { ScriptEntry } from '../scriptTypes';
import { entryOf } from './leaveOutRules';
import type {
  PrecedingRule,
  ScriptStatement,
  StatementEdit,
  StatementRule,
} from './scriptStatement';
import { dictionary } from '../../../dictionary';

const NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\xff][\w$\x80-\xff]*)`;
const QUALIFIED = String.raw`${NAME}(?:\.${NAME})?`;

/** Kinds whose DROP has the same name as their CREATE, with the words that may precede the kind. */
const KINDS = dictionary<string>({
  'ACCESS METHOD': '',
  COLLATION: '',
  CONVERSION: 'DEFAULT ',
  DOMAIN: '',
  'EVENT TRIGGER': '',
  EXTENSION: '',
  'FOREIGN DATA WRAPPER': '',
  'FOREIGN TABLE': '',
  'MATERIALIZED VIEW': '',
  'PROCEDURAL LANGUAGE': 'OR REPLACE |TRUSTED ',
  PUBLICATION: '',
  SCHEMA: '',
  SEQUENCE: 'UNLOGGED ',
  SERVER: '',
  STATISTICS: '',
  TABLE: 'UNLOGGED ',
  'TEXT SEARCH CONFIGURATION': '',
  'TEXT SEARCH DICTIONARY': '',
  'TEXT SEARCH PARSER': '',
  'TEXT SEARCH TEMPLATE': '',
  TYPE: '',
  VIEW: 'OR REPLACE ',
});

const OF_KIND = new Map(
  Object.entries(KINDS).map(([kind, words]) => [
    kind,
    new RegExp(`^CREATE (?:${words})*${kind} (?:IF NOT EXISTS )?(${QUALIFIED})`),
  ]),
);
const ROUTINE = new RegExp(
  `^CREATE (?:OR REPLACE )?(FUNCTION|PROCEDURE|AGGREGATE) (${QUALIFIED})\\(`,
);
const SHELL_TYPE = new RegExp(`^CREATE TYPE (${QUALIFIED});$`);
const OPERATOR_PART = new RegExp(
  `^CREATE (OPERATOR (?:CLASS|FAMILY)) (${QUALIFIED})\\s[^']*?\\bUSING (${NAME})`,
);
const OPERATOR = new RegExp(`^CREATE OPERATOR ((?:${NAME}\\.)?[^\\s\\w"(]+) \\(`);
const CAST = /^CREATE CAST (\([^']*? AS [^']*?\)) WITH/;
const USER_MAPPING = new RegExp(`^CREATE (USER MAPPING) (FOR ${NAME} SERVER ${NAME})`);
const FOREIGN_KEY = new RegExp(
  `^ALTER TABLE (?:ONLY )?(${QUALIFIED})\\s+ADD CONSTRAINT (${NAME}) FOREIGN KEY`,
);
const LARGE_OBJECT = /\blo_create\('(\d+)'\)/;

/** A statement that drops the object of an entry. */
export interface EntryDrop {
  entry: ScriptEntry;
  text: string;
}

/**
 * The DROP … IF EXISTS for the object that a statement of pg_dump creates; null = nothing needs to be
 * dropped separately: triggers, indexes and the like are dropped with their table.
 */
export function dropOf(statement: ScriptStatement): EntryDrop | null {
  const entry = entryOf(statement);
  const { text } = statement;
  if (entry === null || text === null) return null;
  const drop = dropText(entry, text);
  return drop === null ? null : { entry, text: onOneLine(drop) };
}

function dropText({ desc, tag }: ScriptEntry, text: string): string | null {
  const shell = SHELL_TYPE.exec(text)?.[1];
  // A type's functions depend on the type, and the type on its functions.
  if (shell !== undefined) return `DROP TYPE IF EXISTS ${shell} CASCADE;`;
  const name = OF_KIND.get(desc)?.exec(text)?.[1];
  if (name !== undefined) return `DROP ${desc} IF EXISTS ${name};`;
  const [, kind, routine] = ROUTINE.exec(text) ?? [];
  if (kind === desc && routine !== undefined) {
    return `DROP ${kind} IF EXISTS ${routine}${argumentsIn(tag)};`;
  }
  const [, part, of, method] = OPERATOR_PART.exec(text) ?? [];
  if (part === desc) return `DROP ${part} IF EXISTS ${of ?? ''} USING ${method ?? ''};`;
  const operator = OPERATOR.exec(text)?.[1];
  if (operator !== undefined) {
    const side = (which: string): string =>
      new RegExp(`\\b${which}ARG = ([^,\\n]+?)(?:,|\\s*\\);|\\n)`).exec(text)?.[1] ?? 'NONE';
    return `DROP OPERATOR IF EXISTS ${operator} (${side('LEFT')}, ${side('RIGHT')});`;
  }
  const cast = CAST.exec(text)?.[1];
  if (cast !== undefined) return `DROP CAST IF EXISTS ${cast};`;
  const [, mapping, whose] = USER_MAPPING.exec(text) ?? [];
  if (mapping !== undefined) return `DROP ${mapping} IF EXISTS ${whose ?? ''};`;
  const [, table, key] = FOREIGN_KEY.exec(text) ?? [];
  if (table !== undefined) {
    return `ALTER TABLE IF EXISTS ${table} DROP CONSTRAINT IF EXISTS ${key ?? ''};`;
  }
  const object = LARGE_OBJECT.exec(text)?.[1];
  if (object === undefined) return null;
  const where = `FROM pg_catalog.pg_largeobject_metadata WHERE oid = '${object}'`;
  return `SELECT pg_catalog.lo_unlink(oid) ${where};`;
}

/** The arguments in a routine's tag, `(integer, text)`; the name before them may contain brackets. */
function argumentsIn(tag: string): string {
  let depth = 0;
  for (let i = tag.length - 1; i >= 0; i--) {
    if (tag[i] === ')') depth++;
    if (tag[i] === '(' && --depth === 0) {
      return Buffer.from(tag.slice(i)).toString('latin1');
    }
  }
  return '';
}

/** Writes line ends in names as escapes, so that the script's line numbers do not change. */
function onOneLine(text: string): string {
  if (!/[\r\n]/.test(text)) return text;
  return text.replace(/"(?:[^"]|"")*"/g, (name) => {
    if (!/[\r\n]/.test(name)) return name;
    const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\000a');
    return `U&${escaped.replaceAll('\r', '\\000d')}`;
  });
}

/** Reverse order of creation, but sequences after the tables, whose defaults depend on them. */
export function dropsInOrder(drops: readonly EntryDrop[]): string {
  const reversed = [...drops].reverse();
  const end = reversed.findLastIndex(({ entry }) => entry.desc === 'TABLE') + 1;
  const isSequence = ({ entry }: EntryDrop): boolean => entry.desc === 'SEQUENCE';
  const head = reversed.slice(0, end);
  const sequences = head.filter(isSequence);
  const others = head.filter((drop) => !isSequence(drop));
  const texts = [...others, ...sequences, ...reversed.slice(end)].map(({ text }) => text);
  return [...new Set(texts)].join(' ');
}

/** Combines rules into one, which also inserts `drops` before the first statement of an entry. */
export function withDropsFirst(rules: readonly StatementRule[], drops: string): PrecedingRule {
  let done = drops === '';
  return (statement) => {
    let edit: StatementEdit | null = null;
    for (const rule of rules) {
      edit = rule(statement);
      if (edit !== null) break;
    }
    if (done || entryOf(statement) === null) return edit;
    done = true;
    return { before: `${drops} `, edit };
  };
}
