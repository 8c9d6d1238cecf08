/** Set of ids, with one byte per entry of the document: a Set of 200,000 is slow to build and sort. */
export class IdSet {
  private readonly marks: Uint8Array;
  size = 0;

  /** `count`: number of entries in the document; higher ids are ignored. */
  constructor(count: number, ids: Iterable<number> = []) {
    this.marks = new Uint8Array(count);
    for (const id of ids) this.add(id);
  }

  has(id: number): boolean {
    return this.marks[id] === 1;
  }

  /** Adds an id; returns whether it is new. */
  add(id: number): boolean {
    if (id < 0 || id >= this.marks.length || this.marks[id] === 1) return false;
    this.marks[id] = 1;
    this.size++;
    return true;
  }

  /** The ids in ascending order, which is the order of the dump. */
  ids(): number[] {
    const ids = new Array<number>(this.size);
    for (let id = 0, at = 0; at < this.size; id++) if (this.marks[id] === 1) ids[at++] = id;
    return ids;
  }
}
