import { type EntryStore, NO_DATA, UNKNOWN_SIZE } from './entryStore';
import { typeOrder } from '../../../src/core/model/entryTypes';

/** A group of the tree: a database of a script, a schema, or one type in a schema. */
export interface GroupNode {
  id: string;
  kind: 'database' | 'schema' | 'type';
  /** Name of the schema or database; the type. null = what is in no schema. */
  name: string | null;
  groups: GroupNode[];
  /** Entries of a type group, without those that belong to another in the same schema. */
  entries: number[];
  /** All entries below, parts included. */
  count: number;
  /** Bytes of data below, as in `EntryStore`. */
  size: number;
}

/**
 * Schemas and types of the entries, and which of them each entry is in. Made for 200,000 entries
 * within a frame or two: numbers in typed arrays, no texts but for the groups themselves.
 */
export class EntryGroups {
  readonly roots: GroupNode[];
  /** Parent of an entry in the tree; -1 = none. No circles. */
  readonly parents: Int32Array;

  private readonly all: GroupNode[] = [];
  /** Number of each group's parent group; -1 = none. */
  private readonly above: number[] = [];
  private readonly byId = new Map<string, GroupNode>();
  /** Number of the type group that each entry, or what it belongs to, is in. */
  private readonly groupOf: Int32Array;
  private totals: Map<GroupNode, number> | null = null;

  constructor(
    private readonly store: EntryStore,
    private readonly databases: readonly string[],
  ) {
    this.parents = this.findParents();
    this.groupOf = new Int32Array(store.count).fill(-1);
    this.roots = this.build();
  }

  find(id: string): GroupNode | null {
    return this.byId.get(id) ?? null;
  }

  /** Ids of the groups around an entry, outermost first. */
  around(entry: number): string[] {
    const ids: string[] = [];
    for (let at = this.groupOf[entry] ?? -1; at >= 0; at = this.above[at] ?? -1) {
      const group = this.all[at];
      if (group !== undefined) ids.unshift(group.id);
    }
    return ids;
  }

  /** How many of the entries are below each group. */
  count(has: (entry: number) => boolean): Map<GroupNode, number> {
    const counts = new Float64Array(this.all.length);
    for (let entry = 0; entry < this.groupOf.length; entry++) {
      const group = this.groupOf[entry] ?? -1;
      if (group >= 0 && has(entry)) counts[group] = (counts[group] ?? 0) + 1;
    }
    // Groups are made after those above them.
    for (let at = counts.length - 1; at >= 0; at--) {
      const above = this.above[at] ?? -1;
      if (above >= 0) counts[above] = (counts[above] ?? 0) + (counts[at] ?? 0);
    }
    return new Map(this.all.map((group, at) => [group, counts[at] ?? 0]));
  }

  /** How many entries are below a group, parts included. */
  totalOf(group: GroupNode): number {
    this.totals ??= this.count(() => true);
    return this.totals.get(group) ?? 0;
  }

  /** An index is below its table only where both are in the same database. */
  private findParents(): Int32Array {
    const { store } = this;
    const parents = new Int32Array(store.count).fill(-1);
    for (let id = 0; id < store.count; id++) {
      const parent = store.parent(id);
      if (parent < 0 || parent >= store.count || parent === id) continue;
      if (store.databases[parent] === store.databases[id]) parents[id] = parent;
    }
    // A damaged dump may say that entries belong to each other: a circle is cut where it closes.
    const walks = new Int32Array(store.count);
    for (let id = 0; id < store.count; id++) {
      let at = id;
      while (at >= 0 && walks[at] === 0) {
        walks[at] = id + 1;
        const parent = parents[at] ?? -1;
        if (parent >= 0 && walks[parent] === id + 1) parents[at] = -1;
        at = parents[at] ?? -1;
      }
    }
    return parents;
  }

  private build(): GroupNode[] {
    const { store, groupOf, parents } = this;
    const leaves = new Map<number, number>();
    const types = store.strings.length + 1;
    for (let id = 0; id < store.count; id++) {
      if ((parents[id] ?? -1) >= 0) continue;
      const database = store.databases[id] ?? -1;
      const schema = store.schemas[id] ?? -1;
      const desc = store.descs[id] ?? -1;
      const key = ((database + 1) * types + schema + 1) * types + desc + 1;
      let leaf = leaves.get(key);
      if (leaf === undefined) {
        leaf = this.leaf(id, database, schema, desc);
        leaves.set(key, leaf);
      }
      groupOf[id] = leaf;
      this.all[leaf]?.entries.push(id);
    }
    for (let id = 0; id < store.count; id++) {
      const path: number[] = [];
      let at = id;
      for (; groupOf[at] === -1 && (parents[at] ?? -1) >= 0; at = parents[at] ?? -1) path.push(at);
      for (const part of path) groupOf[part] = groupOf[at] ?? -1;
    }
    // Also those that have nothing in them, as `postgres` mostly has.
    if (this.databases.length > 1) {
      this.databases.forEach((name, at) => this.group(-1, `d${at}`, 'database', name));
    }
    const roots = this.all.filter((_group, at) => this.above[at] === -1);
    for (const root of roots) this.finish(root);
    return order(roots);
  }

  /** The type group of an entry, with those above it. */
  private leaf(entry: number, database: number, schema: number, desc: number): number {
    const { store, databases } = this;
    let above = -1;
    if (databases.length > 1) {
      above = this.group(above, `d${database}`, 'database', databases[database] ?? null);
    }
    above = this.group(above, `s${database}/${schema}`, 'schema', store.schema(entry));
    return this.group(above, `t${database}/${schema}/${desc}`, 'type', store.desc(entry));
  }

  private group(above: number, id: string, kind: GroupNode['kind'], name: string | null): number {
    const known = this.byId.get(id);
    if (known !== undefined) return this.all.indexOf(known);
    const made: GroupNode = { id, kind, name, groups: [], entries: [], count: 0, size: NO_DATA };
    this.byId.set(id, made);
    this.all[above]?.groups.push(made);
    this.above.push(above);
    return this.all.push(made) - 1;
  }

  private finish(group: GroupNode): void {
    for (const inner of group.groups) {
      this.finish(inner);
      group.count += inner.count;
      group.size = addSizes(group.size, inner.size);
    }
    group.groups = order(group.groups);
    // Count of a type's entries; for a schema, of all its entries.
    group.count += group.entries.length;
    for (const entry of group.entries) {
      group.size = addSizes(group.size, this.store.total(entry));
    }
  }
}

function order(groups: GroupNode[]): GroupNode[] {
  return groups.sort((a, b) => {
    if (a.kind === 'type' && b.kind === 'type') {
      return typeOrder(a.name ?? '') - typeOrder(b.name ?? '') || compareNames(a.name, b.name);
    }
    return compareNames(a.name, b.name);
  });
}

/** Entries outside of schemas come first. */
function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return compareText(a, b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addSizes(a: number, b: number): number {
  if (b === NO_DATA) return a;
  if (b === UNKNOWN_SIZE) return a === NO_DATA ? UNKNOWN_SIZE : a;
  return Math.max(0, a) + b;
}
