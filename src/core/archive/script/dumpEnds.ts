/** A dump of one database, or of a cluster (pg_dumpall), which contains dumps of databases. */
type DumpKind = 'database' | 'cluster';

/**
 * Checks that each dump in a script is complete: after pg_dump's heading there must be its end mark.
 * A script can contain several dumps, and other statements before and after them.
 */
export class DumpEnds {
  private readonly owed = new Set<DumpKind>();
  /** A heading was found before the end mark of the previous dump. */
  private lost = false;
  private headed = false;
  /** A transaction began before the heading, and will need a statement to end it. */
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

  /** Records a complete statement by its first word. */
  statement(first: string): void {
    // Settings may stand between BEGIN and the heading.
    if (this.headed || first !== 'set') this.last = first;
  }

  /** pg_dump wrote at least a part of the script. */
  get expected(): boolean {
    return this.headed;
  }

  /** Position before all statements but settings, or after the end of all dumps. */
  get outside(): boolean {
    return this.headed ? this.owed.size === 0 : this.last === '';
  }

  /** null = pg_dump did not write the script, or somebody replaced its end mark. */
  get whole(): boolean | null {
    if (!this.headed) return null;
    if (this.lost) return false;
    if (this.owed.size === 0) return true;
    return this.wrapped && (this.last === 'commit' || this.last === 'end') ? null : false;
  }
}
