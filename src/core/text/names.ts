import * as l10n from '@vscode/l10n';
import type { TableRef } from '../model/options';
import { shownName } from './shownText';

/** How many names a sentence holds before it counts the rest. */
const NAMED = 5;

/**
 * `a, b, c and 7 more`, each with its invisible characters shown, because the author of a dump
 * chooses the names in it.
 */
export function listNames(given: readonly string[]): string {
  const names = given.map(shownName);
  if (names.length <= NAMED) return names.join(', ');
  const shown = names.slice(0, NAMED - 1).join(', ');
  return l10n.t('{0} and {1} more', shown, names.length - NAMED + 1);
}

/** `schema.name`, as it reads in a sentence. */
export function tableName({ schema, name }: TableRef): string {
  return shownName(`${schema}.${name}`);
}

/** Tables as a sentence names them. */
export function listTables(tables: readonly TableRef[]): string {
  return listNames(tables.map(tableName));
}
