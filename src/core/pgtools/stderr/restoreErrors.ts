import { hasLostPrefix, isTorn } from './tornLines';

/**
 * An error's first line without what wraps it:
 * `could not execute query: ERROR:  relation "a" already exists` -> `relation "a" already exists`.
 */
export function plainMessage(text: string): string {
  return text
    .replace(/^(?:could not execute query|query failed): /, '')
    .replace(/^((?:COPY failed for table ".*": )?)[\p{Lu}\p{Lo}ა-ჰ]{2,}:\s\s/su, '$1');
}

/**
 * Is it the one error that says nothing about the restore: pg_restore 17 and newer sets
 * `transaction_timeout` for whatever archive, and servers before 17 do not know it. Workers and
 * their leader do so in the middle of a restore, and the error then names the last entry; the
 * statement sets nothing else in any case.
 */
export function isHarmless(error: { message: string; sql?: string | undefined }): boolean {
  const [sql = '', ...rest] = error.sql?.trim().split('\n') ?? [];
  return (
    sql === 'SET transaction_timeout = 0;' &&
    // Another worker's message may have come between its line and the next.
    rest.every((line) => hasLostPrefix(line) || isTorn(line.trim())) &&
    error.message.includes('transaction_timeout')
  );
}

/**
 * Is it about a role that is there already, or that cannot be dropped because it is used by this
 * very restore? A script of pg_dumpall creates all roles, also the one that runs it. Recognised by
 * the statement, because servers word their errors in many languages.
 */
export function isAboutRoles(
  { sql = '' }: { sql?: string | undefined },
  roles: ReadonlySet<string>,
): boolean {
  const match =
    /^(?:CREATE ROLE|DROP ROLE(?: IF EXISTS)?) ("(?:[^"]|"")*"|[a-z_][a-z0-9_$]*);\s*$/.exec(sql);
  const name = match?.[1] ?? '';
  return roles.has(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
}

/**
 * Errors after which pg_restore continues with the next entry, unless `--exit-on-error` is set
 * (`warn_or_exit_horribly` in its source, 12 to 18). All others end it.
 */
const SURVIVABLE =
  /^(?:could not execute query|could not (?:start|commit) database transaction|COPY failed for table |could not (?:create|open|write to) large object|could not set "?(?:search_path|default_tablespace|default_table_access_method)|could not alter table access method)/;

/** Is this error, as in its event, one that ends pg_restore whatever its options? */
export function endsRestore(text: string): boolean {
  return !SURVIVABLE.test(text) && !isTorn(text);
}
