import { MAX_COUNTED, type Remedy, type RowsAtStake } from '../model/findings/findings';
import type { TargetFactsRead, TargetRelation } from '../model/findings/preflightFacts';
import type { TableRef } from '../model/options';

/** Rows of tables by {@link tableKey}; null = it could not be counted. */
export type CountedRows = ReadonlyMap<string, number | null>;

/** What keeps rows itself: of all others the number is no estimate, they have none. */
const KEEPS_ROWS: ReadonlySet<string> = new Set(['r', 'm']);

/** A NUL is in no name. */
export function tableKey({ schema, name }: TableRef): string {
  return `${schema}\0${name}`;
}

/** Facts about a target with the numbers of rows that were counted in the place of estimates. */
export function withCounts(facts: TargetFactsRead, counts: CountedRows): TargetFactsRead {
  const { database } = facts;
  if (database === null || counts.size === 0) return facts;
  const relations = database.relations.map((relation): TargetRelation => {
    const rows = counts.get(tableKey(relation));
    if (rows === undefined) return relation;
    return rows === null ? { ...relation, counted: false } : { ...relation, rows, counted: true };
  });
  return { ...facts, database: { ...database, relations } };
}

function isExact({ kind, counted }: TargetRelation): boolean {
  return !KEEPS_ROWS.has(kind) || counted === true;
}

/** Are the numbers of rows of all these counted ones? */
export function areCounted(tables: readonly TargetRelation[]): boolean {
  return tables.some(({ counted }) => counted === true) && tables.every(isExact);
}

/** How many rows these have together, for a sentence; rows that nobody knows count as none. */
function rowsAtStake(tables: readonly TargetRelation[]): {
  rows: number;
  exact?: 1;
} {
  const rows = rowsOf(tables);
  return areCounted(tables) ? { rows, exact: 1 } : { rows };
}

/** What a finding tells of tables whose rows are at stake. */
export function stakes(tables: readonly TargetRelation[]): {
  rows: RowsAtStake[];
  details: { rows: number; exact?: 1; uncounted: number };
} {
  const uncounted = tables.filter(({ rows }) => rows === null).length;
  const rows = tables.map((table) => ({ rows: table.rows, exact: isExact(table) }));
  return { rows, details: { ...rowsAtStake(tables), uncounted } };
}

/** Tables by their names alone, as steps and options hold them. */
export function refsOf(tables: readonly TableRef[]): TableRef[] {
  return tables.map(({ schema, name }) => ({ schema, name }));
}

/** How many rows these have together. */
export function rowsOf(tables: readonly TargetRelation[]): number {
  return tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}

/** Counts what is estimated, the first {@link MAX_COUNTED} of them. */
export function counting(tables: readonly TargetRelation[]): Remedy[] {
  const estimated = tables.filter(
    ({ kind, counted }) => KEEPS_ROWS.has(kind) && counted === undefined,
  );
  if (estimated.length === 0) return [];
  const counted = refsOf(estimated.slice(0, MAX_COUNTED));
  return [{ id: 'countRows', kind: 'step', step: { do: 'countRows', tables: counted } }];
}
