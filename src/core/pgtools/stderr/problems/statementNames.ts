import type { TableRef } from '../../../model/options';

/** A name in a statement of pg_dump's: quoted where it has to be. */
export const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
/** A table with its schema: two groups. */
export const TABLE = String.raw`(${NAME})\.(${NAME})`;
/** Columns in parentheses: one group. */
export const LIST = String.raw`\((${NAME}(?:, ${NAME})*)\)`;

const TABLES = new RegExp(TABLE, 'gu');

export function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

export function tableOf(schema: string, name: string): TableRef {
  return { schema: unquoted(schema), name: unquoted(name) };
}

/** The names of a list of columns. */
export function namesOf(list: string): string[] {
  return [...list.matchAll(new RegExp(NAME, 'gu'))].map(([name]) => unquoted(name));
}

/** Everything in a statement that is named with its schema. */
export function tablesIn(sql: string): TableRef[] {
  return [...sql.matchAll(TABLES)].map(([, schema = '', name = '']) => tableOf(schema, name));
}

/** The schemas in which these tables have one of this name. */
export function schemasOf(name: string, tables: readonly TableRef[]): string[] {
  return [...new Set(tables.filter((each) => each.name === name).map(({ schema }) => schema))];
}

const COPY = new RegExp(`^COPY (?:ONLY )?${TABLE}[ (]`, 'u');

/** The table of `COPY app.orders (id, …) …`, as a line of a message or a statement; null = none. */
export function copiedTable(text: string): TableRef | null {
  for (const line of text.split('\n')) {
    const [, schema, name] = COPY.exec(line) ?? [];
    if (schema !== undefined && name !== undefined) return tableOf(schema, name);
  }
  return null;
}
