import type { DatabasePropertyKind } from '../../model/catalog';
import { quoteIdentifier } from '../../sql';
import type { Toc } from '../toc/toc';

/** A property that a statement about a database sets. pg_dump states the other ones differently. */
export type PropertyKind = Exclude<DatabasePropertyKind, 'owner' | 'connections' | 'template'>;

/** One property of the database that an archive is of. */
export interface DatabaseProperty {
  kind: PropertyKind;
  /** Name of the setting, role or label provider; '' where a database has only one such property. */
  name: string;
  /** Returns the statement for a database of this name. */
  sql: (database: string) => string;
}

export interface DatabaseProperties {
  /** null = the archive does not say. */
  owner: string | null;
  properties: DatabaseProperty[];
  /** Beginnings of statements of an unknown form, which are not applied. */
  unknown: string[];
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const LITERAL = String.raw`(?: ?E)?'(?:[^'\\]|''|\\.)*'`;

/** The database's name in a statement. */
const DATABASE = `(?<database>${NAME})`;

/**
 * The accepted forms, as pg_dump writes them (`dumpDatabase` and `dumpDatabaseConfig` in its source).
 * The texts of an archive can come from anybody, and these are run without a further check.
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

/** A complete statement, without its semicolon. */
const STATEMENT = new RegExp(String.raw`\s*((?:${LITERAL}|"(?:[^"]|"")*"|[^;'"])+);`, 'suy');

/**
 * Properties of the dumped database besides encoding and locale: `pg_restore --create` would apply
 * them, but not a restore into a database of another name.
 *
 * @throws AppError as reading the archive
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
  // This surrounds grants by other roles than the owner, which are restored as the owner's.
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

/** Splits at the name, which follows the first `DATABASE` outside of another name. */
function splitAtDatabase(statement: string, written: string): [string, string] {
  const word = 'DATABASE ';
  let at = statement.indexOf(word + written);
  // A role may be called `DATABASE`, but its name is then quoted or in lower case.
  if (statement.startsWith('ALTER ROLE ')) at = statement.indexOf(` IN ${word}${written} SET `) + 4;
  if (statement.startsWith('SECURITY LABEL'))
    at = statement.indexOf(` ON ${word}${written} IS `) + 4;
  const start = at + word.length;
  return [statement.slice(0, start), statement.slice(start + written.length)];
}
