import { bareName, quoteLiteral } from '../../sql';

/** SQL for names as rows of one column, `name`. */
export function list(values: readonly { name: string }[]): string {
  const unique = [...new Set(values.map(({ name }) => name))];
  return `json_array_elements_text(${quoteLiteral(JSON.stringify(unique))}::json) asked (name)`;
}

/** SQL for qualified names as rows of two columns, `schema` and `name`. */
export function pairs(values: readonly { schema: string; name: string }[]): string {
  const json = JSON.stringify(values.map(({ schema, name }) => [schema, name]));
  return `(SELECT e->>0 AS schema, e->>1 AS name
    FROM json_array_elements(${quoteLiteral(json)}::json) e)`;
}

/** SQL for the rows of a SELECT of one column, as a JSON array. */
export const agg = (select: string): string =>
  `(SELECT coalesce(json_agg(a), '[]') FROM (${select}) s (a))`;

/**
 * SQL for the routines of the database that have one of these names, whatever their arguments: `oid`,
 * `schema` and `signature`, in which types are written as in an archive's tags, because `search_path` is
 * empty.
 *
 * @param values names with arguments, as in an archive
 */
export function routinesNamed(values: readonly { schema: string; name: string }[]): string {
  const wanted = values.map(({ schema, name }) => ({ schema, name: bareName(name) }));
  return `(SELECT p.oid, n.nspname AS schema, p.proname || '(' || CASE
      WHEN p.pronargs = 0 AND EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = p.oid) THEN '*'
      ELSE coalesce((SELECT string_agg(format_type(t.type, NULL), ', ' ORDER BY t.position)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY t (type, position)), '') END || ')' AS signature
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN (SELECT DISTINCT schema, name FROM ${pairs(wanted)} w) asked
      ON asked.schema = n.nspname AND asked.name = p.proname)`;
}
