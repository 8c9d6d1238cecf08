import type { TreeRow } from '../shared/tree/rows';
import { type EntryStore, NO_DATA, UNKNOWN_SIZE } from './entryStore';
import { typeOrder } from './types';

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

export type NodeRef = { group: GroupNode } | { entry: number };

/** Schemas, types and entries; parts (indexes, constraints, rows, …) stand below what they belong to. */
export class EntryTree {
  readonly roots: GroupNode[];
  private readonly byId = new Map<string, GroupNode>();
  private readonly above = new Map<GroupNode, GroupNode>();
  private totals: Map<GroupNode, number> | null = null;
  private readonly sorted = new WeakSet<GroupNode>();

  constructor(
    private readonly store: EntryStore,
    databases: readonly string[],
  ) {
    this.roots = this.build(databases);
  }

  find(id: string): NodeRef | null {
    if (id.startsWith('e')) return { entry: Number(id.slice(1)) };
    const group = this.byId.get(id);
    return group === undefined ? null : { group };
  }

  /** How many of the entries are below each group. */
  countByGroup(ids: Iterable<number>): Map<GroupNode, number> {
    const counts = new Map<GroupNode, number>();
    for (const id of ids) {
      for (let group = this.groupOf(id); group !== undefined; group = this.above.get(group)) {
        counts.set(group, (counts.get(group) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** How many entries are below a group, parts included. */
  totalOf(group: GroupNode): number {
    this.totals ??= this.countByGroup(Array.from({ length: this.store.count }, (_, id) => id));
    return this.totals.get(group) ?? 0;
  }

  /** All entries below a group. */
  entriesBelow(group: GroupNode): number[] {
    return [
      ...group.groups.flatMap((inner) => this.entriesBelow(inner)),
      ...group.entries.flatMap((entry) => this.store.family(entry)),
    ];
  }

  /** Ids of the groups around an entry and of the entries above it, outermost first. */
  pathTo(entry: number): string[] {
    const above: string[] = [];
    let top = entry;
    for (let at = this.parentInTree(entry), steps = 0; at >= 0 && steps < 16; steps++) {
      above.unshift(`e${at}`);
      top = at;
      at = this.parentInTree(at);
    }
    return [...this.groupIds(top), ...above];
  }

  /** Rows in sight. `shown`: 1 = fits the search, 2 = something below it does; null = no search. */
  rows(expanded: (id: string) => boolean, shown: Uint8Array | null): TreeRow[] {
    const rows: TreeRow[] = [];
    const visitEntries = (entries: readonly number[], level: number): void => {
      const seen = shown === null ? entries : entries.filter((id) => (shown[id] ?? 0) > 0);
      let position = 0;
      for (const entry of seen) {
        const id = `e${entry}`;
        const parts = this.partsOf(entry);
        // Of what fits, everything that belongs to it can be seen; else only what fits too.
        const fits = shown === null || shown[entry] === 1;
        const inner = fits ? parts : parts.filter((part) => (shown[part] ?? 0) > 0);
        const open = inner.length === 0 ? null : expanded(id);
        rows.push({ id, level, position: ++position, setSize: seen.length, expanded: open });
        if (open === true) {
          if (fits && shown !== null) this.pushPlain(rows, inner, level + 1, expanded);
          else visitEntries(inner, level + 1);
        }
      }
    };
    const visit = (groups: readonly GroupNode[], level: number): void => {
      const seen = shown === null ? groups : groups.filter((group) => this.anyShown(group, shown));
      let position = 0;
      for (const group of seen) {
        const open = expanded(group.id);
        const setSize = seen.length;
        rows.push({ id: group.id, level, position: ++position, setSize, expanded: open });
        if (!open) continue;
        visit(group.groups, level + 1);
        visitEntries(this.entriesOf(group), level + 1);
      }
    };
    visit(this.roots, 1);
    return rows;
  }

  /** `fits` of a search with what stands above it in the tree. */
  withAncestors(fits: Uint8Array, ids: Int32Array): Uint8Array {
    const shown = fits.slice();
    for (const id of ids) {
      for (let at = this.parentInTree(id), steps = 0; at >= 0 && steps < 16; steps++) {
        if ((shown[at] ?? 0) > 0) break;
        shown[at] = 2;
        at = this.parentInTree(at);
      }
    }
    return shown;
  }

  private pushPlain(
    rows: TreeRow[],
    entries: readonly number[],
    level: number,
    expanded: (id: string) => boolean,
  ): void {
    entries.forEach((entry, index) => {
      const id = `e${entry}`;
      const inner = this.partsOf(entry);
      const open = inner.length === 0 ? null : expanded(id);
      rows.push({ id, level, position: index + 1, setSize: entries.length, expanded: open });
      // Parts of parts are few levels deep; a circle would have been cut by `parentInTree`.
      if (open === true && level < 16) this.pushPlain(rows, inner, level + 1, expanded);
    });
  }

  private partsOf(entry: number): number[] {
    const { store } = this;
    return store
      .children(entry)
      .filter((part) => this.parentInTree(part) === entry)
      .sort((a, b) => typeOrder(store.desc(a)) - typeOrder(store.desc(b)) || a - b);
  }

  /** An index stands below its table only where both are in the same schema. */
  private parentInTree(id: number): number {
    const { store } = this;
    const parent = store.parent(id);
    if (parent < 0 || parent >= store.count || parent === id) return -1;
    return store.databases[parent] === store.databases[id] ? parent : -1;
  }

  private anyShown(group: GroupNode, shown: Uint8Array): boolean {
    return (
      group.groups.some((inner) => this.anyShown(inner, shown)) ||
      group.entries.some((entry) => (shown[entry] ?? 0) > 0)
    );
  }

  /** By name; sorted when a group is first opened. */
  private entriesOf(group: GroupNode): number[] {
    if (group.kind === 'type' && !this.sorted.has(group)) {
      this.sorted.add(group);
      const { store } = this;
      group.entries.sort((a, b) => compareText(store.tag(a), store.tag(b)) || a - b);
    }
    return group.entries;
  }

  private build(databases: readonly string[]): GroupNode[] {
    const { store } = this;
    const tops = new Map<string, GroupNode>();
    for (let id = 0; id < store.count; id++) {
      if (this.parentInTree(id) >= 0) continue;
      const [databaseId, schemaId, typeId] = this.ids(id);
      let siblings: Map<string, GroupNode> | GroupNode = tops;
      if (databases.length > 1) {
        const name = databases[store.databases[id] ?? -1] ?? null;
        siblings = this.group(tops, databaseId, 'database', name);
      }
      const schema = this.group(siblings, schemaId, 'schema', store.schema(id));
      const type = this.group(schema, typeId, 'type', store.desc(id));
      type.entries.push(id);
    }
    const roots = [...tops.values()];
    for (const root of roots) this.finish(root);
    return this.order(roots);
  }

  /** The type group that an entry, or what it belongs to, stands in. */
  private groupOf(id: number): GroupNode | undefined {
    let top = id;
    for (let at = this.parentInTree(id), steps = 0; at >= 0 && steps < 16; steps++) {
      top = at;
      at = this.parentInTree(at);
    }
    return this.byId.get(this.ids(top)[2]);
  }

  private groupIds(entry: number): string[] {
    return this.ids(entry).filter((id) => this.byId.has(id));
  }

  private ids(entry: number): [string, string, string] {
    const { store } = this;
    const database = store.databases[entry] ?? -1;
    const schema = store.schemas[entry] ?? -1;
    return [
      `d${database}`,
      `s${database}/${schema}`,
      `t${database}/${schema}/${store.descs[entry] ?? -1}`,
    ];
  }

  private group(
    above: Map<string, GroupNode> | GroupNode,
    id: string,
    kind: GroupNode['kind'],
    name: string | null,
  ): GroupNode {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const made: GroupNode = { id, kind, name, groups: [], entries: [], count: 0, size: NO_DATA };
    this.byId.set(id, made);
    if (above instanceof Map) above.set(id, made);
    else {
      above.groups.push(made);
      this.above.set(made, above);
    }
    return made;
  }

  private finish(group: GroupNode): void {
    for (const inner of group.groups) {
      this.finish(inner);
      group.count += inner.count;
      group.size = addSizes(group.size, inner.size);
    }
    group.groups = this.order(group.groups);
    // Of a type it says how many of these; of a schema, how much there is in all.
    group.count += group.entries.length;
    for (const entry of group.entries) {
      group.size = addSizes(group.size, this.store.total(entry));
    }
  }

  private order(groups: GroupNode[]): GroupNode[] {
    return groups.sort((a, b) => {
      if (a.kind === 'type' && b.kind === 'type') {
        return typeOrder(a.name ?? '') - typeOrder(b.name ?? '') || compareNames(a.name, b.name);
      }
      return compareNames(a.name, b.name);
    });
  }
}

/** What is in no schema stands first. */
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
