import type { EntryStore } from './entryStore';
import type { EntryTree, GroupNode } from './entryTree';

export type TickState = 'checked' | 'unchecked' | 'mixed';

/** The ticked entries. Changes make a new one, so that a view can tell. */
export class Ticks {
  private groups: Map<string, TickState> | null = null;

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
    return [...this.marks].sort((a, b) => a - b);
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
    this.groups ??= new Map();
    const known = this.groups.get(group.id);
    if (known !== undefined) return known;
    const state = this.among(tree.entriesBelow(group));
    this.groups.set(group.id, state);
    return state;
  }

  private among(ids: readonly number[]): TickState {
    let ticked = 0;
    for (const id of ids) if (this.marks.has(id)) ticked++;
    return ticked === 0 ? 'unchecked' : ticked === ids.length ? 'checked' : 'mixed';
  }
}
