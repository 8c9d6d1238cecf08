/** Kinds of work that share a speed: how fast one unit was predicts the others of its kind. */
export type WorkKind =
  'connect' | 'definition' | 'data' | 'largeObjects' | 'index' | 'foreignKey' | 'finish';

/** A piece of work as it is expected. */
export interface WorkPlan {
  /** Identifies the unit across runs of the same job. */
  key: string;
  kind: WorkKind;
  /** What makes its speed another one than that of others of its kind: the method of an index. */
  method?: string;
  /** Planned seconds on an arbitrary machine: only the proportions matter. */
  seconds: number;
  /** Size that the seconds grow with (bytes, for example), so that a later run can scale them. */
  size: number;
  /** Bytes that go over the connection for it; absent = none that count. */
  carried?: number;
  /** How often the tool waits for an answer of the server; absent = next to never. */
  trips?: number;
  /** Stages come one after another; the pieces of one stage share its workers. */
  stage: number;
  /** Cannot begin before this one is done. */
  after?: WorkUnit | null;
}

/** Two measures that are so far apart tell as much as the beginning does. */
const HALF_TRUSTED_SECONDS = 0.5;

/** No work takes less, in seconds: speeds are ratios of times. */
const LEAST_SECONDS = 1e-6;

/** A piece of work and how far it is. Only the model changes it. */
export class WorkUnit {
  /** Planned seconds of the work itself. */
  private planned = 0;
  /** Seconds that it waits for answers of the server, beside the work itself. */
  waits = 0;
  /** Finished share, 0 to 1, of a unit that stands for many small ones. */
  doneShare = 0;
  /** Seconds it took so far, without the interval that is open. */
  spent = 0;
  /** Seconds on the model's clock; null while it is not being worked on. */
  openSince: number | null = null;
  /** Measured fraction of the open interval, 0 to 1; null while unknown. */
  fraction: number | null = null;
  /** When that was measured. */
  measuredAt = 0;
  /** The first measure of the open interval. */
  first: { fraction: number; at: number } | null = null;
  /** Bytes that go over the connection. */
  carried: number;
  /** Its seconds are those of an earlier run. */
  remembered = false;

  constructor(readonly plan: WorkPlan) {
    this.work = plan.seconds;
    this.carried = plan.carried ?? 0;
  }

  get work(): number {
    return this.planned;
  }

  set work(seconds: number) {
    this.planned = Math.max(seconds, LEAST_SECONDS);
  }

  /** Planned seconds, with all waits. */
  get seconds(): number {
    return this.planned + this.waits;
  }

  get done(): boolean {
    return this.doneShare >= 1 - 1e-9;
  }

  get running(): boolean {
    return this.openSince !== null;
  }

  /** Share of it whose time was observed. */
  get observedShare(): number {
    return this.openSince === null ? this.doneShare : (this.fraction ?? 0);
  }

  /**
   * Seconds that the whole open interval takes at the measured speed; null without a measure. Sockets
   * swallow the first pieces at once, so two measures tell more than the first and the beginning do.
   *
   * @param late how much later than it happened the beginning may have been told
   */
  pace(late: number): number | null {
    const { openSince, fraction, first, measuredAt } = this;
    if (openSince === null || fraction === null) return null;
    const byBeginning = (measuredAt - openSince + late) / fraction;
    if (first === null || fraction <= first.fraction) return byBeginning;
    const span = measuredAt - first.at;
    const bySpan = span / (fraction - first.fraction);
    const trust = span / (span + HALF_TRUSTED_SECONDS);
    return trust * bySpan + (1 - trust) * byBeginning;
  }
}

/** Time of one unit, for the next run of the same job. */
export interface UnitTime {
  key: string;
  seconds: number;
  size: number;
}
