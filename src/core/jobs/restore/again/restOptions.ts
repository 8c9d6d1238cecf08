import { readToc } from '../../../archive/file/tocReader';
import { entriesToRunAgain } from '../../../archive/selection/entriesToRunAgain';
import { entryLoop } from '../../../cooperativeLoop';
import type { LibpqConnection } from '../../../connections/libpq';
import { entryType, isRelation } from '../../../model/entryTypes';
import type { BackupJob } from '../../../model/job';
import type { RestoreOptions } from '../../../model/options';
import { chosenOrListed } from '../chosenEntries';
import { findMissing } from '../targetObjects';

/** Where the rest of a restore is to go. */
export interface RestWorld {
  /** The archive, unpacked. */
  inputPath: string;
  psql: string;
  /** Connection to the database that the first run has restored into. */
  target: LibpqConnection;
  signal?: AbortSignal | undefined;
}

type PartialJob = Pick<BackupJob, 'failedEntries' | 'swap' | 'createdDatabase'> & {
  options: RestoreOptions;
};

/** The database that a restore has left a part in; null = the connection's own. */
export function databaseOfRest({ options, swap, createdDatabase }: PartialJob): string | null {
  return swap?.copy ?? createdDatabase ?? options.targetDatabase;
}

/**
 * The options of a restore of only those entries that another restore has not brought: the failed
 * entries and what depends on them, into the same database. null = nothing is left.
 *
 * @param how the options in which this restore differs from the one before, as the form has them
 *   now
 * @throws AppError those of reading the archive; as `runQuery`
 */
export async function restOptions(
  job: PartialJob,
  how: RestoreOptions,
  { inputPath, psql, target, signal }: RestWorld,
): Promise<RestoreOptions | null> {
  const toc = await readToc(inputPath, { signal });
  const failed = new Set(
    (job.failedEntries ?? []).map((dumpId) => toc.indexOf(dumpId)).filter((i) => i >= 0),
  );
  const objects = [...failed].filter((i) => isMade(toc.desc(i)));
  const missing = await findMissing({ psql, connection: target }, toc, objects, { signal });
  // What was left out since, as a remedy, stays left out.
  const wanted = how.dumpIds && new Set(how.dumpIds);
  const entries = await entriesToRunAgain(toc, {
    chosen: await chosenOrListed(toc, job.options, entryLoop(signal)),
    failed,
    there: new Set(objects.filter((i) => !missing.has(i))),
    clean: how.clean,
  });
  const again = entries.filter((i) => wanted === null || wanted.has(toc.dumpId(i)));
  if (again.length === 0) return null;
  const { connectionId, inputPath: archive, inputMember } = job.options;
  return {
    ...how,
    ...{ connectionId, inputPath: archive, inputMember },
    targetDatabase: databaseOfRest(job),
    ...{ createDatabase: false, swapIn: false, salvage: false },
    ...{ schemas: null, tables: null, dumpIds: again.map((i) => toc.dumpId(i)) },
  };
}

/** Is it an object of which a database can tell by its name that it is there? */
function isMade(desc: string): boolean {
  const { class: of } = entryType(desc);
  return desc === 'SCHEMA' || isRelation(desc) || of === 'type' || of === 'routine';
}
