import type { RoleChoice } from '../../../model/optionValues';
import { asciiIdentifier } from './asciiSql';
import { unquote } from '../createStatements';
import type { StatementRule } from './scriptStatement';

/** A word, a name or a string of a statement, and where it is in its text. */
interface Token {
  text: string;
  at: number;
  /** How many parentheses are open before it. */
  depth: number;
}

/** Strings and comments are one token each, so that no word within them counts. */
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\$(\w*)\$[^]*?\$\1\$|[\w$\x80-\xff]+|[^\s]/g;
const COMMENT = /^(?:--|\/\*)/;

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
  [/^alter default$/, (tokens) => [...listAfter(tokens, 'role', 'user'), ...grantees(tokens)]],
  [/^(?:grant|revoke) /, (tokens) => [...grantedRoles(tokens), ...grantees(tokens)]],
  [/^alter role$/, roleInDatabase],
  [/^create policy$/, (tokens) => listAfter(tokens, 'to')],
  [/^alter policy$/, (tokens) => listAfter(tokens, 'to')],
  [/^(?:create|alter|drop) user$/, userMapping],
  [/^create schema$/, (tokens) => listAfter(tokens, 'authorization')],
  [/^set session$/, (tokens) => listAfter(tokens, 'authorization')],
  [/^set role$/, (tokens) => listAfter(tokens, 'role')],
  // Last: the others know more of what they alter.
  [/^alter \S+$/, newOwner],
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

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    if (COMMENT.test(token)) continue;
    if (token === ')') depth--;
    tokens.push({ text: token, at: match.index, depth });
    if (token === '(') depth++;
  }
  return tokens;
}

/** Is the token this word, outside of parentheses and not as a quoted name? */
function isWord({ text, depth }: Token, word: string): boolean {
  return depth === 0 && text.toLowerCase() === word;
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
  const on = tokens.findIndex((token) => isWord(token, 'grant') || isWord(token, 'revoke'));
  const rest = tokens.slice(on + 1);
  const by = rest.findIndex((token) => isWord(token, 'granted'));
  return [...listAfter(rest, 'to', 'from'), ...(by < 0 ? [] : listAt(rest, by + 2))];
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

/** `ALTER … OWNER TO role;`: its last words. */
function newOwner(tokens: readonly Token[]): Token[] {
  const end = tokens.at(-1)?.text === ';' ? tokens.length - 1 : tokens.length;
  const [owner, to, role] = tokens.slice(end - 3, end);
  if (owner === undefined || to === undefined || role === undefined) return [];
  return isWord(owner, 'owner') && isWord(to, 'to') ? [role] : [];
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
