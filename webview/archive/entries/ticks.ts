import type { GroupNode } from './entryGroups';
import type { EntryStore } from './entryStore';
import type { EntryTree } from './entryTree';

export type TickState = 'checked' | 'unchecked' | 'mixed';

/** What the ticked entries are. */
export interface TickFacts {
  /** Their types. */
  descs: ReadonlySet<string>;
  /** The schemas that they are in, by name. */
  schemas: readonly string[];
  /** Of their data, as far as it is known. */
  bytes: number;
}

/** The ticked entries, a byte for each. Changes make new ones, so that a view can tell. */
export class Ticks {
  /** How many are ticked below each group of a tree. */
  private groups: { tree: EntryTree; counts: Map<GroupNode, number> } | null = null;
  private sorted: number[] | null = null;
  private known: { sizes: readonly number[]; facts: TickFacts } | null = null;

  private constructor(
    private readonly marks: Uint8Array,
    readonly size: number,
  ) {}

  static readonly none = new Ticks(new Uint8Array(0), 0);

  static of(ids: readonly number[]): Ticks {
    return Ticks.none.with(ids, true);
  }

  has(id: number): boolean {
    return this.marks[id] === 1;
  }

  /** In the dump's order. */
  ids(): number[] {
    if (this.sorted === null) {
      this.sorted = [];
      for (let id = 0; id < this.marks.length; id++) if (this.has(id)) this.sorted.push(id);
    }
    return this.sorted;
  }

  with(ids: readonly number[], ticked: boolean): Ticks {
    const highest = ids.reduce((most, id) => Math.max(most, id), -1);
    const marks = new Uint8Array(Math.max(this.marks.length, ticked ? highest + 1 : 0));
    marks.set(this.marks);
    let { size } = this;
    const mark = ticked ? 1 : 0;
    for (const id of ids) {
      if (id < 0 || id >= marks.length || marks[id] === mark) continue;
      marks[id] = mark;
      size += ticked ? 1 : -1;
    }
    return new Ticks(marks, size);
  }

  /** Looked up once for the sizes that are known. */
  facts(store: EntryStore): TickFacts {
    if (this.known?.sizes !== store.sizes) {
      const types = new Set<number>();
      const schemaWords = new Set<number>();
      let bytes = 0;
      for (const id of this.ids()) {
        types.add(store.descs[id] ?? -1);
        schemaWords.add(store.schemas[id] ?? -1);
        bytes += Math.max(0, store.sizes[id] ?? 0);
      }
      const text = (word: number): string | never[] => store.strings[word] ?? [];
      const descs = new Set([...types].flatMap(text));
      const schemas = [...schemaWords].flatMap(text).sort();
      this.known = { sizes: store.sizes, facts: { descs, schemas, bytes } };
    }
    return this.known.facts;
  }

  /** Of an entry with what belongs to it. */
  stateOf(store: EntryStore, id: number): TickState {
    if (this.size === 0) return 'unchecked';
    return this.among(store.hasChildren(id) ? store.family(id) : [id]);
  }

  stateOfGroup(tree: EntryTree, group: GroupNode): TickState {
    if (this.size === 0) return 'unchecked';
    if (this.groups?.tree !== tree) {
      this.groups = { tree, counts: tree.countByGroup((id) => this.has(id)) };
    }
    return stateOf(this.groups.counts.get(group) ?? 0, tree.totalOf(group));
  }

  private among(ids: readonly number[]): TickState {
    let ticked = 0;
    for (const id of ids) if (this.has(id)) ticked++;
    return stateOf(ticked, ids.length);
  }
}

function stateOf(ticked: number, all: number): TickState {
  if (ticked === 0) return 'unchecked';
  return ticked === all ? 'checked' : 'mixed';
}
