/** How long a restore of an archive will take, before it runs. */
import { checkStructureOf } from '../../archive/data/checkStructure';
import { readToc } from '../../archive/file/tocReader';
import { restorePlan } from '../../archive/selection/restorePlan';
import type { Toc } from '../../archive/toc/toc';
import { sameRuns } from '../../forms/form/estimateByRuns';
import type { JobEstimate, PastRun } from '../../model/estimates/estimate';
import type { RestoreOptions } from '../../model/options';
import { sampleArchive, type ArchiveSample } from '../progress/restore/archiveSamples';
import {
  estimateRestore,
  kindOfArchive,
  plannedArchive,
} from '../progress/restore/restoreEstimate';
import { outlineRestore } from '../progress/restore/restoreOutline';
import { chosenEntries, partsOf } from './chosenEntries';

/** What a file holds, as far as an estimate needs to know it. It holds for all options. */
export interface ArchiveFacts {
  toc: Toc;
  /** Stored bytes by dump id. */
  dataSizes: ReadonlyMap<number, number>;
  samples: ReadonlyMap<number, ArchiveSample>;
}

/** @throws AppError those of reading the archive; `cancelled` */
export async function readArchiveFacts(path: string, signal: AbortSignal): Promise<ArchiveFacts> {
  const toc = await readToc(path, { signal });
  const { dataSizes } = await checkStructureOf(toc, { signal });
  const samples = await sampleArchive(toc, dataSizes, toc.listed(), signal);
  return { toc, dataSizes, samples };
}

/**
 * What a restore of these entries is expected to take.
 *
 * @throws AppError `objectUnknown`
 */
export async function expectedOfArchive(
  { toc, dataSizes, samples }: ArchiveFacts,
  options: RestoreOptions,
  runs: readonly PastRun[],
): Promise<JobEstimate> {
  const chosen = await chosenEntries(toc, options);
  const indexes = chosen?.indexes ?? null;
  const { order } = await restorePlan(toc, indexes, partsOf(options));
  const kind = kindOfArchive(toc, options);
  const known = sameRuns(runs, kind).length > 0;
  const entries = { toc, order, dataSizes };
  const outline = await outlineRestore(entries, known ? new Map() : samples);
  return estimateRestore(plannedArchive(toc, outline, options.jobs), kind, runs);
}
