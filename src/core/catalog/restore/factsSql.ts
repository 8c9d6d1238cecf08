import { quoteLiteral } from '../../sql';

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
