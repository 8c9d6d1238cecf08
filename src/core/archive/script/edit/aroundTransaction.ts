import { asciiStatement } from './asciiSql';
import type { StatementRule } from './scriptStatement';

/** Statements without their last semicolons: the first of a transaction, and its last. */
export interface Around {
  first: readonly string[];
  last: readonly string[];
}

/**
 * Runs statements at the beginning of the script's transaction and others at its end: all of it
 * happens, or nothing. For scripts that pg_restore writes with `--single-transaction`.
 */
export function aroundTransaction({ first: begin, last }: Around): StatementRule {
  let begun = false;
  const written = (statements: readonly string[]): string =>
    statements.map((statement) => `${asciiStatement(statement)};`).join(' ');
  return ({ tokens: [first], text }) => {
    if (first === 'begin' && !begun) {
      begun = true;
      return { by: `${text ?? ''} ${written(begin)}` };
    }
    return first === 'commit' ? { by: `${written(last)} ${text ?? ''}` } : null;
  };
}
