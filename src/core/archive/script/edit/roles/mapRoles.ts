import type { RoleChoice } from '../../../../model/optionValues';
import { asciiIdentifier } from '../asciiSql';
import { unquote } from '../../createStatements';
import { nameEnd, newOwners } from './newOwners';
import type { StatementRule } from '../scriptStatement';
import { isWord, tokensOf, type Token } from './statementTokens';

/** Words in place of a role that are none. */
const NO_ROLE: ReadonlySet<string> = new Set([
  'public',
  'current_user',
  'current_role',
  'session_user',
  'default',
  'none',
  'group',
]);

/** The statements that name roles; each knows at which tokens it does. */
const PLACES: readonly (readonly [begins: RegExp, places: (tokens: Token[]) => Token[]])[] = [
  [/^alter default$/, (tokens) => [...defaultsOf(tokens), ...grantees(tokens)]],
  [/^(?:grant|revoke) /, (tokens) => [...grantedRoles(tokens), ...grantees(tokens)]],
  [/^alter (?:role|user)$/, (tokens) => [...roleInDatabase(tokens), ...userMapping(tokens)]],
  [/^create policy$/, (tokens) => listAfter(tokens, 'to')],
  [/^alter policy$/, changedPolicy],
  [/^(?:create|drop) user$/, userMapping],
  [/^create schema$/, (tokens) => listAfter(tokens, 'authorization')],
  [/^set session$/, (tokens) => listAfter(tokens, 'authorization')],
  [/^set role$/, (tokens) => listAt(tokens, /^(?:to|=)$/i.test(tokens[2]?.text ?? '') ? 3 : 2)],
  // Last: the others know more of what they alter.
  [/^alter \S+$/, (tokens) => newOwners(tokens).roles],
];

/**
 * Puts other roles in the place of some, wherever a statement names them as roles: owners, privileges,
 * default privileges, policies, user mappings. Judged by tokens: a table or a text of the same name
 * stays.
 */
export function mapRoles(roles: readonly RoleChoice[]): StatementRule {
  const targets = new Map(roles.map(({ name, target }) => [name, asciiIdentifier(target)]));
  return ({ tokens: [first = '', second = ''], text }) => {
    const places = PLACES.find(([begins]) => begins.test(`${first} ${second}`))?.[1];
    if (places === undefined || text === null) return null;
    let by = '';
    let passed = 0;
    for (const token of places(tokensOf(text))) {
      const target = targetOf(token.text, targets);
      if (target === undefined) continue;
      by += `${text.slice(passed, token.at)}${target}`;
      passed = token.at + token.text.length;
    }
    // The text has one character for each byte, and what is put in is ASCII.
    return passed === 0 ? null : { by: `${by}${text.slice(passed)}` };
  };
}

/** A statement by itself, with other roles. */
export function withOtherRoles(sql: string, roles: readonly RoleChoice[]): string {
  const text = Buffer.from(sql, 'utf8').toString('latin1');
  const tokens = tokensOf(text).map((token) => token.text.toLowerCase());
  const edit = mapRoles(roles)({ tokens, text, entry: null, database: null });
  return edit !== null && 'by' in edit ? Buffer.from(edit.by, 'latin1').toString('utf8') : sql;
}

/** The names in the list, separated by commas, after the first of these words. */
function listAfter(tokens: readonly Token[], ...words: readonly string[]): Token[] {
  const at = tokens.findIndex((token) => words.some((word) => isWord(token, word)));
  return at < 0 ? [] : listAt(tokens, at + 1);
}

function listAt(tokens: readonly Token[], from: number): Token[] {
  const found: Token[] = [];
  for (let i = from; i < tokens.length; i += 2) {
    if (isWord(tokens[i]!, 'group')) i++;
    const token = tokens[i];
    if (token === undefined || token.text === ';') break;
    found.push(token);
    if (tokens[i + 1]?.text !== ',') break;
  }
  return found;
}

/** `GRANT … TO role, role WITH GRANT OPTION GRANTED BY role`, and REVOKE likewise. */
function grantees(tokens: readonly Token[]): Token[] {
  const to = tokens.findIndex((token) => isWord(token, 'to') || isWord(token, 'from'));
  if (to < 0) return [];
  const roles = listAt(tokens, to + 1);
  // Before the list it is a name: tables and roles can be called so.
  const end = roles.length === 0 ? to : tokens.indexOf(roles.at(-1)!);
  const by = tokens.findIndex((token, i) => i > end && isWord(token, 'granted'));
  return [...roles, ...(by < 0 ? [] : listAt(tokens, by + 2))];
}

/** `ALTER DEFAULT PRIVILEGES FOR ROLE role, role IN SCHEMA …`: a schema can be called `role`. */
function defaultsOf(tokens: readonly Token[]): Token[] {
  const at = tokens.findIndex((token) => isWord(token, 'for'));
  const whose = tokens[at + 1];
  if (at < 0 || whose === undefined) return [];
  return isWord(whose, 'role') || isWord(whose, 'user') ? listAt(tokens, at + 2) : [];
}

/** `ALTER POLICY name ON table TO role, role`, which `… RENAME TO name` resembles. */
function changedPolicy(tokens: readonly Token[]): Token[] {
  const on = tokens.findIndex((token) => isWord(token, 'on'));
  const to = on < 0 ? on : nameEnd(tokens, on + 1);
  const word = tokens[to];
  return word !== undefined && isWord(word, 'to') ? listAt(tokens, to + 1) : [];
}

/** `GRANT role, role TO …` and `REVOKE ADMIN OPTION FOR role FROM …`: memberships have no ON. */
function grantedRoles(tokens: readonly Token[]): Token[] {
  const end = tokens.findIndex((token) => isWord(token, 'to') || isWord(token, 'from'));
  const before = tokens.slice(0, end < 0 ? tokens.length : end);
  if (before.some((token) => isWord(token, 'on'))) return [];
  const option = before.findIndex((token) => isWord(token, 'for'));
  return listAt(before, option < 0 ? 1 : option + 1);
}

/** `ALTER ROLE role IN DATABASE …`: what sets the role itself is left alone. */
function roleInDatabase(tokens: readonly Token[]): Token[] {
  const [, , role, within] = tokens;
  return role !== undefined && within !== undefined && isWord(within, 'in') ? [role] : [];
}

/** `CREATE USER MAPPING FOR role SERVER …`. */
function userMapping(tokens: readonly Token[]): Token[] {
  return isWord(tokens[2] ?? { text: '', at: 0, depth: 0 }, 'mapping')
    ? listAfter(tokens, 'for')
    : [];
}

function targetOf(token: string, targets: ReadonlyMap<string, string>): string | undefined {
  if (NO_ROLE.has(token.toLowerCase())) return undefined;
  const quoted = token.startsWith('"') || token.startsWith("'");
  // Only the letters of ASCII are folded: the others are bytes of characters here.
  const folded = token.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const bytes = quoted ? unquote(token) : folded;
  return targets.get(Buffer.from(bytes, 'latin1').toString('utf8')) ?? targets.get(bytes);
}
