import { checkStructureOf } from '../../../archive/data/checkStructure';
import { readToc } from '../../../archive/file/tocReader';
import { readRemains, writeRemains, type Remains } from '../../../archive/salvage/salvageArchive';
import type { Toc } from '../../../archive/toc/toc';
import type { JobRun } from '../../job/jobContext';
import { tellNote } from '../../job/tellNote';
import { PrivateFile } from '../../tool/privateFile';
import type { RestoreArchive } from './restoreInput';
import type { RestoreTask } from '../restoreTask';

/** What pg_restore gets of an archive that is cut or damaged. */
export interface SalvagedInput {
  /** Absolute path of the archive itself, or of one that was written of what is left. */
  path: string;
  archive: RestoreArchive;
  /** Indexes of the entries whose data are not there. */
  lost: ReadonlySet<number>;
}

/**
 * Finds out what is left of an archive. An archive from which pg_restore can pick the entries is
 * used as it is; any other is written anew, into a directory that is removed when the job ends.
 *
 * @throws AppError as `readRemains` and `writeRemains`
 */
export async function salvageInput(
  run: JobRun,
  { options }: RestoreTask,
  archive: RestoreArchive,
): Promise<SalvagedInput> {
  const { record, signal } = run;
  const { toc } = archive;
  const remains = await readRemains(toc, { signal });
  const wanted = options.salvageRows ? remains : withoutCut(remains);
  const lost = new Set([...wanted.states].filter(([, state]) => state === 'lost').map(([i]) => i));
  if (!needsCopy(toc, wanted)) return { path: options.inputPath, archive, lost };
  const file = new PrivateFile(run, 'salvaged.dump');
  const { rows } = await writeRemains(toc, wanted, file.path, { signal });
  const tables = [...rows].map(([index, count]) => ({
    name: [toc.schema(index), toc.tag(index)].filter(Boolean).join('.'),
    rows: count,
  }));
  if (tables.length > 0) tellNote(record, { code: 'cutRows', tables });
  const copy = await readToc(file.path, { signal });
  const structure = await checkStructureOf(copy, { signal, full: true });
  return { path: file.path, archive: { toc: copy, structure }, lost };
}

function withoutCut({ states }: Remains): Remains {
  return {
    states: new Map([...states].map(([i, state]) => [i, state === 'cut' ? 'lost' : state])),
  };
}

/**
 * pg_restore loops for ever at a truncated tar, and reads through an archive without offsets from
 * its beginning.
 */
function needsCopy(toc: Toc, { states }: Remains): boolean {
  const { format } = toc.header;
  if (format === 'tar' || [...states.values()].includes('cut')) return true;
  return format === 'custom' && [...states.keys()].some((index) => toc.dataOffset(index) === null);
}
