import type { GroupNode } from './entryGroups';
import type { EntryStore } from './entryStore';
import type { EntryTree } from './entryTree';

export type CheckState = 'checked' | 'unchecked' | 'mixed';

/** Facts about the selected entries. */
export interface SelectionFacts {
  /** Their types. */
  descs: ReadonlySet<string>;
  /** The schemas that they are in, by name. */
  schemas: readonly string[];
  /** Bytes of their data, as far as known. */
  bytes: number;
}

/**
 * The selected entries, one byte for each. Changes create a new object, so that views notice them.
 */
export class EntrySelection {
  /** How many are selected below each group of a tree. */
  private groups: { tree: EntryTree; counts: Map<GroupNode, number> } | null = null;
  private sorted: number[] | null = null;
  private known: { sizes: readonly number[]; facts: SelectionFacts } | null = null;

  private constructor(
    private readonly marks: Uint8Array,
    readonly size: number,
  ) {}

  static readonly none = new EntrySelection(new Uint8Array(0), 0);

  static of(ids: readonly number[]): EntrySelection {
    return EntrySelection.none.with(ids, true);
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

  with(ids: readonly number[], selected: boolean): EntrySelection {
    const highest = ids.reduce((most, id) => Math.max(most, id), -1);
    const marks = new Uint8Array(Math.max(this.marks.length, selected ? highest + 1 : 0));
    marks.set(this.marks);
    let { size } = this;
    const mark = selected ? 1 : 0;
    for (const id of ids) {
      if (id < 0 || id >= marks.length || marks[id] === mark) continue;
      marks[id] = mark;
      size += selected ? 1 : -1;
    }
    return new EntrySelection(marks, size);
  }

  /** Looked up once for the sizes that are known. */
  facts(store: EntryStore): SelectionFacts {
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

  /** State of an entry with its parts. */
  stateOf(store: EntryStore, id: number): CheckState {
    if (this.size === 0) return 'unchecked';
    return this.among(store.hasChildren(id) ? store.family(id) : [id]);
  }

  stateOfGroup(tree: EntryTree, group: GroupNode): CheckState {
    if (this.size === 0) return 'unchecked';
    if (this.groups?.tree !== tree) {
      this.groups = { tree, counts: tree.countByGroup((id) => this.has(id)) };
    }
    return stateOf(this.groups.counts.get(group) ?? 0, tree.totalOf(group));
  }

  private among(ids: readonly number[]): CheckState {
    let selected = 0;
    for (const id of ids) if (this.has(id)) selected++;
    return stateOf(selected, ids.length);
  }
}

function stateOf(selected: number, all: number): CheckState {
  if (selected === 0) return 'unchecked';
  return selected === all ? 'checked' : 'mixed';
}
