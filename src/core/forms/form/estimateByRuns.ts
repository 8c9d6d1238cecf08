import type { JobEstimate, PastRun, RunFigures } from '../../model/estimates/estimate';

/** Runs that a correction is taken from, the newest ones: the median leaves out one odd run. */
const COUNTED_RUNS = 3;
/** A correction beyond this says more about the run that it comes from than about the next one. */
const MOST_CORRECTION = 20;
/** The same once more may well be as far from the plan: functions in indexes take what they take. */
const MOST_SAME_CORRECTION = 10_000;

/** What makes two runs comparable. */
export type RunKind = Pick<PastRun, 'database' | 'how'>;

/** An estimate with a size. */
export type SizedEstimate = JobEstimate & { bytes: number };

/** The runs of the same kind with the same database. */
export function sameRuns(runs: readonly PastRun[], { database, how }: RunKind): PastRun[] {
  return runs.filter((run) => run.database === database && run.how === how);
}

/**
 * Corrects what is planned by what earlier runs took. Those of the same kind with the same database
 * count most, as both their size and their time tell; of other runs only the speed does.
 *
 * @param planned from sizes alone where there are `sameRuns`, else with samples of the rows as well
 * @param runs on this connection, the newest last
 */
export function estimateByRuns(
  planned: RunFigures,
  kind: RunKind,
  runs: readonly PastRun[],
): SizedEstimate {
  const same = sameRuns(runs, kind);
  if (same.length > 0) {
    const most = MOST_SAME_CORRECTION;
    return corrected(planned, 'sameBackup', {
      bytes: correction(same, most, ({ real, planned: then }) => real.bytes / then.bytes),
      seconds: correction(same, most, ({ real, planned: then }) => real.seconds / then.seconds),
    });
  }
  if (runs.length === 0) return corrected(planned, 'tables', { bytes: 1, seconds: 1 });
  const alike = runs.filter((run) => run.how === kind.how);
  const told = alike.length > 0 ? alike : runs;
  const seconds = correction(told, MOST_CORRECTION, ({ real, planned: then, sampled }) => {
    return real.seconds / (sampled ?? then).seconds;
  });
  return corrected(planned, 'connection', { bytes: 1, seconds });
}

function corrected(
  planned: RunFigures,
  basis: JobEstimate['basis'],
  by: RunFigures,
): SizedEstimate {
  return {
    bytes: Math.round(planned.bytes * by.bytes),
    milliseconds: Math.round(planned.seconds * by.seconds * 1000),
    basis,
  };
}

/** Median of the newest runs' ratios, within reason; 1 where none can be worked out. */
function correction(
  runs: readonly PastRun[],
  most: number,
  ratio: (run: PastRun) => number,
): number {
  const ratios = runs
    .map(ratio)
    .filter((value) => Number.isFinite(value) && value > 0)
    .slice(-COUNTED_RUNS)
    .sort((a, b) => a - b);
  const middle = (ratios.length - 1) / 2;
  const low = ratios[Math.floor(middle)] ?? 1;
  const high = ratios[Math.ceil(middle)] ?? 1;
  return Math.min(Math.max((low + high) / 2, 1 / most), most);
}
