import { entryType, isAboutObject } from '../../../model/entryTypes';
import type { LeftOutKind, ScriptEdits } from '../../../model/scriptEdits';
import { oneLine } from '../../../sql';
import type { ScriptEntry } from '../scriptTypes';
import { newOwners } from './roles/newOwners';
import { tokensOf } from './roles/statementTokens';
import { LEFT_OUT, type ScriptStatement, type StatementRule } from './scriptStatement';

/** First words of statements that begin or end transactions. */
const TRANSACTION = new Set(['begin', 'start', 'commit', 'end', '']);
/** First words of statements that pg_dump writes for data. */
const DATA = new Set(
  'copy insert update select begin commit alter grant revoke comment security'.split(' '),
);
/** First words of statements that pg_dump writes for definitions. */
const DEFINITIONS = new Set(
  'create alter comment grant revoke security select drop refresh'.split(' '),
);
const OWNER = /\bOWNER\s+TO\b/i;

type Words = readonly string[];

/** Is the statement a mere setting? Every part of a script needs those. */
export function isSetting([first, second, , fourth]: Words): boolean {
  if (first === 'select') return (second === 'pg_catalog' ? fourth : second) === 'set_config';
  return first === 'set' || first === 'reset';
}

/** Does a statement outside of all entries affect the entries? */
function isCommon(tokens: Words): boolean {
  return isSetting(tokens) || TRANSACTION.has(tokens[0] ?? '');
}

/** Does `pg_dump --data-only` dump this entry? */
export function isDataEntry({ desc, tag }: Pick<ScriptEntry, 'desc' | 'tag'>): boolean {
  if (desc === 'TABLE DATA' || desc === 'SEQUENCE SET') return true;
  if (entryType(desc).class === 'largeObject') return true;
  return isAboutObject(desc) && tag.startsWith('LARGE OBJECT');
}

/**
 * The entry of a statement, if both pg_dump's comment and the statement's words say so; null
 * otherwise, because people insert their own statements between those of pg_dump.
 */
export function entryOf({ entry, tokens }: ScriptStatement): ScriptEntry | null {
  if (entry === null || isSetting(tokens)) return null;
  const [first = ''] = tokens;
  return (isDataEntry(entry) ? DATA : DEFINITIONS).has(first) ? entry : null;
}

/** Does the statement load rows, whatever comment precedes it? */
function loadsRows([first]: Words): boolean {
  return first === 'copy' || first === 'insert' || first === 'update';
}

function isAboutPublication(tokens: Words, kind: string): boolean {
  const [first, second] = tokens;
  return (first === 'create' || first === 'alter' || first === 'drop') && second === kind;
}

/** For each kind: is a statement of that kind, by its words or by its entry? */
const JUDGES: Readonly<Record<LeftOutKind, (statement: ScriptStatement) => boolean>> = {
  definitions: (statement) => {
    const entry = entryOf(statement);
    if (entry !== null) return !isDataEntry(entry);
    return !isCommon(statement.tokens) && !loadsRows(statement.tokens);
  },
  rows: (statement) => {
    const entry = entryOf(statement);
    if (entry !== null) return isDataEntry(entry) || entry.desc === 'STATISTICS DATA';
    return loadsRows(statement.tokens);
  },
  // What also does something else stays whole.
  owners: ({ tokens: [first, second, third], text }) =>
    (first === 'alter' && text !== null && OWNER.test(text) && newOwners(tokensOf(text)).alone) ||
    (first === 'set' && second === 'session' && third === 'authorization'),
  privileges: ({ tokens: [first, second, third], entry }) =>
    first === 'grant' ||
    first === 'revoke' ||
    (first === 'alter' && second === 'default' && third === 'privileges') ||
    // `SET SESSION AUTHORIZATION` surrounds a GRANT of another role.
    (entry !== null && entryType(entry.desc).class === 'privileges'),
  comments: ({ tokens: [first] }) => first === 'comment',
  publications: ({ tokens }) => isAboutPublication(tokens, 'publication'),
  subscriptions: ({ tokens }) => isAboutPublication(tokens, 'subscription'),
  securityLabels: ({ tokens: [first, second] }) => first === 'security' && second === 'label',
};

const key = (schema: string | null, name: string): string => JSON.stringify([schema ?? '', name]);

/** The first of these kinds that the statement has; null = none. */
export function leftOutKind(
  statement: ScriptStatement,
  kinds: readonly LeftOutKind[],
): LeftOutKind | null {
  return kinds.find((kind) => JUDGES[kind](statement)) ?? null;
}

/**
 * The rules for everything that is left out of a script.
 *
 * @param chosen offsets of the entries that `edits.selection` chooses
 */
export function leaveOutRules(edits: ScriptEdits, chosen: ReadonlySet<number>): StatementRule[] {
  const rules: StatementRule[] = [];
  if (edits.leaveOut.length > 0) {
    rules.push((statement) => (leftOutKind(statement, edits.leaveOut) === null ? null : LEFT_OUT));
  }
  if (edits.selection !== null) {
    rules.push((statement) => {
      const entry = entryOf(statement);
      if (entry !== null) return chosen.has(entry.start) ? null : LEFT_OUT;
      return isCommon(statement.tokens) ? null : LEFT_OUT;
    });
  }
  if (edits.withoutRowsOf.length > 0) {
    const tables = new Set(
      // In pg_dump's comments, line ends in names are replaced by blanks.
      edits.withoutRowsOf.map(({ schema, name }) => key(oneLine(schema), oneLine(name))),
    );
    rules.push(({ entry }) =>
      entry?.desc === 'TABLE DATA' && tables.has(key(entry.schema, entry.tag)) ? LEFT_OUT : null,
    );
  }
  return rules;
}
