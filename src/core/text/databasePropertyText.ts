import * as l10n from '@vscode/l10n';
import type { DatabasePropertyKind } from '../model/catalog';
import { listNames } from './names';
import { onOneLine } from './lockText';

/**
 * A property of the archive's database that the new one did not get, and why, in the server's
 * words.
 */
export function propertyLeftOut(kind: DatabasePropertyKind, name: string, reason: string): string {
  return l10n.t(
    'Not taken over from the database before: {0}. {1}',
    propertyName(kind, name),
    onOneLine(reason),
  );
}

/**
 * The properties that a new database got; `rest`: number of statements that pg_dump does not write.
 */
export function propertiesApplied(
  applied: readonly { kind: DatabasePropertyKind; name: string }[],
  rest: number,
): string[] {
  const lines: string[] = [];
  if (applied.length > 0) {
    const names = applied.map(({ kind, name }) => propertyName(kind, name));
    lines.push(l10n.t('Taken over from the database before: {0}.', listNames([...new Set(names)])));
  }
  if (rest > 0) {
    lines.push(
      rest === 1
        ? l10n.t('1 statement about the database of the backup was not understood and not run.')
        : l10n.t(
            '{0} statements about the database of the backup were not understood and not run.',
            rest,
          ),
    );
  }
  return lines;
}

function propertyName(kind: DatabasePropertyKind, name: string): string {
  switch (kind) {
    case 'owner':
      return l10n.t('the owner {0}', name);
    case 'setting':
      return l10n.t('the setting {0}', name);
    case 'roleSetting':
      return l10n.t('settings of the role {0}', name);
    case 'privileges':
      return l10n.t('privileges of {0}', name);
    case 'comment':
      return l10n.t('the comment');
    case 'securityLabel':
      return l10n.t('the security label of {0}', name);
    case 'connectionLimit':
      return l10n.t('the limit of connections');
    case 'connections':
      return l10n.t('that nobody may connect');
    case 'template':
      return l10n.t('that it is a template');
  }
}
