import type { OidRun } from '../../model/findings/preflightFacts';

/** More runs, or more objects, are not told one by one: a server is asked about all of them. */
const MAX_RUNS = 50_000;
const MAX_OIDS = 500_000;
/** OIDs have 32 bits. */
const GREATEST = 2 ** 32 - 1;

/** OIDs as runs of consecutive ones, because there may be very many. */
export class OidRuns {
  private readonly runs: OidRun[] = [];
  private count = 0;
  private unknown = false;

  add(oid: number): void {
    if (this.unknown) return;
    if (!Number.isSafeInteger(oid) || oid < 0 || oid > GREATEST) {
      this.lose();
      return;
    }
    const last = this.runs.at(-1);
    if (last !== undefined && oid === last[1] + 1) last[1] = oid;
    else this.runs.push([oid, oid]);
    if (++this.count > MAX_OIDS || this.runs.length > MAX_RUNS) this.lose();
  }

  /** There are others that are not told. */
  lose(): void {
    this.unknown = true;
    this.runs.length = 0;
  }

  /** In the order in which they were added; null = not told. */
  finish(): OidRun[] | null {
    return this.unknown ? null : this.runs;
  }
}
