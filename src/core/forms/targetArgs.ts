import { conninfoValue, dbnameValue } from '../connections/conninfo';

const given = /^dbname='(?:[^'\\]|\\.)*'/s;

/**
 * A connection's arguments with another database, for previews: what runs is built from the
 * profile. Reads the one form of `--dbname` that `buildConnection` makes: a name, or connection
 * info that begins with the database if there is one.
 */
export function withDatabase(connectionArgs: readonly string[], database: string): string[] {
  return connectionArgs.map((arg) => {
    if (!arg.startsWith('--dbname=')) return arg;
    const value = arg.slice('--dbname='.length);
    // A bare name with = in it does not occur: libpq would take it for connection info.
    if (!value.includes('=')) return `--dbname=${dbnameValue(database)}`;
    const pair = `dbname=${conninfoValue(database)}`;
    return `--dbname=${given.test(value) ? value.replace(given, () => pair) : `${pair} ${value}`}`;
  });
}
