import type { Toc } from '../toc/toc';
import { entryType, isAboutObject } from '../../model/entryTypes';
import { entryLoop } from '../../cooperativeLoop';

/** Options with which pg_restore leaves out parts of the selected entries. */
export interface RestoreParts {
  schemaOnly?: boolean | undefined;
  dataOnly?: boolean | undefined;
  noPrivileges?: boolean | undefined;
  noComments?: boolean | undefined;
  noPublications?: boolean | undefined;
  noSubscriptions?: boolean | undefined;
  noSecurityLabels?: boolean | undefined;
}

/** The order in which pg_restore works, for its progress. */
export interface RestorePlan {
  /**
   * Indexes of entries in the order in which a serial `pg_restore -v` reports them: the k-th line
   * `creating …`, `processing data for …` or `executing …` is about the k-th of them.
   */
  order: number[];
  /** Number of tables whose rows will be loaded. */
  tablesWithData: number;
}

/** pg_restore's pass over its list: privileges come in the second pass, a few types in the third. */
function passOf(toc: Toc, i: number): 0 | 1 | 2 {
  const desc = toc.desc(i);
  const type = entryType(desc);
  if (type.class === 'privileges') return 1;
  if (type.restoredLast) return 2;
  const attribute = desc === 'COMMENT' || desc === 'SECURITY LABEL';
  return attribute && toc.tag(i).startsWith('EVENT TRIGGER ') ? 2 : 0;
}

/** Do `--data-only` and `--schema-only` treat an entry as data (`_tocEntryRequired`)? */
export function isDataEntry(toc: Toc, i: number): boolean {
  if (toc.hadDumper(i)) return true;
  const desc = toc.desc(i);
  if (desc === 'SEQUENCE SET' || entryType(desc).class === 'largeObject') return true;
  return isAboutObject(desc) && toc.tag(i).startsWith('LARGE OBJECT ');
}

function leftOut(toc: Toc, i: number, parts: RestoreParts): boolean {
  const desc = toc.desc(i);
  if (parts.noPrivileges === true && entryType(desc).class === 'privileges') return true;
  if (parts.noComments === true && desc === 'COMMENT') return true;
  if (parts.noPublications === true && desc.startsWith('PUBLICATION')) return true;
  if (parts.noSubscriptions === true && desc.startsWith('SUBSCRIPTION')) return true;
  if (parts.noSecurityLabels === true && desc === 'SECURITY LABEL') return true;
  if (parts.schemaOnly === true && (isDataEntry(toc, i) || desc === 'STATISTICS DATA')) return true;
  return parts.dataOnly === true && !isDataEntry(toc, i);
}

/** Builds a plan, entry by entry. */
export class RestorePlanner {
  private readonly passes: [number[], number[], number[]] = [[], [], []];
  private tablesWithData = 0;

  constructor(
    private readonly toc: Toc,
    private readonly parts: RestoreParts = {},
  ) {}

  /** Must be called in the order of the list. */
  add(i: number): void {
    const { toc } = this;
    if (!toc.isListed(i) || leftOut(toc, i, this.parts)) return;
    this.passes[passOf(toc, i)].push(i);
    if (toc.desc(i) === 'TABLE DATA') this.tablesWithData++;
  }

  plan(): RestorePlan {
    const [first, second, third] = this.passes;
    return { order: first.concat(second, third), tablesWithData: this.tablesWithData };
  }
}

/**
 * The entries that will be restored, in order. `indexes`: entries of the `-L` list in its order;
 * null = there is no list.
 */
export async function restorePlan(
  toc: Toc,
  indexes: readonly number[] | null,
  parts: RestoreParts = {},
  loop = entryLoop(),
): Promise<RestorePlan> {
  const planner = new RestorePlanner(toc, parts);
  const count = indexes?.length ?? toc.count;
  for (let at = 0; at < count; at++) {
    if (loop.shouldYield) await loop.yield();
    planner.add(indexes?.[at] ?? at);
  }
  return planner.plan();
}
