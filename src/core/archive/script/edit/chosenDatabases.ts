import { asciiIdentifier } from './asciiSql';
import type { DatabaseChoice } from '../../../model/optionValues';
import { unquote } from '../createStatements';
import type { EditedPiece } from './editScript';
import { isSetting } from './leaveOutRules';
import { databaseOf, isAboutDatabase } from './ownDatabase';
import { KEPT, LEFT_OUT, type StatementEdit, type StatementRule } from './scriptStatement';

/** The part of a pg_dumpall script that is restored. */
export interface ClusterChoice {
  databases: readonly DatabaseChoice[];
  /** Also create those roles and tablespaces that the server lacks. */
  roles: boolean;
}

/** Names of what the server has before the script runs. */
export interface ServerNames {
  databases: ReadonlySet<string>;
  roles: ReadonlySet<string>;
  tablespaces: ReadonlySet<string>;
}

type Words = readonly string[];

/**
 * The rule for restoring some databases of a pg_dumpall script: leaves out the statements for all
 * other databases, and everything that drops.
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

/** The statement with the database's name replaced. */
function named(text: string, target: string): StatementEdit {
  // Skips quoted names and strings up to the first DATABASE that is a word of its own.
  const word = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\bDATABASE\s+("(?:[^"]|"")*"|[^\s;"]+)/gi;
  for (const { 0: whole, 1: name, index } of text.matchAll(word)) {
    if (name === undefined) continue;
    const at = index + whole.length - name.length;
    return { by: `${text.slice(0, at)}${asciiIdentifier(target)}${text.slice(at + name.length)}` };
  }
  return LEFT_OUT;
}

/** Does the statement create or describe a role or tablespace that the server lacks? */
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
      // Memberships between roles that the server has already are not changed.
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

/** The role that GRANT or REVOKE is about. */
function grantee(tokens: Words): string {
  const at = Math.max(tokens.lastIndexOf('to'), tokens.lastIndexOf('from'));
  return unquote(tokens[at + 1] ?? '');
}

/**
 * The script in pieces, which connect to the targets of the chosen databases. Statements outside of
 * these databases run in `maintenance`.
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
