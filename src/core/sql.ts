/** A name as an SQL identifier: always quoted, so that nothing is folded and nothing is a keyword. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The same of a name in its schema. */
export function quoteQualified({ schema, name }: { schema: string; name: string }): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
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
 * The name in a routine's signature: `add_tax` for `add_tax(numeric)`. Names may have parentheses, as
 * the quoted names of types may: what begins the arguments is found from their end.
 */
export function bareName(signature: string): string {
  if (!signature.endsWith(')')) return signature;
  let depth = 0;
  let quoted = false;
  for (let i = signature.length - 1; i >= 0; i--) {
    const letter = signature[i];
    if (letter === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (letter === ')') depth++;
    else if (letter === '(' && --depth === 0) return signature.slice(0, i);
  }
  return signature;
}

/**
 * A routine's signature for comparisons: types that need no quotes have none, as servers write them
 * unless `quote_all_identifiers` is set.
 */
export function comparableSignature(signature: string): string {
  const name = bareName(signature);
  const types = signature.slice(name.length).replaceAll(/"([a-z_][a-z0-9_$]*)"/g, '$1');
  return `${name}${types}`;
}

/**
 * A name as pg_dump and pg_restore write it into their comments, which are lines: a name with a line
 * end in it could be SQL.
 */
export function oneLine(name: string): string {
  return name.replace(/[\r\n]/g, ' ');
}
