import type { ForeignKeySpec, KeyAction } from '../../../model/findings/findings';
import { quoteIdentifier, quoteQualified } from '../../../sql';
import { LIST, NAME, namesOf, TABLE, tableOf, unquoted } from './statementNames';

const ACTION = 'NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT';

/** As pg_dump writes a foreign key; what is more than this, as a MATCH or a deferral, is not read. */
const STATEMENT = new RegExp(
  String.raw`^\s*ALTER TABLE (?:ONLY )?${TABLE}\s+ADD CONSTRAINT (${NAME}) FOREIGN KEY ${LIST} REFERENCES ${TABLE}${LIST}` +
    String.raw`(?: ON UPDATE (${ACTION}))?(?: ON DELETE (${ACTION}))?;\s*$`,
  'u',
);

/** The key that a statement of an archive adds; null = it is another statement. */
export function readForeignKey(sql: string): ForeignKeySpec | null {
  const match = STATEMENT.exec(sql);
  if (match === null) return null;
  const [, schema = '', table = '', name = '', columns = '', toSchema = '', to = ''] = match;
  const [, , , , , , , toColumns = '', onUpdate, onDelete] = match;
  return {
    table: tableOf(schema, table),
    name: unquoted(name),
    columns: namesOf(columns),
    to: tableOf(toSchema, to),
    toColumns: namesOf(toColumns),
    onUpdate: (onUpdate as KeyAction | undefined) ?? 'NO ACTION',
    onDelete: (onDelete as KeyAction | undefined) ?? 'NO ACTION',
  };
}

/** Lists the rows that a key refuses. */
export function violatingRowsSql({ table, columns, to, toColumns, name }: ForeignKeySpec): string {
  const own = columns.map((column) => `r.${quoteIdentifier(column)}`);
  const equal = own.map((column, at) => `o.${quoteIdentifier(toColumns[at] ?? '')} = ${column}`);
  return [
    `-- ${name.replace(/[\r\n]+/g, ' ')}`,
    `SELECT r.* FROM ${quoteQualified(table)} r`,
    `WHERE ${own.map((column) => `${column} IS NOT NULL`).join(' AND ')}`,
    `  AND NOT EXISTS (SELECT FROM ${quoteQualified(to)} o WHERE ${equal.join(' AND ')});`,
  ].join('\n');
}

/** Adds a key that new rows have to keep, while those that are there are not checked. */
export function notValidSql(key: ForeignKeySpec): string {
  const list = (names: readonly string[]): string => names.map(quoteIdentifier).join(', ');
  return (
    `ALTER TABLE ${quoteQualified(key.table)} ADD CONSTRAINT ${quoteIdentifier(key.name)} ` +
    `FOREIGN KEY (${list(key.columns)}) REFERENCES ${quoteQualified(key.to)} (${list(key.toColumns)}) ` +
    `ON UPDATE ${key.onUpdate} ON DELETE ${key.onDelete} NOT VALID`
  );
}
