import { unquote } from './createStatements';
import { MAX_TOKENS } from './lexer/statementTokens';
import type { GlobalStatement } from './scriptTypes';

const GLOBAL_KINDS: ReadonlyMap<string, GlobalStatement['kind']> = new Map([
  ['database', 'DATABASE'],
  ['role', 'ROLE'],
  ['user', 'ROLE'],
  ['group', 'ROLE'],
  ['tablespace', 'TABLESPACE'],
]);

/**
 * The databases, roles and tablespaces that a CREATE or DROP statement names.
 *
 * @param object the word behind CREATE or DROP
 * @param tokens of the statement, as `SqlEvents.statement` hands them out: without commas
 * @returns `whole`: false = the statement is longer than what is kept of it, and may name more
 */
export function globalStatements(
  action: 'create' | 'drop',
  object: string,
  tokens: readonly string[],
): { statements: GlobalStatement[]; whole: boolean } {
  const kind = GLOBAL_KINDS.get(object);
  const at = tokens.indexOf(object) + 1;
  // CREATE USER MAPPING belongs to a foreign server.
  if (kind === undefined || tokens[at] === 'mapping') return { statements: [], whole: true };
  const first = tokens[at] === 'if' ? at + 2 : at;
  // DROP ROLE can name several; all other statements name one, before their options.
  const several = action === 'drop' && kind === 'ROLE';
  const names = tokens.slice(first, several ? undefined : first + 1);
  return {
    statements: names.map((name) => ({ action, kind, name: unquote(name) })),
    whole: !several || tokens.length < MAX_TOKENS,
  };
}
