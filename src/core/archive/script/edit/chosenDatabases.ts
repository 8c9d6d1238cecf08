import type { DatabaseChoice } from '../../../model/optionValues';
import { unquote } from '../createStatements';
import type { EditedPiece } from './editScript';
import { isSetting } from './leaveOutRules';
import { databaseOf, isAboutDatabase } from './ownDatabase';
import { KEPT, LEFT_OUT, type StatementEdit, type StatementRule } from './scriptStatement';

/** What of a script of pg_dumpall is restored. */
export interface ClusterChoice {
  databases: readonly DatabaseChoice[];
  /** With the roles and tablespaces that the server does not have. */
  roles: boolean;
}

/** Names that the server has before the script runs. */
export interface ServerNames {
  databases: ReadonlySet<string>;
  roles: ReadonlySet<string>;
  tablespaces: ReadonlySet<string>;
}

type Words = readonly string[];

/**
 * The rule for a script of pg_dumpall of which some databases are restored: what is in the others is
 * left out, and nothing is dropped.
 */
export function chosenDatabases(choice: ClusterChoice, there: ServerNames): StatementRule {
  const targets = new Map(choice.databases.map(({ name, target }) => [name, target]));
  return ({ tokens, database, text }) => {
    if (isSetting(tokens)) return null;
    if (isAboutDatabase(tokens)) {
      const name = unquote(databaseOf(tokens));
      const target = targets.get(name);
      if (target === undefined || tokens[0] === 'drop') return LEFT_OUT;
      if (target !== name) {
        return there.databases.has(target) || text === null ? LEFT_OUT : named(text, target);
      }
      return tokens[0] === 'create' && there.databases.has(target) ? LEFT_OUT : null;
    }
    if (database !== null && targets.has(database)) return null;
    return choice.roles && isWantedGlobal(tokens, there) ? KEPT : LEFT_OUT;
  };
}

/** The statement with another database's name in it. */
function named(text: string, target: string): StatementEdit {
  // Quoted names and strings are passed over, up to the first DATABASE that is a word.
  const word = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\bDATABASE\s+("(?:[^"]|"")*"|[^\s;"]+)/gi;
  for (const { 0: whole, 1: name, index } of text.matchAll(word)) {
    if (name === undefined) continue;
    const at = index + whole.length - name.length;
    return { by: `${text.slice(0, at)}${identifier(target)}${text.slice(at + name.length)}` };
  }
  return LEFT_OUT;
}

/** A quoted name of ASCII characters alone: it means the same in every client encoding. */
function identifier(name: string): string {
  const quoted = name.replaceAll('"', '""');
  if (/^[ -~]*$/.test(name)) return `"${quoted}"`;
  const escaped = [...quoted.replaceAll('\\', '\\\\')].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) return character;
    return `\\+${code.toString(16).padStart(6, '0')}`;
  });
  return `U&"${escaped.join('')}"`;
}

/** Does it make a role or a tablespace that is not there, or say something about one? */
function isWantedGlobal(tokens: Words, there: ServerNames): boolean {
  const [first, second, third = '', fourth = ''] = tokens;
  const at = tokens.indexOf('on');
  switch (first) {
    case 'create':
    case 'alter':
      if (isRole(second)) return !there.roles.has(unquote(third));
      return second === 'tablespace' && !there.tablespaces.has(unquote(third));
    case 'comment':
      return isNew(third, fourth, there);
    case 'security':
      return isNew(tokens[at + 1], tokens[at + 2], there);
    case 'grant':
    case 'revoke':
      if (at > 0 && tokens[at + 1] === 'parameter') return !there.roles.has(grantee(tokens));
      if (at > 0) return isNew(tokens[at + 1], tokens[at + 2], there);
      // A membership between roles that are there is theirs.
      return !there.roles.has(unquote(second ?? '')) || !there.roles.has(grantee(tokens));
    default:
      return false;
  }
}

function isNew(kind: string | undefined, name = '', there: ServerNames): boolean {
  if (isRole(kind)) return !there.roles.has(unquote(name));
  return kind === 'tablespace' && !there.tablespaces.has(unquote(name));
}

function isRole(word: string | undefined): boolean {
  return word === 'role' || word === 'user' || word === 'group';
}

/** To whom is it granted, or from whom taken? */
function grantee(tokens: Words): string {
  const at = Math.max(tokens.lastIndexOf('to'), tokens.lastIndexOf('from'));
  return unquote(tokens[at + 1] ?? '');
}

/**
 * The pieces of such a script, which connects to the targets of the chosen databases; whatever it says
 * elsewhere it says in `maintenance`.
 */
export async function* intoTargets(
  source: AsyncIterable<EditedPiece>,
  databases: readonly DatabaseChoice[],
  maintenance: string,
): AsyncGenerator<EditedPiece> {
  let within: DatabaseChoice | undefined;
  for await (const piece of source) {
    if (Buffer.isBuffer(piece) || 'skipped' in piece || piece.connectTo === null) {
      yield piece;
      continue;
    }
    const next = databases.find(({ name }) => name === piece.connectTo);
    if (next === undefined && within === undefined) continue;
    within = next;
    yield { connectTo: next?.target ?? maintenance };
  }
}
