import type { KeyStatements } from '../../../model/findings/preflightFacts';
import { asciiNames } from './asciiSql';
import type { StatementRule } from './scriptStatement';

/**
 * Drops foreign keys at the beginning of the script's transaction and adds them again at its end: all
 * of it happens, or nothing. For scripts that pg_restore writes with `--single-transaction`.
 */
export function remakeKeys(keys: readonly KeyStatements[]): StatementRule {
  let begun = false;
  const written = (of: 'drop' | 'add'): string =>
    keys.map((key) => `${asciiNames(key[of])};`).join(' ');
  return ({ tokens: [first], text }) => {
    if (first === 'begin' && !begun) {
      begun = true;
      return { by: `${text ?? ''} ${written('drop')}` };
    }
    return first === 'commit' ? { by: `${written('add')} ${text ?? ''}` } : null;
  };
}
