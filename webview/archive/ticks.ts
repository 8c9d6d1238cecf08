import type { EntryStore } from './entryStore';
import type { EntryTree, GroupNode } from './entryTree';

export type TickState = 'checked' | 'unchecked' | 'mixed';

/** The ticked entries. Changes make a new one, so that a view can tell. */
export class Ticks {
  /** How many are ticked below each group of a tree. */
  private groups: { tree: EntryTree; counts: Map<GroupNode, number> } | null = null;

  private sorted: number[] | null = null;

  private constructor(private readonly marks: ReadonlySet<number>) {}

  static readonly none = new Ticks(new Set());

  static of(ids: Iterable<number>): Ticks {
    return new Ticks(new Set(ids));
  }

  get size(): number {
    return this.marks.size;
  }

  has(id: number): boolean {
    return this.marks.has(id);
  }

  /** In the dump's order. */
  ids(): number[] {
    this.sorted ??= [...this.marks].sort((a, b) => a - b);
    return this.sorted;
  }

  with(ids: readonly number[], ticked: boolean): Ticks {
    const marks = new Set(this.marks);
    for (const id of ids) {
      if (ticked) marks.add(id);
      else marks.delete(id);
    }
    return new Ticks(marks);
  }

  /** Of an entry with what belongs to it. */
  stateOf(store: EntryStore, id: number): TickState {
    if (this.marks.size === 0) return 'unchecked';
    return this.among(store.hasChildren(id) ? store.family(id) : [id]);
  }

  stateOfGroup(tree: EntryTree, group: GroupNode): TickState {
    if (this.marks.size === 0) return 'unchecked';
    if (this.groups?.tree !== tree) this.groups = { tree, counts: tree.countByGroup(this.marks) };
    return stateOf(this.groups.counts.get(group) ?? 0, tree.totalOf(group));
  }

  private among(ids: readonly number[]): TickState {
    let ticked = 0;
    for (const id of ids) if (this.marks.has(id)) ticked++;
    return stateOf(ticked, ids.length);
  }
}

function stateOf(ticked: number, all: number): TickState {
  if (ticked === 0) return 'unchecked';
  return ticked === all ? 'checked' : 'mixed';
}
