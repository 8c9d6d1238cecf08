import type { EntriesPiece } from '../../../src/protocol/archiveApi';

/** Data of unknown size, and no data, in `size`: the protocol's own numbers. */
export const UNKNOWN_SIZE = -1;
export const NO_DATA = -2;

/**
 * The entries of a dump by column: 200,000 objects would be slow to make and to search. An entry is
 * known by its number, from 0 in the dump's own order.
 */
export class EntryStore {
  count = 0;
  readonly tags: string[] = [];
  readonly strings: string[] = [];
  /** Indexes into `strings`; schema -1 = none. */
  readonly descs: number[] = [];
  readonly schemas: number[] = [];
  readonly owners: number[] = [];
  /** Bytes of data, `UNKNOWN_SIZE` or `NO_DATA`. */
  sizes: number[] = [];
  /** The entry it belongs to; -1 = none. */
  readonly parents: number[] = [];
  /** Database of a script; -1 = none. */
  readonly databases: number[] = [];

  private cut: ReadonlySet<number> = new Set();
  private cutParts: ReadonlySet<number> = new Set();
  private readonly numbers = new Map<string, number>();
  /** From a piece's own numbers to those here. */
  private run: number[] = [];
  private parts: { first: Int32Array; next: Int32Array } | null = null;
  private sums: Float64Array | null = null;
  private counts: { desc: string; count: number }[] | null = null;

  add({ columns, restart }: EntriesPiece): void {
    if (restart) this.run = [];
    if (columns === null) return;
    for (const text of columns.strings) this.run.push(this.number(text));
    append(this.tags, columns.tag);
    append(this.sizes, columns.dataBytes);
    append(this.parents, columns.parent);
    const own = (numbers: number[], into: number[]): void => {
      for (const n of numbers) into.push(n < 0 ? -1 : (this.run[n] ?? -1));
    };
    own(columns.desc, this.descs);
    own(columns.schema, this.schemas);
    own(columns.owner, this.owners);
    for (let i = 0; i < columns.count; i++) this.databases.push(columns.database?.[i] ?? -1);
    this.count += columns.count;
    this.forget();
  }

  setSizes(sizes: readonly number[], cut: readonly number[]): void {
    this.sizes = Array.from({ length: this.count }, (_, id) => sizes[id] ?? NO_DATA);
    this.cut = new Set(cut);
    this.cutParts = new Set(cut.flatMap((id) => this.above(id)));
    this.sums = null;
  }

  /** Are its own data missing or cut? */
  isCut(id: number): boolean {
    return this.cut.has(id);
  }

  /** Are data of it, or of what belongs to it, missing or cut? */
  holdsCut(id: number): boolean {
    return this.cutParts.has(id);
  }

  get cutCount(): number {
    return this.cut.size;
  }

  tag(id: number): string {
    return this.tags[id] ?? '';
  }

  desc(id: number): string {
    return this.strings[this.descs[id] ?? -1] ?? '';
  }

  schema(id: number): string | null {
    return this.strings[this.schemas[id] ?? -1] ?? null;
  }

  owner(id: number): string {
    return this.strings[this.owners[id] ?? -1] ?? '';
  }

  parent(id: number): number {
    return this.parents[id] ?? -1;
  }

  /** `schema.name` */
  fullName(id: number): string {
    const schema = this.schema(id);
    return schema === null ? this.tag(id) : `${schema}.${this.tag(id)}`;
  }

  /** Bytes of its data and of what belongs to it; `UNKNOWN_SIZE` or `NO_DATA` as a whole. */
  total(id: number): number {
    this.sums ??= this.addUp();
    return this.sums[id] ?? NO_DATA;
  }

  /** Its parts, in the dump's order. */
  children(id: number): number[] {
    const { first, next } = (this.parts ??= this.chain());
    const found: number[] = [];
    for (let part = first[id] ?? -1; part >= 0; part = next[part] ?? -1) found.push(part);
    return found;
  }

  hasChildren(id: number): boolean {
    const { first } = (this.parts ??= this.chain());
    return (first[id] ?? -1) >= 0;
  }

  /** How many entries there are of each type. */
  typeCounts(): { desc: string; count: number }[] {
    if (this.counts === null) {
      const counts = new Map<number, number>();
      for (const desc of this.descs) counts.set(desc, (counts.get(desc) ?? 0) + 1);
      this.counts = [...counts].map(([desc, count]) => ({ desc: this.strings[desc] ?? '', count }));
    }
    return [...this.counts];
  }

  /** It and all that belongs to it, however indirectly. */
  family(id: number): number[] {
    const found = [id];
    // A damaged dump may say that two entries belong to each other.
    const seen = new Set(found);
    for (const member of found) {
      for (const child of this.children(member)) {
        if (!seen.has(child)) found.push(child);
        seen.add(child);
      }
    }
    return found;
  }

  private forget(): void {
    this.counts = null;
    this.parts = null;
    this.sums = null;
  }

  private number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const added = this.strings.push(text) - 1;
    this.numbers.set(text, added);
    return added;
  }

  private chain(): { first: Int32Array; next: Int32Array } {
    const first = new Int32Array(this.count).fill(-1);
    const next = new Int32Array(this.count).fill(-1);
    for (let id = this.count - 1; id >= 0; id--) {
      const parent = this.parent(id);
      if (parent < 0 || parent >= this.count || parent === id) continue;
      next[id] = first[parent] ?? -1;
      first[parent] = id;
    }
    return { first, next };
  }

  /** It and all that it belongs to: as deep as partitions of partitions go; a circle ends, too. */
  private above(id: number): number[] {
    const found: number[] = [];
    for (let at = id; at >= 0 && found.length < 16; at = this.parent(at)) found.push(at);
    return found;
  }

  private addUp(): Float64Array {
    const sums = new Float64Array(this.count).fill(NO_DATA);
    for (let id = 0; id < this.count; id++) {
      const size = this.sizes[id] ?? NO_DATA;
      if (size === NO_DATA) continue;
      for (const at of this.above(id)) {
        const before = sums[at] ?? NO_DATA;
        if (size === UNKNOWN_SIZE) sums[at] = before === NO_DATA ? UNKNOWN_SIZE : before;
        else sums[at] = Math.max(0, before) + size;
      }
    }
    return sums;
  }
}

/** `push(...values)` has a limit. */
function append<T>(into: T[], values: readonly T[]): void {
  for (const value of values) into.push(value);
}
