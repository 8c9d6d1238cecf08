import { makespan } from './makespan';
import { WorkUnit, type UnitTime, type WorkPlan } from './workUnit';

/** Overdue work without a measured fraction is assumed to need this share of its time so far. */
const OVERDUE_SHARE = 0.3;
/** Measured fractions count as much as the expectation when they have reached this. */
const FRACTION_TRUST = 0.15;
/** … or this, where an earlier run is the expectation. */
const REMEMBERED_FRACTION_TRUST = 0.25;
/**
 * How late a tool's word of a beginning may come, in seconds: machines are busiest when a job starts.
 * Where something of the kind is known already, a measure need not be that careful.
 */
const LATE_SECONDS = 0.4;
const KNOWN_LATE_SECONDS = 0.1;
/** How much the times of an earlier run weigh against what is observed, as a share of all work. */
const REMEMBERED_PRIOR_SHARE = 0.1;
/** Share of a kind's work, and of all work, from which on its own observations count by half. */
const OWN_SHARE = 0.05;
const FIRST_OWN_SHARE = 0.01;
const LEAST_SHARE = 0.005;
/** How many kinds of work the plan weighs as much as, where the speed of the machine is judged. */
const PLAN_WEIGHT = 2;

interface Rates {
  global: number;
  byKind: Map<string, number>;
  /** How late a beginning may have been told, by what shares a speed. */
  late: (unit: WorkUnit) => number;
}

/**
 * How much work is left, in seconds. Each piece has a planned time; it is corrected by the observed
 * times of its kind and, less so, of other kinds. Within a piece a measured fraction counts, the
 * more the larger it is.
 */
export class WorkModel {
  readonly units: WorkUnit[] = [];
  private remembers = false;

  /** @param workers of each stage, in their order */
  constructor(readonly workers: readonly number[]) {}

  add(plan: WorkPlan): WorkUnit {
    const unit = new WorkUnit(plan);
    this.units.push(unit);
    return unit;
  }

  /** Work on the unit begins. `now`: seconds. */
  begin(unit: WorkUnit, now: number): void {
    if (unit.done || unit.running) return;
    unit.openSince = now;
    unit.fraction = null;
    unit.first = null;
  }

  /** The piece of work is done. */
  end(unit: WorkUnit, now: number): void {
    if (unit.openSince !== null) unit.spent += Math.max(0, now - unit.openSince);
    unit.openSince = null;
    unit.doneShare = 1;
  }

  /** All is done but this one, which begins now. */
  beginLast(last: WorkUnit, now: number): void {
    for (const unit of this.units) if (unit !== last) this.end(unit, now);
    this.begin(last, now);
  }

  /** For units that stand for many small ones: some of them are done. */
  spend(unit: WorkUnit, seconds: number, share: number): void {
    unit.spent += Math.max(0, seconds);
    unit.doneShare = Math.min(1, unit.doneShare + share);
  }

  /**
   * How far an open unit is: `done` of `expected`, in any unit of measure. The expectation is an
   * estimate too: exceeding it brings the unit nearer to its end, but never to it.
   */
  measure(unit: WorkUnit, done: number, expected: number, now: number): void {
    if (!unit.running || !(expected > 0) || !(done >= 0)) return;
    const ratio = done / expected;
    const fraction = ratio <= 0.9 ? ratio : 1 - 0.1 * Math.exp(-(ratio - 0.9) / 0.1);
    // An unchanged value gives no new information: the work may be stalled, or polled too often.
    if (fraction <= (unit.fraction ?? 0)) return;
    unit.fraction = Math.min(fraction, 0.999);
    unit.measuredAt = now;
    unit.first ??= { fraction: unit.fraction, at: now };
  }

  /** A better measure has been found: the ones before do not count any more. */
  measureAnew(unit: WorkUnit): void {
    unit.fraction = null;
    unit.first = null;
  }

  /**
   * Seconds that an open unit still takes, by a more exact source such as a model of its own.
   * Unlike a measured fraction, this may get worse. null = the source knows no longer.
   */
  applyForecast(unit: WorkUnit, seconds: number | null, now: number): void {
    if (unit.openSince === null) return;
    const took = now - unit.openSince;
    const known = seconds !== null && took > 0;
    unit.fraction = known ? Math.min(Math.max(took / (took + seconds), 1e-3), 0.999) : null;
    unit.measuredAt = now;
  }

