/** The time of a restore before it runs: the form shows what the job's record keeps. */
import type { Toc } from '../../../archive/toc/toc';
import { estimateByRuns, type RunKind } from '../../../forms/form/estimateByRuns';
import { restoresAll } from '../../../forms/selection/restoreSelection';
import type { BackupInfo } from '../../../model/archive';
import type { JobEstimate, PastRun, RunFigures } from '../../../model/estimates/estimate';
import type { RestoreOptions } from '../../../model/options';
import { ProgressTracker } from '../../job/progressTracker';
import { databaseKey, scriptKey } from '../estimate/sameRun';
import type { RestoreOutline } from './restoreOutline';
import { RestoreWorkload } from './restoreWorkload';
import { scriptParts } from './scriptPlan';

/** Which restores of an archive are comparable. */
export function kindOfArchive({ header }: Toc, { jobs }: RestoreOptions): RunKind {
  return { database: databaseKey(header.database), how: JSON.stringify(['archive', jobs]) };
}

/** Which restores of a script are comparable. */
export function kindOfScript(info: BackupInfo): RunKind {
  const database = databaseKey(JSON.stringify(scriptKey(info)));
  return { database, how: JSON.stringify(['script', info.cluster]) };
}

/** Expected time on an arbitrary machine. */
export function plannedArchive(toc: Toc, outline: RestoreOutline, jobs: number): RunFigures {
  const tracker = new ProgressTracker();
  const { model } = new RestoreWorkload(tracker, toc, outline, jobs);
  const bytes = outline.entries.reduce((sum, { kind, size }) => {
    return sum + (kind === 'data' || kind === 'largeObjects' ? size : 0);
  }, 0);
  return { bytes, seconds: model.remaining(tracker.seconds) };
}

/** The same of a script; null where only a part of it is restored: nobody knows how much that is. */
export function plannedScript(info: BackupInfo, options: RestoreOptions): RunFigures | null {
  if (!restoresAll(options)) return null;
  const seconds = scriptParts(info).reduce((sum, part) => {
    return sum + part.rowSeconds + part.indexSeconds;
  }, 0);
  return { bytes: info.sizeBytes, seconds };
}

/**
 * What a restore is expected to take, as `estimateByRuns` says.
 *
 * @param planned from stored sizes alone where there are `sameRuns`, else with samples of the rows
 */
export function estimateRestore(
  planned: RunFigures,
  kind: RunKind,
  runs: readonly PastRun[],
): JobEstimate {
  return { ...estimateByRuns(planned, kind, runs), bytes: null };
}

/** What a restore of a script is expected to take; null = it cannot be told. */
export function expectedOfScript(
  info: BackupInfo,
  options: RestoreOptions,
  runs: readonly PastRun[],
): JobEstimate | null {
  const planned = plannedScript(info, options);
  return planned && estimateRestore(planned, kindOfScript(info), runs);
}
