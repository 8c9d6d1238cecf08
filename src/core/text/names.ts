import * as l10n from '@vscode/l10n';
import type { TableRef } from '../model/options';
import { shownName } from './shownText';

/** How many names a sentence holds before it counts the rest. */
const NAMED = 5;

/**
 * `a, b, c and 7 more`, each with its invisible characters shown, because the author of a dump
 * chooses the names in it.
 */
export function listNames(names: readonly string[]): string {
  return listOf(names, (name) => name);
}

/** Of tens of thousands, only those that are named are looked at. */
function listOf<T>(all: readonly T[], nameOf: (each: T) => string): string {
  const shown = (some: readonly T[]): string =>
    some.map((each) => shownName(nameOf(each))).join(', ');
  if (all.length <= NAMED) return shown(all);
  return l10n.t('{0} and {1} more', shown(all.slice(0, NAMED - 1)), all.length - NAMED + 1);
}

/** `schema.name`, as it reads in a sentence. */
export function tableName({ schema, name }: TableRef): string {
  return shownName(`${schema}.${name}`);
}

/** Tables as a sentence names them. */
export function listTables(tables: readonly TableRef[]): string {
  return listOf(tables, tableName);
}
