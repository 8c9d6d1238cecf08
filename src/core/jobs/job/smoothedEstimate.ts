/** Never more than this before the end: the last percent is the end itself. */
const HIGHEST = 99;
/** How much faster than it should the bar may go while it catches up. */
const CATCH_UP = 2.5;

/**
 * Before anything is known percent comes near to this, in some seconds: work goes on, but nobody can
 * say how much of it there is.
 */
const UNKNOWN_HIGHEST = 10;
const UNKNOWN_SECONDS = 3;
/** What is over this soon needs no percent before it is known. */
const UNKNOWN_FROM_SECONDS = 0.5;

/**
 * While there is only a plan, percent follows it, and the less the further it says that the work is:
 * it comes near to this. However short the plan is, that takes some time: the link may be slow.
 */
const PLANNED_HIGHEST = 20;
const PLANNED_SECONDS = 1.5;

/**
 * The time left is told when no more than this share of it is only planned, and until more than the
 * other is: of estimates with more than half only planned two of three were far off.
 */
const TOLD_UP_TO = 0.5;
const TOLD_UNTIL = 0.8;

/** The estimate as it is shown: percent never falls, and the time left does not jump. */
export class SmoothedEstimate {
  private shown: number | null = null;
  private left: number | null = null;
  /** Was there an estimate? */
  private known = false;
  private told = false;
  private at = 0;

  /** 0 to 99; null before the first estimate. */
  get percent(): number | null {
    return this.shown === null ? null : Math.floor(this.shown * 10) / 10;
  }

  /** Seconds; null while unknown, or hardly more than a guess. */
  get remaining(): number | null {
    return this.told ? this.left : null;
  }

  /**
   * Work goes on, and there is no estimate yet.
   *
   * @param elapsed seconds since the start
   * @param planned seconds that are left by the plan, which nothing has confirmed; null = no plan
   */
  waitForEstimate(elapsed: number, planned: number | null): void {
    if (this.known || elapsed < UNKNOWN_FROM_SECONDS) return;
    let guess = UNKNOWN_HIGHEST * (1 - Math.exp(-elapsed / UNKNOWN_SECONDS));
    if (planned !== null && Number.isFinite(planned)) {
      const percent = (100 * elapsed) / (elapsed + planned);
      const far = Math.min(percent / PLANNED_HIGHEST, elapsed / PLANNED_SECONDS);
      guess = PLANNED_HIGHEST * (1 - Math.exp(-far));
    }
    this.shown = Math.max(this.shown ?? 0, guess);
  }

  /**
   * @param now seconds on a clock that never goes back
   * @param elapsed seconds since the start
   * @param remaining seconds, as estimated now; null = unknown
   * @param doubt 0 to 1: the share of `remaining` that is only planned
   */
  update(now: number, elapsed: number, remaining: number | null, doubt = 0): void {
    this.told = doubt <= (this.told ? TOLD_UNTIL : TOLD_UP_TO);
    if (remaining === null || !Number.isFinite(remaining)) {
      this.left = null;
      this.at = now;
      return;
    }
    const total = Math.max(elapsed + remaining, 1e-6);
    const target = Math.min(HIGHEST, (100 * elapsed) / total);
    const passed = Math.max(0, now - this.at);
    this.at = now;
    if (this.shown === null) this.shown = target;
    // The first estimate may rest on a moment's measure: the rest of the way is gone by steps.
    else if (!this.known) this.shown = Math.max(this.shown, (this.shown + target) / 2);
    else {
      // A jumping bar is as useless as a stalled one.
      const step = (CATCH_UP * 100 * passed) / total;
      this.shown = Math.max(this.shown, Math.min(target, this.shown + step));
    }
    this.known = true;
    if (this.left === null) this.left = remaining;
    else {
      const counted = Math.max(0, this.left - passed);
      // The longer it will take, the calmer the figure; unless it turned out to be all wrong.
      const wrong = Math.abs(Math.log((remaining + 0.1) / (counted + 0.1)));
      const calm = Math.min(10, Math.max(0.5, remaining / 10)) / (1 + 3 * wrong);
      this.left = counted + (remaining - counted) * (1 - Math.exp(-passed / calm));
    }
  }
}
