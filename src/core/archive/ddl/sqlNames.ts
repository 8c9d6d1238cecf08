import { NEWEST_MAJOR } from '../../model/tools';

/**
 * Words that pg_dump and pg_restore quote although they have the form of plain names: all keywords
 * that `pg_get_keywords()` does not list as unreserved (12 to 15).
 */
const KEYWORDS = new Set(
  `
  all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
  boolean both case cast char character check coalesce collate collation column concurrently
  constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user dec decimal default deferrable desc distinct do else end except
  exists extract false fetch float for foreign freeze from full grant greatest group grouping
  having ilike in initially inner inout int integer intersect interval into is isnull join
  lateral leading least left like limit localtime localtimestamp national natural nchar none
  normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay
  placing position precision primary real references returning right row select session_user
  setof similar smallint some substring symmetric table tablesample then time timestamp to
  trailing treat trim true union unique user using values varchar variadic verbose when where
  window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse
  xmlpi xmlroot xmlserialize xmltable
`
    .trim()
    .split(/\s+/),
);

/** Further such keywords of 16 and 17. */
const NEW_KEYWORDS = new Set(
  `
  json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
  json_serialize json_table json_value merge_action system_user
`
    .trim()
    .split(/\s+/),
);

/** A name as the pg_dump of a major version writes it: quoted only where that is necessary. */
export function sqlName(name: string, major: number): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(name);
  if (plain && !KEYWORDS.has(name) && !(major >= 16 && NEW_KEYWORDS.has(name))) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema, if it has one. */
export function qualifiedName(schema: string | null, name: string, major: number): string {
  const bare = sqlName(name, major);
  return schema === null || schema === '' ? bare : `${sqlName(schema, major)}.${bare}`;
}

/** The major version: `17` for `17.11 (Debian 17.11-0+deb13u1)`; the newest known one if missing. */
export function majorOf(version: string): number {
  const major = parseInt(version, 10);
  return Number.isNaN(major) ? NEWEST_MAJOR : major;
}
