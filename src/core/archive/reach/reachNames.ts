/** Objects and functions with effects beyond the database: PostgreSQL 12 to 18, extensions. */
import type { ReachKind } from '../../model/archive';
import { dictionary } from '../../dictionary';

/** Functions with such effects, built-in or of extensions, by the beginnings of their names. */
const FUNCTIONS: readonly [pattern: RegExp, kind: ReachKind][] = [
  [/^(?:lo_import|lo_export)$/, 'files'],
  [/^pg_(?:read_(?:binary_)?file|stat_file|file_|ls_|logdir_ls)/, 'files'],
  [/^(?:dblink|postgres_fdw_)/, 'otherServers'],
  [
    /^pg_(?:reload_conf|rotate_logfile|(?:terminate|cancel)_backend|switch_(?:wal|xlog)|promote)/,
    'server',
  ],
  [
    /^pg_(?:start_backup|stop_backup|backup_st|create_restore_point|wal_replay_|xlog_replay_)/,
    'server',
  ],
  [/^pg_stat_reset_(?:shared|slru|replication_slot|subscription|backend)/, 'server'],
  [/^pg_(?:(?:create|drop|copy|sync)_.*slot|replication_|logical_)/, 'server'],
  // These run a query that is passed as text.
  [/^(?:query|cursor)_to_xml/, 'unjudged'],
  [/^(?:ts_stat|ts_rewrite|crosstab|connectby|xpath_table)/, 'unjudged'],
];
/** 1 for each pair of first letters of these names, to skip all other words quickly. */
const BEGINNINGS = new Uint8Array(1 << 16);
for (const each of ['lo', 'pg', 'db', 'po', 'qu', 'cu', 'ts', 'cr', 'co', 'se', 'xp']) {
  BEGINNINGS[(each.charCodeAt(0) << 8) | each.charCodeAt(1)] = 1;
}
const SHORTEST = 6;

/** Objects that all databases of a server share. */
export const SHARED_OBJECTS = dictionary<ReachKind>({
  database: 'databases',
  role: 'roles',
  user: 'roles',
  group: 'roles',
  tablespace: 'tablespaces',
  subscription: 'subscriptions',
});

