/** Ids of a document's entries, a byte for each: a Set of 200,000 takes long to make and to sort. */
export class IdSet {
  private readonly marks: Uint8Array;
  size = 0;

  /** `count`: of the document; ids beyond it are left out. */
  constructor(count: number, ids: Iterable<number> = []) {
    this.marks = new Uint8Array(count);
    for (const id of ids) this.add(id);
  }

  has(id: number): boolean {
    return this.marks[id] === 1;
  }

  /** Whether it is new. */
  add(id: number): boolean {
    if (id < 0 || id >= this.marks.length || this.marks[id] === 1) return false;
    this.marks[id] = 1;
    this.size++;
    return true;
  }

  /** Ascending, which is the dump's order. */
  ids(): number[] {
    const ids = new Array<number>(this.size);
    for (let id = 0, at = 0; at < this.size; id++) if (this.marks[id] === 1) ids[at++] = id;
    return ids;
  }
}