  /**
   * Takes over what the pieces took in an earlier run. Those that it did not know are expected in
   * proportion. Returns whether most of the work was known.
   */
  remember(times: readonly UnitTime[]): boolean {
    const known = new Map(times.map((time) => [time.key, time]));
    let planned = 0;
    let took = 0;
    let all = 0;
    for (const unit of this.units) {
      all += unit.seconds;
      const time = known.get(unit.plan.key);
      if (!time) continue;
      const growth = time.size > 0 && unit.plan.size > 0 ? unit.plan.size / time.size : 1;
      planned += unit.seconds;
      unit.seconds = Math.max(1e-6, time.seconds * Math.min(Math.max(growth, 0.01), 100));
      took += unit.seconds;
      unit.remembered = true;
    }
    if (planned === 0) return false;
    const scale = took / planned;
    for (const unit of this.units) if (!unit.remembered) unit.seconds *= scale;
    this.remembers = planned >= all / 2;
    return this.remembers;
  }

  /** Time of each finished unit. */
  times(): UnitTime[] {
    return this.units
      .filter((unit) => unit.done)
      .map(({ plan, spent }) => ({ key: plan.key, seconds: spent, size: plan.size }));
  }

  /**
   * Is the estimate good enough to be shown: is there an earlier run, or were a few percent
   * observed? Not while a unit is far overdue and its progress is unknown.
   */
  isFounded(now: number): boolean {
    if (this.units.length === 0 || this.isLost(now)) return false;
    if (this.remembers) return true;
    let all = 0;
    let observed = 0;
    let seconds = 0;
    for (const unit of this.units) {
      all += unit.seconds;
      if (unit.plan.kind === 'connect') continue;
      observed += unit.seconds * observedShare(unit);
      seconds += unit.spent + (unit.openSince === null ? 0 : now - unit.openSince);
    }
    return observed >= all * 0.02 && seconds >= 0.3;
  }

  /** Is a unit far overdue, and its progress unknown? A lock, for example. */
  private isLost(now: number): boolean {
    const [times, more] = this.remembers ? [2, 1] : [3, 0.3];
    let rates: Rates | null = null;
    for (const unit of this.units) {
      if (unit.openSince === null || unit.fraction !== null) continue;
      const open = now - unit.openSince;
      if (open <= times * unit.seconds + more) continue;
      rates ??= this.rates();
      const rate = rates.byKind.get(speedOf(unit)) ?? rates.global;
      if (open > times * unit.seconds * rate + more) return true;
    }
    return false;
  }

  /** Seconds until everything is done. */
  remaining(now: number): number {
    const rates = this.rates();
    const stages: { running: number[]; waiting: WaitingWork[] }[] = this.workers.map(() => ({
      running: [],
      waiting: [],
    }));
    const runningEnds = new Map<WorkUnit, number>();
    for (const unit of this.units) {
      if (unit.done) continue;
      const stage = stages[unit.plan.stage];
      if (!stage) continue;
      const left = this.left(unit, now, rates);
      if (unit.running) {
        stage.running.push(left);
        runningEnds.set(unit, left);
      } else stage.waiting.push({ unit, seconds: left });
    }
    let sum = 0;
    stages.forEach(({ running, waiting }, index) => {
      sum += makespan(this.workers[index] ?? 1, running, waiting, runningEnds);
    });
    return sum;
  }

  private left(unit: WorkUnit, now: number, { global, byKind, late }: Rates): number {
    const expected = unit.seconds * (byKind.get(speedOf(unit)) ?? global);
    if (unit.openSince === null) return expected * (1 - unit.doneShare);
    const { fraction } = unit;
    if (fraction === null) {
      const took = now - unit.openSince;
      return Math.max(expected - took, OVERDUE_SHARE * took);
    }
    const since = now - unit.measuredAt;
    const doubt = unit.remembered ? REMEMBERED_FRACTION_TRUST : FRACTION_TRUST;
    const trust = fraction / (fraction + doubt);
    const byMeasure = (unit.pace(late(unit)) ?? 0) * (1 - fraction);
    const left = trust * byMeasure + (1 - trust) * expected * (1 - fraction);
    return Math.max(left - since, OVERDUE_SHARE * since);
  }

