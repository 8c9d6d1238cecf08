import * as l10n from '@vscode/l10n';
import type { StrayLines } from '../model/archive';

/** Where a message has torn a script, and what to do. */
export function tornText({ line, table }: Omit<NonNullable<StrayLines['torn']>, 'text'>): string {
  return table === null
    ? l10n.t(
        'In line {0}, within a statement, the script holds a message of pg_dump. Make it again, without 2>&1.',
        line,
      )
    : l10n.t(
        'In line {0}, between the rows of {1}, the script holds a message of pg_dump. Make it again, without 2>&1.',
        line,
        table,
      );
}
