import { ANSWER_TRIPS } from '../../../catalog/psqlSession';
import { makespan } from './makespan';
import {
  expectedSeconds,
  firstSpeeds,
  rememberedSpeeds,
  seenSpeeds,
  speedOf,
  type EarlierSpeeds,
  type Observed,
  type SeenSpeed,
  type Speeds,
} from './speeds';
import { WorkUnit, type UnitTime, type WorkPlan } from './workUnit';

/** Overdue work without a measured fraction is assumed to need this share of its time so far. */
const OVERDUE_SHARE = 0.3;
/** Measured fractions count as much as the expectation when they have reached this. */
const FRACTION_TRUST = 0.15;
/** … or this, where an earlier run is the expectation. */
const REMEMBERED_FRACTION_TRUST = 0.25;
/** An estimate rests on this share of the work at least. */
const FOUNDED_SHARE = 0.02;
/** A server at hand takes up to this long for an answer, which plans expect. */
const NEAR_ANSWER_SECONDS = 0.01;
/** So many waits of statements that are done tell how long one takes at most. */
const TELLING_TRIPS = 20;
/** What sockets swallow at once shows in the measures up to here: pace is not counted from them. */
const SWALLOW_SECONDS = 0.3;
/** A measure so soon after the beginning counts by half: the beginning is not told to the moment. */
const SOON_SECONDS = 0.5;
/**
 * How late a tool's word of a beginning may come, in seconds: machines are busiest when a job starts.
 * Where something of the kind is known already, a measure need not be that careful.
 */
const LATE_SECONDS = 0.15;
const KNOWN_LATE_SECONDS = 0.1;
/** How late a beginning may have been told, by what shares a speed. */
type Late = (unit: WorkUnit) => number;

interface Rates extends Speeds {
  late: Late;
}

interface Observations {
  observed: ReadonlyMap<string, Observed>;
  /** Planned seconds of everything. */
  all: number;
  late: Late;
}

/**
 * How much work is left, in seconds. Each piece has a planned time; it is corrected by the observed
 * times of its kind and, less so, of other kinds. Within a piece a measured fraction counts, the
 * more the larger it is.
 */
