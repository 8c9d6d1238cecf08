/** What takes its time in a like way: how fast one is tells how fast its likes will be. */
export type WorkKind =
  'connect' | 'definition' | 'data' | 'largeObjects' | 'index' | 'foreignKey' | 'finish';

/** A piece of work as it is expected. */
export interface WorkPlan {
  /** The same in every run of the same job. */
  key: string;
  kind: WorkKind;
  /** What it may take, in seconds of a machine that nobody knows: only the relations count. */
  seconds: number;
  /** What the seconds grow with (bytes, say), so that a later run can scale those of this one. */
  size: number;
  /** Stages come one after another; the pieces of one stage share its workers. */
  stage: number;
  /** Cannot begin before this one is done. */
  after?: WorkUnit | null;
}

/** A piece of work and how far it is. Only the model changes it. */
export class WorkUnit {
  seconds: number;
  /** What of it is done for good, 0 to 1: pieces that stand for many small ones fill up. */
  doneShare = 0;
  /** Seconds it took so far, without the interval that is open. */
  spent = 0;
  /** Seconds on the model's clock; null while nobody works on it. */
  openSince: number | null = null;
  /** How far the open interval is, as measured, 0 to 1; null while nothing tells. */
  fraction: number | null = null;
  /** When that was measured. */
  measuredAt = 0;
  /** Its seconds are those of an earlier run. */
  remembered = false;

  constructor(readonly plan: WorkPlan) {
    this.seconds = Math.max(plan.seconds, 1e-6);
  }

  get done(): boolean {
    return this.doneShare >= 1 - 1e-9;
  }

  get running(): boolean {
    return this.openSince !== null;
  }
}

/** What one piece took, for the next run of the same job. */
export interface UnitTime {
  key: string;
  seconds: number;
  size: number;
}
