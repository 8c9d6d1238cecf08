import type { TableRef } from '../../model/options';

/**
 * A name as a pg_dump pattern that matches this name and nothing else. Inside double quotes
 * nothing is special to pg_dump, not even `*`, `?`, `.`, `\` or a line break; a quote is doubled
 * (measured with 13, 15 and 18).
 */
export function quotePattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A relation as a pattern for `--table`, `--exclude-table` and `--exclude-table-data`. */
export function relationPattern(table: TableRef): string {
  return `${quotePattern(table.schema)}.${quotePattern(table.name)}`;
}

/** Is there a name that is spelled differently in different encodings? */
export function hasNonAscii(names: Iterable<string>): boolean {
  for (const name of names) {
    for (let i = 0; i < name.length; i++) {
      if (name.charCodeAt(i) > 0x7f) return true;
    }
  }
  return false;
}

/**
 * How pg_dump will read the bytes of its patterns.
 * - `asIs`: no name needs care.
 * - `setUtf8`: the dump must be written with `--encoding=UTF8`.
 * - `unreadable`: the chosen encoding of the dump makes the names unreadable.
 */
export type PatternEncoding = 'asIs' | 'setUtf8' | 'unreadable';

/**
 * pg_dump reads its patterns in the client encoding, which is that of the dump: `--encoding`,
 * else PGCLIENTENCODING, else the database's. Arguments reach it as UTF-8, so names beyond ASCII
 * only match when that encoding is UTF-8. `--encoding=UTF8` says so in the command itself and
 * loses nothing: the server converts, and converts back on restore. SQL_ASCII has no conversion,
 * there the bytes must stay as they are.
 *
 * @param dumpEncoding what the user chose, null = nothing
 * @param databaseEncoding `server_encoding`, null = not known
 */
export function patternEncoding(
  names: Iterable<string>,
  dumpEncoding: string | null,
  databaseEncoding: string | null,
): PatternEncoding {
  if (!hasNonAscii(names)) return 'asIs';
  if (databaseEncoding !== null && isEncoding(databaseEncoding, 'SQLASCII')) return 'asIs';
  if (dumpEncoding === null) return 'setUtf8';
  return isUtf8(dumpEncoding) ? 'asIs' : 'unreadable';
}

/**
 * Does PostgreSQL read this name as UTF8? It ignores case and everything except letters and digits.
 */
export function isUtf8(encoding: string): boolean {
  return isEncoding(encoding, 'UTF8') || isEncoding(encoding, 'UNICODE');
}

function isEncoding(encoding: string, canonical: string): boolean {
  return encoding.replace(/[^a-z0-9]/gi, '').toUpperCase() === canonical;
}
