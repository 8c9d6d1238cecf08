import { quoteIdentifier, quoteLiteral } from '../../../sql';
import { asciiIdentifier, asciiLiteral } from './asciiSql';
import type { ScriptEdits } from '../../../model/scriptEdits';
import { unquote } from '../createStatements';
import { withIfExists } from './ifExists';
import { isAboutDatabase, makesDatabase } from './ownDatabase';
import { leaveOutRules } from './leaveOutRules';
import { mapRoles } from './roles/mapRoles';
import { LEFT_OUT, type StatementRule } from './scriptStatement';
import { withoutSettings } from './settings';

const EMPTY_SEARCH_PATH = /^(SELECT (?:pg_catalog\.)?set_config\('search_path', )''(, false\);)$/i;

/**
 * All rules for a script's statements, in order: the first that affects a statement decides.
 *
 * @param chosen offsets of the entries that `edits.selection` chooses
 */
export function rulesOf(
  edits: ScriptEdits,
  chosen: ReadonlySet<number> = new Set(),
): StatementRule[] {
  const rules: StatementRule[] = [];
  const settings = new Set(edits.settings);
  if (settings.size > 0) {
    rules.push(withoutSettings((name) => settings.has(name)));
  }
  if (edits.database !== 'asWritten') {
    const applies = edits.database === 'notMade' ? makesDatabase : isAboutDatabase;
    rules.push(({ tokens }) => (applies(tokens) ? LEFT_OUT : null));
  }
  rules.push(...leaveOutRules(edits, chosen));
  if (edits.ifExists) rules.push(withIfExists);
  if (edits.mapRoles.length > 0) rules.push(mapRoles(edits.mapRoles));
  if (edits.searchPath !== 'asWritten') {
    rules.push(withSearchPath(edits.searchPath === 'public' ? [] : edits.schemas));
  }
  return rules;
}

/** A name in the value of a setting, where no word is a keyword. */
function settingWord(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

/** Where pg_dump empties the search path, sets it to `public` and these schemas. */
export function withSearchPath(schemas: readonly string[]): StatementRule {
  const names = ['public', ...schemas.filter((name) => name !== 'public')];
  const path = asciiLiteral(names.map(settingWord).join(', '));
  return ({ text }) => {
    const [, before, behind] = EMPTY_SEARCH_PATH.exec(text ?? '') ?? [];
    return before === undefined ? null : { by: `${before}${path}${behind ?? ''}` };
  };
}

/**
 * Restores the password of the role that runs a pg_dumpall script, directly after the script changes
 * it: otherwise the next connection would be refused.
 *
 * @param password the hash that the server stores; null = unknown or none
 */
export function keepPassword(role: string, password: string | null): StatementRule {
  if (password === null) return () => null;
  const after = ` ALTER ROLE ${asciiIdentifier(role)} PASSWORD ${quoteLiteral(password)};`;
  // A token has one character for each byte.
  const isRole = (token: string): boolean =>
    [role, Buffer.from(role, 'utf8').toString('latin1')].includes(unquote(token));
  return ({ tokens: [first, second, name = '', ...rest] }) =>
    first === 'alter' && second === 'role' && isRole(name) && rest.includes('password')
      ? { after }
      : null;
}
