import * as l10n from '@vscode/l10n';
import type { FieldTable } from '../../model/optionFields';
import type { BackupScope } from '../../model/optionValues';
import { appliesTo, sameValue, valueOf, valuesOutside } from './fieldValues';
import type { Evaluation } from '../form/evaluation';

/** Checks that numbers are whole and within the bounds that the table sets. */
export function checkNumbers<F extends string>(
  table: FieldTable,
  options: object,
  evaluation: Evaluation<F>,
  scope?: BackupScope,
): void {
  for (const [name, field] of Object.entries(table)) {
    const { kind } = field;
    if (kind.type !== 'integer' || (scope && !appliesTo(field, scope))) continue;
    const value = valueOf(options, name);
    const { min, max, unit, zero } = kind;
    const fits = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
    if (fits) continue;
    const from = min === 0 && zero !== undefined ? l10n.t('0 ({0})', l10n.t(zero)) : min;
    const message =
      unit === 'seconds'
        ? l10n.t('Choose a whole number of seconds from {0} to {1}.', from, max)
        : l10n.t('Choose a whole number from {0} to {1}.', from, max);
    evaluation.error(name as F, message);
  }
}

/**
 * Disables the fields that do not apply to this scope. In a backup of one database, fields of the
 * other scopes are only mentioned when they are set.
 */
export function checkScope<F extends string>(
  table: FieldTable,
  options: { scope: BackupScope },
  evaluation: Evaluation<F>,
): void {
  for (const [name, value] of Object.entries(valuesOutside(table, options.scope))) {
    const reason = l10n.t(table[name]?.only?.reason ?? '');
    if (!sameValue(valueOf(options, name), value)) evaluation.error(name as F, reason);
    else if (options.scope !== 'database') evaluation.disable(name as F, reason);
  }
}