  /** How much longer than expected things take: all together, and by what shares a speed. */
  private rates(): Rates {
    const observed = new Map<string, Observed>();
    let all = 0;
    const spent = new Map<string, number>();
    for (const unit of this.units) {
      const speed = speedOf(unit);
      spent.set(speed, (spent.get(speed) ?? 0) + unit.spent);
    }
    const late = (unit: WorkUnit): number =>
      this.remembers || (spent.get(speedOf(unit)) ?? 0) > LATE_SECONDS
        ? KNOWN_LATE_SECONDS
        : LATE_SECONDS;
    for (const unit of this.units) {
      const speed = speedOf(unit);
      let sum = observed.get(speed);
      if (!sum) observed.set(speed, (sum = { took: 0, expected: 0, all: 0 }));
      const share = observedShare(unit);
      sum.all += unit.seconds;
      sum.expected += unit.seconds * share;
      sum.took += unit.spent + (unit.pace(late(unit)) ?? 0) * (unit.fraction ?? 0);
      all += unit.seconds;
    }
    const rates = this.remembers ? rememberedRates(observed, all) : firstRates(observed, all);
    return { ...rates, late };
  }
}

/** What was observed of work that shares a speed, in seconds. */
interface Observed {
  took: number;
  /** Planned for what was observed. */
  expected: number;
  /** Planned for all of it. */
  all: number;
}

/** Which observations tell how fast a unit is: statements before the data are not like later ones. */
function speedOf({ plan: { kind, stage } }: WorkUnit): string {
  return `${kind} ${stage}`;
}

/** The time to connect depends on the network, not on the disks. */
function isConnect(speed: string): boolean {
  return speed.startsWith('connect');
}

/**
 * Rates of a first run. What one kind of work shows is the machine, the link to it, and the error of
 * the plan for this kind: other kinds take over a part of it alone, the more the more kinds agree.
 */
function firstRates(observed: ReadonlyMap<string, Observed>, all: number): Omit<Rates, 'late'> {
  const seen = [...observed].map(([speed, sum]) => {
    const own = Math.max(sum.all * FIRST_OWN_SHARE, all * LEAST_SHARE);
    const trust = sum.took > 0 ? sum.expected / (sum.expected + own) : 0;
    return { speed, trust, ratio: trust > 0 ? Math.log(sum.took / sum.expected) : 0 };
  });
  let weight = PLAN_WEIGHT;
  let sum = 0;
  for (const { speed, trust, ratio } of seen) {
    if (isConnect(speed)) continue;
    weight += trust;
    sum += trust * ratio;
  }
  const machine = sum / weight;
  const byKind = new Map(
    seen.map(({ speed, trust, ratio }) => [speed, Math.exp(trust * ratio + (1 - trust) * machine)]),
  );
  return { global: Math.exp(machine), byKind };
}

/** Rates where the times of an earlier run are expected: all kinds are as much slower as one is. */
function rememberedRates(
  observed: ReadonlyMap<string, Observed>,
  all: number,
): Omit<Rates, 'late'> {
  let took = 0;
  let expected = 0;
  for (const sum of observed.values()) {
    took += sum.took;
    expected += sum.expected;
  }
  const prior = all * REMEMBERED_PRIOR_SHARE;
  const global = (took + prior) / (expected + prior);
  const byKind = new Map<string, number>();
  for (const [speed, sum] of observed) {
    const own = Math.max(sum.all * (REMEMBERED_PRIOR_SHARE + OWN_SHARE), all * LEAST_SHARE);
    byKind.set(speed, (sum.took + own * global) / (sum.expected + own));
  }
  return { global, byKind };
}

interface WaitingWork {
  unit: WorkUnit;
  seconds: number;
}

/** Share of a unit whose time was observed. */
function observedShare(unit: WorkUnit): number {
  return unit.openSince === null ? unit.doneShare : (unit.fraction ?? 0);
}
