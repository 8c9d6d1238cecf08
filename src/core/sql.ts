/** A name as an SQL identifier: always quoted, so that nothing is folded and nothing is a keyword. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A text as an SQL literal. With a backslash in it the `E''` form is used, which means the same
 * whatever `standard_conforming_strings` says (PQescapeLiteral does the same). psql leaves quoted
 * text alone, so a `:name` inside stays as it is. PostgreSQL has no NUL in texts: callers refuse it.
 */
export function quoteLiteral(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return text.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/**
 * A name as pg_dump and pg_restore write it into their comments, which are lines: a name with a line
 * end in it could be SQL.
 */
export function oneLine(name: string): string {
  return name.replace(/[\r\n]/g, ' ');
}
