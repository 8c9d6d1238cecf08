import type { TreeRow } from '../../shared/tree/rows';
import { compareText, EntryGroups, type GroupNode } from './entryGroups';
import type { EntryStore } from './entryStore';
import { typeOrder } from '../../../src/core/model/entryTypes';

export type NodeRef = { group: GroupNode } | { entry: number };

/**
 * Schemas, types and entries; parts (indexes, constraints, rows, …) are below the entry they belong
 * to.
 */
export class EntryTree {
  private readonly groups: EntryGroups;
  private readonly sorted = new WeakSet<GroupNode>();

  constructor(
    private readonly store: EntryStore,
    databases: readonly string[],
  ) {
    this.groups = new EntryGroups(store, databases);
  }

  get roots(): GroupNode[] {
    return this.groups.roots;
  }

  find(id: string): NodeRef | null {
    if (id.startsWith('e')) return { entry: Number(id.slice(1)) };
    const group = this.groups.find(id);
    return group === null ? null : { group };
  }

  /** How many of the entries are below each group. */
  countByGroup(has: (entry: number) => boolean): Map<GroupNode, number> {
    return this.groups.count(has);
  }

  /** How many entries are below a group, parts included. */
  totalOf(group: GroupNode): number {
    return this.groups.totalOf(group);
  }

  /** All entries below a group. */
  entriesBelow(group: GroupNode): number[] {
    const found: number[] = [];
    const visit = (at: GroupNode): void => {
      at.groups.forEach(visit);
      for (const entry of at.entries) {
        if (!this.store.hasChildren(entry)) found.push(entry);
        else for (const member of this.store.family(entry)) found.push(member);
      }
    };
    visit(group);
    return found;
  }

  /** Ids of the groups around an entry and of the entries above it, outermost first. */
  pathTo(entry: number): string[] {
    const above: string[] = [];
    for (let at = this.parentInTree(entry); at >= 0; at = this.parentInTree(at)) {
      above.unshift(`e${at}`);
    }
    return [...this.groups.around(entry), ...above];
  }

  /** Rows in sight. `shown`: 1 = fits the search, 2 = something below it does; null = no search. */
  rows(expanded: (id: string) => boolean, shown: Uint8Array | null): TreeRow[] {
    const rows: TreeRow[] = [];
    const visitEntries = (entries: readonly number[], level: number): void => {
      const seen = shown === null ? entries : entries.filter((id) => (shown[id] ?? 0) > 0);
      let position = 0;
      for (const entry of seen) {
        const id = `e${entry}`;
        // All parts of a match are shown; of other entries only matching parts.
        const fits = shown === null || shown[entry] === 1;
        const open = this.hasParts(entry, fits ? null : shown) ? expanded(id) : null;
        rows.push({ id, level, position: ++position, setSize: seen.length, expanded: open });
        if (open === true) {
          const parts = this.partsOf(entry);
          const inner = fits ? parts : parts.filter((part) => (shown[part] ?? 0) > 0);
          if (fits && shown !== null) this.pushPlain(rows, inner, level + 1, expanded);
          else visitEntries(inner, level + 1);
        }
      }
    };
    const visit = (groups: readonly GroupNode[], level: number): void => {
      const seen = shown === null ? groups : groups.filter((group) => this.anyShown(group, shown));
      let position = 0;
      for (const group of seen) {
        const empty = group.groups.length === 0 && group.entries.length === 0;
        const open = empty ? null : expanded(group.id);
        const setSize = seen.length;
        rows.push({ id: group.id, level, position: ++position, setSize, expanded: open });
        if (open !== true) continue;
        visit(group.groups, level + 1);
        visitEntries(this.entriesOf(group), level + 1);
      }
    };
    visit(this.roots, 1);
    return rows;
  }

  /** `fits` of a search, with the ancestors of matches. */
  withAncestors(fits: Uint8Array, ids: Int32Array): Uint8Array {
    const shown = fits.slice();
    for (const id of ids) {
      for (let at = this.parentInTree(id); at >= 0; at = this.parentInTree(at)) {
        if ((shown[at] ?? 0) > 0) break;
        shown[at] = 2;
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
      const open = this.hasParts(entry, null) ? expanded(id) : null;
      rows.push({ id, level, position: index + 1, setSize: entries.length, expanded: open });
      if (open === true) this.pushPlain(rows, this.partsOf(entry), level + 1, expanded);
    });
  }

  private partsOf(entry: number): number[] {
    const { store } = this;
    return store
      .children(entry)
      .filter((part) => this.parentInTree(part) === entry)
      .sort((a, b) => typeOrder(store.desc(a)) - typeOrder(store.desc(b)) || a - b);
  }

  /** Does an entry have children, or children that are shown? */
  private hasParts(entry: number, shown: Uint8Array | null): boolean {
    const { store } = this;
    if (!store.hasChildren(entry)) return false;
    return store
      .children(entry)
      .some((part) => this.parentInTree(part) === entry && (shown === null || shown[part] !== 0));
  }

  private parentInTree(id: number): number {
    return this.groups.parents[id] ?? -1;
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
}
