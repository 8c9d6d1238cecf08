import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { mapConcurrently } from '../../../mapConcurrently';
import { isFinished } from '../../../model/job';
import { JobFolder, type NoRecord, type StoredJob } from './jobFolder';

/** How many jobs that have ended are kept, for how long, and with how much output in all. */
export interface Retention {
  count: number;
  days: number;
  bytes: number;
}

/** A directory of the store, and what was found in it. */
export interface FoundJob {
  folder: JobFolder;
  record: StoredJob | NoRecord;
}

/** The facts about a job that decide how long it is kept. */
export type KeptJob = FoundJob & { record: StoredJob };

const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * Directories without a status file are being created or removed; after this many milliseconds they
 * count as strays.
 */
const STRAY_MS = DAY_MS;
/** Most directories that are read at a time, */
const READ_AT_ONCE = 32;
/**
 * and that are removed at a time: removing is not urgent and should leave the disk to other work.
 */
const REMOVED_AT_ONCE = 4;

/** Reads these directories of the store, as far as they are ours; each once. */
export async function findJobs(storeDir: string, names: readonly string[]): Promise<FoundJob[]> {
  const found: FoundJob[] = [];
  const wanted = names.filter(isOurs);
  await mapConcurrently(wanted, READ_AT_ONCE, async (name) => {
    const folder = new JobFolder(path.join(storeDir, name));
    found.push({ folder, record: JobFolder.isName(name) ? await folder.look() : 'missing' });
  });
  return found;
}

function isOurs(name: string): boolean {
  return JobFolder.isName(name) || /^new-[0-9a-f]+$/.test(name);
}

/**
 * The jobs to be removed: the oldest of those that have ended, in the order in which they were
 * asked for. Reads the log sizes of only those jobs that number and age allow to stay.
 */
export async function surplusJobs(
  jobs: readonly KeptJob[],
  { count, days, bytes }: Retention,
): Promise<KeptJob[]> {
  const surplus: KeptJob[] = [];
  let kept = 0;
  let total = 0;
  const ended = jobs.filter(({ record }) => isFinished(record.job.status));
  for (const job of ended.sort((a, b) => b.record.ticket - a.record.ticket)) {
    const endedAt = Date.parse(job.record.job.endTime ?? '');
    const tooOld = Date.now() - endedAt > days * DAY_MS;
    if (kept < count && !tooOld && (total <= bytes || kept === 0)) {
      total += await job.folder.logBytes();
      if (total <= bytes || kept === 0) {
        kept++;
        continue;
      }
    }
    surplus.push(job);
  }
  return surplus;
}

/**
 * Directories that certainly hold no job: created a day ago and never filled, or with a broken
 * record that is as old as jobs may get. An unreadable record may be whole, and one of a later
 * version belongs to that version.
 */
export async function strayFolders(
  found: readonly FoundJob[],
  { days }: Retention,
): Promise<JobFolder[]> {
  const strays: JobFolder[] = [];
  for (const { folder, record } of found) {
    if (record !== 'missing' && record !== 'broken') continue;
    const changed = await lstat(folder.dir).catch(() => null);
    const limit = record === 'missing' ? STRAY_MS : Math.max(STRAY_MS, days * DAY_MS);
    if (changed && Date.now() - changed.mtimeMs > limit) strays.push(folder);
  }
  return strays;
}

/** Removes directories with all that is in them. */
export async function removeFolders(folders: readonly JobFolder[]): Promise<void> {
  await mapConcurrently(folders, REMOVED_AT_ONCE, (folder) => folder.remove());
}

/** Removes the oldest of the jobs that have ended, with their logs, until the others are within bounds. */
export async function retire(storeDir: string, retention: Retention): Promise<void> {
  const found = await findJobs(storeDir, await readdir(storeDir).catch(() => []));
  const surplus = await surplusJobs(found.filter(isKept), retention);
  const strays = await strayFolders(found, retention);
  await removeFolders([...surplus.map(({ folder }) => folder), ...strays]);
}

/** Is there a record in it? */
export function isKept(found: FoundJob): found is KeptJob {
  return typeof found.record !== 'string';
}