export class WorkModel {
  readonly units: WorkUnit[] = [];
  private remembers = false;
  private earlier: EarlierSpeeds | null = null;
  /** Seconds that each way to the server and back takes in the plan. */
  private trip = 0;
  /** The quickest answer of the server that did not wait behind rows, in seconds. */
  private answer = Infinity;
  /** Until when rows were on their way. */
  private carriedUntil = -Infinity;
  private doubtful = 1;

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
    if (unit.running && unit.carried > 0) this.carriedUntil = now;
    unit.openSince = null;
    unit.doneShare = 1;
  }

  /** All is done but this one, which begins now. */
  beginLast(last: WorkUnit, now: number): void {
    for (const unit of this.units) if (unit !== last) this.end(unit, now);
    this.begin(last, now);
  }

  /** For units that stand for many small ones: some of them are done. */
  spend(unit: WorkUnit, seconds: number, share: number, now: number): void {
    if (unit.carried > 0) this.carriedUntil = now;
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
    const open = now - (unit.openSince ?? now);
    if (open >= SWALLOW_SECONDS) unit.first ??= { fraction: unit.fraction, at: now };
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
   * Takes over what the pieces took in an earlier run. Where most of the work was known, the rest is
   * expected in proportion. A small part may have taken many times as long as planned for reasons of its
   * own (reading the catalog, an `fsync`), and tells nothing of the rest. Returns whether most was known.
   */
  remember(times: readonly UnitTime[]): boolean {
    const known = new Map(times.map((time) => [time.key, time]));
    let planned = 0;
    let took = 0;
    let all = 0;
    for (const unit of this.units) {
      all += unit.work;
      const time = known.get(unit.plan.key);
      if (!time) continue;
      const growth = time.size > 0 && unit.plan.size > 0 ? unit.plan.size / time.size : 1;
      planned += unit.work;
      unit.work = time.seconds * Math.min(Math.max(growth, 0.01), 100);
      took += unit.work;
      unit.remembered = true;
    }
    this.remembers = planned > 0 && planned >= all / 2;
    if (this.remembers) {
      for (const unit of this.units) if (!unit.remembered) unit.work *= took / planned;
    }
    this.waitFor(this.trip);
    return this.remembers;
  }

  /** What earlier jobs on this server showed; to be told when the plan is as good as it gets. */
  expectSpeeds(earlier: EarlierSpeeds | null): void {
    this.earlier = earlier;
  }

  /** What other jobs on this server may expect; [] where the plan was an earlier run. */
  speeds(): SeenSpeed[] {
    if (this.remembers) return [];
    const { observed, all } = this.observe();
    return seenSpeeds(observed, all);
  }

  /**
   * A server has answered so many seconds after it was asked by a `PsqlSession`: what is far away takes
   * its time for each statement. Times of an earlier run hold that already. While rows fill the link, an answer waits
   * behind them, long after the last of them, too: then only one that is quicker than others tells
   * anything. On a busy machine any answer is late; what statements took says so.
   */
  setAnswerSeconds(seconds: number, now: number): void {
    if (this.remembers) return;
    const carries = this.units.some((unit) => unit.running && unit.carried > 0);
    const waited = carries || now - seconds < this.carriedUntil;
    if (!waited || this.answer < Infinity) this.answer = Math.min(this.answer, seconds);
    if (this.answer === Infinity) return;
    const far = Math.max(0, this.answer - NEAR_ANSWER_SECONDS);
    const trip = Math.min(far / ANSWER_TRIPS, this.longestTrip());
    if (Math.abs(trip - this.trip) <= this.trip / 10) return;
    this.waitFor(trip);
  }

  /** Each way to the server and back takes so long; the times of an earlier run hold that already. */
  private waitFor(trip: number): void {
    this.trip = trip;
    for (const unit of this.units) {
      unit.waits = unit.remembered || this.remembers ? 0 : (unit.plan.trips ?? 0) * trip;
    }
  }

  /** What a wait for an answer takes at most, by the statements that are done; Infinity = not known. */
  private longestTrip(): number {
    let spent = 0;
    let trips = 0;
    for (const { plan, doneShare, spent: took } of this.units) {
      if (plan.kind !== 'definition' || doneShare === 0) continue;
      spent += took;
      trips += (plan.trips ?? 0) * doneShare;
    }
    return trips < TELLING_TRIPS ? Infinity : spent / trips;
  }

  /** A unit is so many times as much work as was planned; its waits for answers stay as many. */
  rescale(unit: WorkUnit, by: number): void {
    this.replan(unit, unit.work * by, unit.carried * by);
  }

  /** Better figures of a unit's work were found; its waits for answers stay as many. */
  replan(unit: WorkUnit, seconds: number, carried: number): void {
    if (unit.remembered) return;
    unit.work = seconds;
    unit.carried = carried;
  }

  /** Time of each finished unit. */
  times(): UnitTime[] {
    return this.units
      .filter((unit) => unit.done)
      .map(({ plan, spent }) => ({ key: plan.key, seconds: spent, size: plan.size }));
  }

  /**
   * Is the estimate good enough to be shown: is there an earlier run, or was a little of the
   * work observed? Not while a unit is far overdue and its progress is unknown.
   */
  isFounded(now: number): boolean {
    if (this.units.length === 0 || this.isLost(now)) return false;
    if (this.remembers) return true;
    let all = 0;
    let observed = 0;
    let seconds = 0;
    let carrying = 0;
    let carried = 0;
    let allCarried = 0;
    let carryingSeconds = 0;
    for (const unit of this.units) {
      all += unit.seconds;
      if (unit.plan.kind === 'connect') continue;
      const share = unit.observedShare;
      observed += unit.seconds * share;
      carrying += unit.carried > 0 ? unit.seconds : 0;
      carried += unit.carried * share;
      allCarried += unit.carried;
      const took = unit.spent + (unit.openSince === null ? 0 : now - unit.openSince);
      seconds += took;
      if (unit.carried > 0) carryingSeconds += took;
    }
    // How fast the link is, nobody knows before a little of everything went over it; the first pieces
    // are swallowed by sockets.
    const isSeen = carried > allCarried * FOUNDED_SHARE && carryingSeconds >= SOON_SECONDS;
    const isLinkKnown = isSeen || (this.earlier !== null && this.earlier.perByte !== null);
    if (carrying >= all / 2 && !isLinkKnown) return false;
    if (this.earlier !== null) return true;
    return observed >= all * FOUNDED_SHARE && seconds >= 0.3;
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
      if (open > times * expectedSeconds(unit, rates) + more) return true;
    }
    return false;
  }

  /** Share of the time left, when that was last asked for, that nothing seen of its kind confirms. */
  get doubt(): number {
    return this.doubtful;
  }

  /** Seconds until everything is done. */
  remaining(now: number): number {
    const rates = this.rates();
    let all = 0;
    let doubtful = 0;
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
      all += left;
      doubtful += left * doubtOf(unit, rates);
      if (unit.running) {
        stage.running.push(left);
        runningEnds.set(unit, left);
      } else stage.waiting.push({ unit, seconds: left });
    }
    let sum = 0;
    stages.forEach(({ running, waiting }, index) => {
      sum += makespan(this.workers[index] ?? 1, running, waiting, runningEnds);
    });
    this.doubtful = all > 0 ? doubtful / all : 0;
    return sum;
  }

  private left(unit: WorkUnit, now: number, rates: Rates): number {
    const expected = expectedSeconds(unit, rates);
    if (unit.openSince === null) return expected * (1 - unit.doneShare);
    const { fraction } = unit;
    if (fraction === null) {
      const took = now - unit.openSince;
      return Math.max(expected - took, OVERDUE_SHARE * took);
    }
    const since = now - unit.measuredAt;
    const doubt = unit.remembered ? REMEMBERED_FRACTION_TRUST : FRACTION_TRUST;
    const measured = unit.measuredAt - unit.openSince;
    const trust = ((fraction / (fraction + doubt)) * measured) / (measured + SOON_SECONDS);
    const byMeasure = (unit.pace(rates.late(unit)) ?? 0) * (1 - fraction);
    // What a measure says may be another share of the time than of the work; an earlier run tells the
    // time itself.
    const byPlan = unit.remembered ? Math.max(0, expected - measured) : expected * (1 - fraction);
    const left = trust * byMeasure + (1 - trust) * byPlan;
    return Math.max(left - since, OVERDUE_SHARE * since);
  }

  /** How much longer than expected things take: all together, and by what shares a speed. */
  private rates(): Rates {
    const { observed, all, late } = this.observe();
    const speeds = this.remembers
      ? rememberedSpeeds(observed, all)
      : firstSpeeds(observed, all, this.earlier);
    return { ...speeds, late };
  }

  /**
   * Does a unit tell how fast its kind is? An index that is being built does not: reading, sorting and
   * writing are no equal shares of its time. Nor are large objects, of which the first may be the
   * smallest, where the times of an earlier run are expected; in a first run there is nothing better.
   */
  private tellsSpeed({ running, plan: { kind } }: WorkUnit): boolean {
    return !running || !(kind === 'index' || (kind === 'largeObjects' && this.remembers));
  }

  private observe(): Observations {
    const observed = new Map<string, Observed>();
    let all = 0;
    const spent = new Map<string, number>();
    for (const unit of this.units) {
      const speed = speedOf(unit);
      spent.set(speed, (spent.get(speed) ?? 0) + unit.spent);
    }
    const late: Late = (unit) =>
      this.remembers || (spent.get(speedOf(unit)) ?? 0) > LATE_SECONDS
        ? KNOWN_LATE_SECONDS
        : LATE_SECONDS;
    for (const unit of this.units) {
      const speed = speedOf(unit);
      let sum = observed.get(speed);
      if (!sum)
        observed.set(speed, (sum = { took: 0, expected: 0, all: 0, carried: 0, allCarried: 0 }));
      const share = this.tellsSpeed(unit) ? unit.observedShare : unit.doneShare;
      sum.all += unit.seconds;
      sum.expected += unit.seconds * share;
      sum.carried += unit.carried * share;
      sum.allCarried += unit.carried;
      const open = unit.running ? (unit.pace(late(unit)) ?? 0) * share : 0;
      sum.took += unit.spent + open;
      all += unit.seconds;
    }
    return { observed, all, late };
  }
}

/** 0 to 1: how little what was seen tells of a unit. */
function doubtOf(unit: WorkUnit, { byKind, others }: Speeds): number {
  const { trust } = byKind.get(speedOf(unit)) ?? others;
  const measured = unit.running ? (unit.fraction ?? 0) : 0;
  return 1 - Math.max(trust, measured / (measured + FRACTION_TRUST));
}

interface WaitingWork {
  unit: WorkUnit;
  seconds: number;
}
