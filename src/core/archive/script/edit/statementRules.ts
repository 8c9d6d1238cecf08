import { quoteIdentifier, quoteLiteral } from '../../../sql';
import type { ScriptEdits } from '../../../model/scriptEdits';
import { unquote } from '../createStatements';
import { withIfExists } from './ifExists';
import { isAboutDatabase, makesDatabase } from './ownDatabase';
import { leaveOutRules } from './leaveOutRules';
import { LEFT_OUT, type StatementRule } from './scriptStatement';
import { withoutSettings } from './settings';

const EMPTY_SEARCH_PATH = /^(SELECT (?:pg_catalog\.)?set_config\('search_path', ')(', false\);)$/i;

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
  if (edits.searchPath === 'public') {
    rules.push(({ text }) => {
      const [, before, behind] = EMPTY_SEARCH_PATH.exec(text ?? '') ?? [];
      return before === undefined ? null : { by: `${before}public${behind ?? ''}` };
    });
  }
  return rules;
}

/**
 * Restores the password of the role that runs a pg_dumpall script, directly after the script changes
 * it: otherwise the next connection would be refused.
 *
 * @param password the hash that the server stores; null = unknown or none
 */
export function keepPassword(role: string, password: string | null): StatementRule {
  if (password === null) return () => null;
  const after = ` ALTER ROLE ${quoteIdentifier(role)} PASSWORD ${quoteLiteral(password)};`;
  return ({ tokens: [first, second, name = '', ...rest] }) =>
    first === 'alter' && second === 'role' && unquote(name) === role && rest.includes('password')
      ? { after }
      : null;
}
