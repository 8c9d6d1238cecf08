import type { Manifest } from '../../backups/manifest/manifest';
import type { VerifyProblems } from '../../backups/manifest/problems';
import { tableKey } from '../../backups/manifest/tableKey';
import type { DataCounts } from '../../backups/verify/dataCounts';
import type { RowCounts } from '../../catalog/countRows';
import { oneLine } from '../../sql';

/** A table that must be there. */
export interface ExpectedRows {
  schema: string;
  name: string;
  /** null = nobody counted them. */
  rows: number | null;
}

/**
 * The rows that each table must have: as counted in the source while the backup was made, or else
 * in the backup itself.
 */
export function expectedRows(
  manifest: Manifest | null,
  data: DataCounts | null,
): Map<string, ExpectedRows> {
  const expected = new Map<string, ExpectedRows>();
  for (const [key, rows] of data?.rows ?? []) {
    const [schema = '', name = ''] = JSON.parse(key) as string[];
    expected.set(key, { schema, name, rows });
  }
  for (const { schema, name, rows, exact } of manifest?.backup?.tables ?? []) {
    if (exact && rows !== null) expected.set(tableKey(schema, name), { schema, name, rows });
  }
  return expected;
}

/** Adds a problem for each table that is missing in the database or has another number of rows. */
export function compareRows(
  expected: ReadonlyMap<string, ExpectedRows>,
  { tables }: RowCounts,
  problems: VerifyProblems,
): void {
  const found = new Map(tables.map((table) => [tableKey(table.schema, table.name), table]));
  // Names that were read from a script's comments have a space where the table's name has a line
  // break.
  for (const table of tables) {
    const asTold = tableKey(oneLine(table.schema), oneLine(table.name));
    if (!found.has(asTold)) found.set(asTold, table);
  }
  for (const [key, { schema, name, rows }] of expected) {
    const shown = `${schema}.${name}`;
    const there = found.get(key);
    if (there === undefined) problems.add('tableMissing', shown, '');
    else if (there.rows === null) problems.add('rowsUncounted', shown, '');
    else if (rows !== null && rows !== there.rows) {
      problems.add('rowsDiffer', shown, `${rows} → ${there.rows}`);
    }
  }
}
