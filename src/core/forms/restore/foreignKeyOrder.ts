import type { BackupInfo, ForeignKey } from '../../model/archive';
import { namedBy } from '../selection/restoreSelection';
import type { RestoreOptions, TableRef } from '../../model/options';

/** Foreign keys that can refuse rows because those that they refer to may come later. */
export interface KeysAtRisk {
  /** The first of these keys: its own table, and the table that it refers to. */
  first: { from: TableRef; to: TableRef };
  count: number;
  /** The order is wrong only with several jobs: one job restores all rows in the right order. */
  onlyByJobs: boolean;
}

/**
 * Which foreign keys of the target a restore of rows alone can break: those between chosen tables
 * whose rows do not come in their order. An archive with definitions holds the rows in the order of
 * names, and several jobs take the largest first; pg_restore follows foreign keys in neither case.
 * null = none.
 */
export function keysAtRisk(
  options: Pick<RestoreOptions, 'schemas' | 'tables' | 'dumpIds' | 'jobs'>,
  info: BackupInfo,
): KeysAtRisk | null {
  const chosen = chosenKeys(options, info);
  const risky = chosen.filter(({ inOrder }) => options.jobs > 1 || !inOrder);
  const first = risky.find(({ inOrder }) => !inOrder) ?? risky[0];
  if (first === undefined) return null;
  const name = (end: ForeignKey['from']): TableRef =>
    info.contents.tables[end.tables[0] ?? -1] ?? { schema: '', name: '' };
  return {
    first: { from: name(first.from), to: name(first.to) },
    count: risky.length,
    onlyByJobs: first.inOrder,
  };
}

/** Foreign keys with rows of both ends among what is chosen. */
function chosenKeys(
  options: Pick<RestoreOptions, 'schemas' | 'tables' | 'dumpIds'>,
  { foreignKeys = [], contents }: BackupInfo,
): ForeignKey[] {
  const { schemas, tables, dumpIds } = options;
  let has: (end: ForeignKey['from']) => boolean = () => true;
  if (dumpIds !== null) {
    const ids = new Set(dumpIds);
    has = ({ rows }) => rows.some((id) => ids.has(id));
  } else if (schemas !== null || tables !== null) {
    const isNamed = namedBy(options);
    has = (end) =>
      end.tables.some((place) => {
        const table = contents.tables[place];
        return table !== undefined && isNamed(table);
      });
  }
  return foreignKeys.filter(({ from, to }) => has(from) && has(to));
}
