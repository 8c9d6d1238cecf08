import { quoteIdentifier, quoteQualified } from '../../../sql';
import { LIST, namesOf, TABLE, tableOf } from './statementNames';

/** As pg_dump writes keys and unique indexes; expressions and conditions are not read. */
const KEY = new RegExp(
  String.raw`^\s*ALTER TABLE (?:ONLY )?${TABLE}\s+ADD CONSTRAINT .+ (?:PRIMARY KEY|UNIQUE) ${LIST}`,
  'su',
);
const INDEX = new RegExp(
  String.raw`^\s*CREATE UNIQUE INDEX .+ ON (?:ONLY )?${TABLE} USING btree ${LIST};`,
  'su',
);

/** Lists the values that are there more than once; null = it is another statement. */
export function duplicateRowsSql(sql: string): string | null {
  const [, schema, name, list] = KEY.exec(sql) ?? INDEX.exec(sql) ?? [];
  if (schema === undefined || name === undefined || list === undefined) return null;
  const table = tableOf(schema, name);
  const columns = namesOf(list).map(quoteIdentifier).join(', ');
  return (
    `SELECT ${columns}, count(*) FROM ${quoteQualified(table)} ` +
    `GROUP BY ${columns} HAVING count(*) > 1;`
  );
}
