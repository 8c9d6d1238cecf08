import { conninfoValue, dbnameValue } from '../../connections/conninfo';

const NAMED_FIRST = /^dbname='(?:[^'\\]|\\.)*' ?/s;

/**
 * A connection's arguments with another database, for previews: what runs is built from the
 * profile. Reads the forms of `--dbname` that `buildConnection` makes: a name, or connection info
 * that begins with the database if there is one.
 */
export function withDatabase(connectionArgs: readonly string[], database: string): string[] {
  return connectionArgs.map((arg) => {
    if (!arg.startsWith('--dbname=')) return arg;
    const value = arg.slice('--dbname='.length);
    // A bare name never has = in it: libpq would take it for connection info.
    const rest = value.includes('=') ? value.replace(NAMED_FIRST, '') : '';
    if (rest === '') return `--dbname=${dbnameValue(database)}`;
    return `--dbname=dbname=${conninfoValue(database)} ${rest}`;
  });
}
