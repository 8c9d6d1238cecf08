/**
 * Quotes a value for a libpq connection string: single quotes around it, `\` and `'` escaped
 * (libpq documentation, "Keyword/Value Connection Strings"). Every other character is literal.
 */
export function conninfoValue(value: string): string {
  return `'${value.replace(/[\\']/g, (c) => `\\${c}`)}'`;
}

/** `key='value'` pairs in the given order; keys are libpq's own keywords. */
export function conninfoString(pairs: readonly (readonly [key: string, value: string])[]): string {
  return pairs.map(([key, value]) => `${key}=${conninfoValue(value)}`).join(' ');
}

/**
 * The value of `--dbname` for a database name. libpq reads a name that contains `=` or begins like
 * a URI as connection info, so such a name is passed as quoted connection info. All other names stay
 * as they are (even a leading `-` is harmless in `--dbname=-x`).
 */
export function dbnameValue(database: string): string {
  return /[=]|^postgres(ql)?:\/\//.test(database)
    ? conninfoString([['dbname', database]])
    : database;
}