/** Effect of a function beyond the database, by its name in `pg_proc`; null = none. */
export function functionReach(name: string): ReachKind | null {
  return FUNCTIONS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Can the word be one of these functions? Called for every word of a script. */
export function mayReach(b: Buffer, start: number, end: number): boolean {
  if (end - start < SHORTEST) return false;
  return BEGINNINGS[((b[start]! | 32) << 8) | b[start + 1]! | 32] === 1;
}

/** Shared catalogs, catalogs with code, and the view through which settings can be changed. */
export const SHARED_CATALOGS: ReadonlySet<string> = new Set(
  `pg_authid pg_auth_members pg_database pg_db_role_setting pg_tablespace pg_shdescription
   pg_shseclabel pg_shdepend pg_subscription pg_parameter_acl pg_replication_origin pg_proc
   pg_language pg_settings pg_foreign_server pg_foreign_table`.split(/\s+/),
);

/** Languages whose code the server restricts. */
const CONFINED_LANGUAGES = new Set(['sql', 'plpgsql', 'plperl', 'pltcl', 'plv8', 'plrust']);

/** Does the server restrict what code in this language can reach? By the name in CREATE FUNCTION. */
export function isConfined(language: string): boolean {
  return CONFINED_LANGUAGES.has(language);
}

/**
 * Client encodings in which a byte of a letter can equal a quote or a backslash. A reader of bytes
 * cannot tell where strings end in them.
 */
const UNSAFE_ENCODINGS = new Set(
  `SJIS SHIFT_JIS SHIFTJIS MSKANJI WIN932 WINDOWS932 SHIFT_JIS_2004 SHIFTJIS2004 BIG5 WIN950
   WINDOWS950 GBK WIN936 WINDOWS936 UHC WIN949 WINDOWS949 GB18030 JOHAB`.split(/\s+/),
);

/** Can no byte of this encoding's letters be mistaken? `name` as SET accepts it. */
export function isSafeEncoding(name: string): boolean {
  return !UNSAFE_ENCODINGS.has(name.toUpperCase().replaceAll('-', '_'));
}

/** Words before a parenthesis in a SELECT that are not calls of the script's own functions. */
export const KNOWN_CALLS: ReadonlySet<string> = new Set(
  `select from where and or not in exists any all some as on using when then else case values with
   recursive materialized over filter within group by having order limit offset union except intersect
   join lateral array row is like ilike between distinct set returning interval cast
   char character varchar varying numeric decimal float bit time timestamp timestamptz
   coalesce nullif greatest least extract position substring overlay trim
   setval nextval currval lastval max min sum avg count abs round floor ceil ceiling random mod power
   now current_timestamp clock_timestamp statement_timestamp transaction_timestamp age date_part
   date_trunc to_char to_date to_timestamp to_number make_date make_timestamp make_interval
   lower upper initcap length char_length octet_length replace concat concat_ws substr split_part lpad
   rpad ltrim rtrim btrim repeat reverse md5 sha256 encode decode convert_from convert_to format
   quote_ident quote_literal quote_nullable string_agg array_agg array_length array_to_string
   string_to_array unnest generate_series row_number rank dense_rank lag lead first_value last_value
   json_agg jsonb_agg json_build_object jsonb_build_object to_json to_jsonb row_to_json
   regexp_replace regexp_matches regexp_match to_tsvector to_tsquery plainto_tsquery setweight
   current_database current_schema current_user session_user current_date localtimestamp
   array_position cardinality json_array_elements jsonb_array_elements json_each jsonb_each jsonb_set
   pg_typeof pg_table_size pg_relation_size pg_total_relation_size pg_database_size pg_size_pretty
   pg_get_userbyid obj_description col_description format_type to_hex chr ascii sign sqrt exp ln log
   gen_random_uuid uuid_generate_v1 uuid_generate_v4 current_setting version pg_get_serial_sequence
   to_regclass set_config pg_sleep
   lo_create lo_creat lo_open lo_close lowrite loread lo_lseek lo_lseek64 lo_tell lo_put lo_get
   lo_unlink lo_from_bytea lo_truncate has_table_privilege
   pg_restore_relation_stats pg_restore_attribute_stats pg_restore_extended_stats
   pg_clear_relation_stats pg_clear_attribute_stats pg_extension_config_dump`.split(/\s+/),
);

/** Words before the name of a relation that is read. */
export const BEFORE_RELATIONS: ReadonlySet<string> = new Set([
  ...['from', 'join', 'only', 'table', 'copy', ','],
]);

/** Words before a qualified name of an object, where `a.b` is not a column of a row. */
export const BEFORE_OBJECTS: ReadonlySet<string> = new Set(
  'aggregate by copy from function index into join only procedure references routine sequence table type update view'.split(
    ' ',
  ),
);

/** Words of a definition that are followed by an expression or a query without a parenthesis. */
export const BEFORE_QUERIES: ReadonlySet<string> = new Set([
  'default',
  'return',
  'select',
  'using',
  'values',
  'when',
  'where',
]);

/** Kinds of routines in ALTER statements, which do not run the routine. */
export const ROUTINES: ReadonlySet<string> = new Set([
  'function',
  'procedure',
  'routine',
  'aggregate',
  'extension',
]);
/** Kinds of objects whose CREATE names routines without a parenthesis. */
export const MADE_OF_ROUTINES: ReadonlySet<string> = new Set([
  'operator',
  'aggregate',
  'cast',
  'type',
  'conversion',
]);

/** Statements that their first word identifies. */
export const AT_ONCE = dictionary<readonly [ReachKind, string]>({
  do: ['unjudged', 'DO'],
  call: ['unjudged', 'CALL'],
  load: ['programs', 'LOAD'],
});
