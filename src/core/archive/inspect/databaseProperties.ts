import type { DatabasePropertyKind } from '../../model/catalog';
import { quoteIdentifier } from '../../sql';
import type { Toc } from '../toc/toc';

/** Property that a statement about a database sets: the owner comes with its entry, the others pg_dump does not state so. */
export type PropertyKind = Exclude<DatabasePropertyKind, 'owner' | 'connections' | 'template'>;

/** One property of the database that an archive is of. */
export interface DatabaseProperty {
  kind: PropertyKind;
  /** Names it: the setting, the role, the provider of a label; '' where there is one only. */
  name: string;
  /** The statement, about another database. */
  sql: (database: string) => string;
}

export interface DatabaseProperties {
  /** null = not in the archive. */
  owner: string | null;
  properties: DatabaseProperty[];
  /** Beginnings of statements that pg_dump does not write; they are not applied. */
  unknown: string[];
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const LITERAL = String.raw`(?: ?E)?'(?:[^'\\]|''|\\.)*'`;

/** The place of the database's name in a statement. */
const DATABASE = `(?<database>${NAME})`;

/**
 * The only forms that are taken (`dumpDatabase` and `dumpDatabaseConfig` in pg_dump's source): a text
 * of an archive is somebody's, and these are run without having been looked at as objects are.
 */
const FORMS: readonly (readonly [PropertyKind, RegExp])[] = [
  ['connectionLimit', form(`ALTER DATABASE ${DATABASE} CONNECTION LIMIT = \\d+`)],
  [
    'setting',
    form(`ALTER DATABASE ${DATABASE} SET (?<name>${NAME}) TO ${LITERAL}(?:, ${LITERAL})*`),
  ],
  [
    'roleSetting',
    form(
      `ALTER ROLE (?<name>${NAME}) IN DATABASE ${DATABASE} SET ${NAME} TO ${LITERAL}(?:, ${LITERAL})*`,
    ),
  ],
  ['comment', form(`COMMENT ON DATABASE ${DATABASE} IS ${LITERAL}`)],
  [
    'securityLabel',
    form(`SECURITY LABEL FOR (?<name>${NAME}) ON DATABASE ${DATABASE} IS ${LITERAL}`),
  ],
  [
    'privileges',
    form(
      `(?:GRANT|REVOKE(?: GRANT OPTION FOR)?) [A-Z, ]+ ON DATABASE ${DATABASE} (?:TO|FROM) (?<name>${NAME})(?: WITH GRANT OPTION)?`,
    ),
  ],
];

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'su');
}

/** A whole statement, without its semicolon. */
const STATEMENT = new RegExp(String.raw`\s*((?:${LITERAL}|"(?:[^"]|"")*"|[^;'"])+);`, 'suy');

/**
 * What an archive tells of its database beside encoding and locale: what `pg_restore --create` would
 * apply, and a restore into a database of another name does not.
 *
 * @throws AppError those of reading the archive
 */
export async function readDatabaseProperties(toc: Toc): Promise<DatabaseProperties> {
  const result: DatabaseProperties = { owner: null, properties: [], unknown: [] };
  for (let i = 0; i < toc.count; i++) {
    const desc = toc.desc(i);
    if (desc === 'DATABASE') result.owner = toc.owner(i) || null;
    const about = desc === 'ACL' || desc === 'COMMENT' || desc === 'SECURITY LABEL';
    const isProperty =
      desc === 'DATABASE PROPERTIES' || (about && toc.tag(i).startsWith('DATABASE '));
    const span = isProperty ? toc.definition(i) : null;
    if (span !== null) addStatements(result, await toc.readText(span));
  }
  return result;
}

/** @internal for tests: the statements of one text. */
export function addStatements(result: DatabaseProperties, text: string): void {
  STATEMENT.lastIndex = 0;
  let end = 0;
  for (let match = STATEMENT.exec(text); match !== null; match = STATEMENT.exec(text)) {
    end = STATEMENT.lastIndex;
    add(result, match[1]?.trim() ?? '');
  }
  const rest = text.slice(end).trim();
  if (rest !== '') result.unknown.push(rest.slice(0, 60));
}

function add(result: DatabaseProperties, statement: string): void {
  // Grants by others than the owner stand between these; they count as the owner's.
  if (/^(?:SET SESSION AUTHORIZATION|RESET SESSION AUTHORIZATION)\b/.test(statement)) return;
  for (const [kind, pattern] of FORMS) {
    const match = pattern.exec(statement);
    const written = match?.groups?.['database'];
    if (match === null || written === undefined) continue;
    const [before, after] = splitAtDatabase(statement, written);
    result.properties.push({
      kind,
      name: match.groups?.['name'] ?? '',
      sql: (database) => `${before}${quoteIdentifier(database)}${after}`,
    });
    return;
  }
  result.unknown.push(statement.slice(0, 60));
}

/** The name follows the first `DATABASE` that is not part of another name. */
function splitAtDatabase(statement: string, written: string): [string, string] {
  const word = 'DATABASE ';
  let at = statement.indexOf(word + written);
  // A role can be called that: its name is quoted then, or in small letters.
  if (statement.startsWith('ALTER ROLE ')) at = statement.indexOf(` IN ${word}${written} SET `) + 4;
  if (statement.startsWith('SECURITY LABEL'))
    at = statement.indexOf(` ON ${word}${written} IS `) + 4;
  const start = at + word.length;
  return [statement.slice(0, start), statement.slice(start + written.length)];
}
