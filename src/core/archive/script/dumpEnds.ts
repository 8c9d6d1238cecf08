/** Kind of dump, of one database or a cluster: pg_dumpall's script contains those of pg_dump. */
type DumpKind = 'database' | 'cluster';

/**
 * Checks that each dump in a script is complete: pg_dump's heading requires its end mark. A file
 * may contain several dumps, and other statements before and after them.
 */
export class DumpEnds {
  private readonly owed = new Set<DumpKind>();
  /** A heading where an end mark was due. */
  private lost = false;
  private headed = false;
  /** A transaction was begun before the heading: it ends by a statement of its own. */
  private wrapped = false;
  private last = '';

  heading(kind: DumpKind): void {
    if (this.owed.has(kind)) this.lost = true;
    this.wrapped = !this.headed && (this.last === 'begin' || this.last === 'start');
    this.headed = true;
    this.owed.add(kind);
  }

  end(kind: DumpKind): void {
    this.owed.delete(kind);
  }

  /** A complete statement, by its first word. */
  statement(first: string): void {
    // Settings come between a BEGIN and the heading.
    if (this.headed || first !== 'set') this.last = first;
  }

  /** pg_dump wrote it, at least in part. */
  get expected(): boolean {
    return this.headed;
  }

  /** Before everything but settings, or behind the end of all dumps so far. */
  get outside(): boolean {
    return this.headed ? this.owed.size === 0 : this.last === '';
  }

  /** null = pg_dump did not write it, or its end mark was replaced. */
  get whole(): boolean | null {
    if (!this.headed) return null;
    if (this.lost) return false;
    if (this.owed.size === 0) return true;
    return this.wrapped && (this.last === 'commit' || this.last === 'end') ? null : false;
  }
}
