import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { siblingName } from '../../../archive/file/unfinished';
import { removeUnfinishedManifest } from '../../../backups/manifest/writeManifest';
import { readSystemFile } from '../../../files/systemFile';
import { jobNoteText } from '../../../text/jobNoteText';
import type { JobNote } from '../../../model/jobNotes';
import { membersPath } from '../../../model/options';
import { isFinished, type BackupJob, type JobError, type JobOrigin } from '../../../model/job';
import type { Reservations } from '../../job/jobContext';
import { killGroup } from '../../tool/processGroup';
import { ownershipOf, type JobFolder, type StoredJob } from './jobFolder';
import { identify, livenessOf } from './processIdentity';

/**
 * Settles a job whose supervisor has died as lost: its processes are ended, its partial output and
 * temporary files are removed, and an older backup that it was replacing gets its name back.
 * `isDead` decides from the record whether the supervisor has died. Returns the new record; null
 * when another window is settling it, or there is no record.
 */
export async function settleLost(
  folder: JobFolder,
  reservations: Reservations,
  isDead: (stored: StoredJob) => boolean = ({ owner }) => livenessOf(owner) === 'gone',
): Promise<StoredJob | null> {
  const release = reservations.take(ownershipOf(folder));
  if (!release) return null;
  try {
    const stored = await folder.read();
    if (stored === null || isFinished(stored.job.status) || !isDead(stored)) return stored;
    await endTools(stored);
    endGuard(stored);
    await restoreOutput(stored);
    await removeManifestOf(stored);
    await rm(folder.temporary, { recursive: true, force: true }).catch(() => undefined);
    await folder.removeUnfinishedWrites();
    const owner = { owner: identify(), keeper: false, tools: [], placed: [], guard: undefined };
    const written = { ...stored, ...owner, beat: stored.beat + 1, job: asLost(stored) };
    try {
      folder.giveUpReserve();
      folder.write(written, true);
    } catch {
      // The disk is full: the next window settles the job again.
    }
    return written;
  } finally {
    release();
  }
}

/** A job whose end is unknown. */
export function asLost({ job, origin }: Pick<StoredJob, 'job' | 'origin'>): BackupJob {
  // The job's end is its start plus the duration in its last record: the system's clock may have
  // been set meanwhile.
  const elapsed = job.progress?.elapsedMs ?? 0;
  const startTime = job.startTime ?? new Date().toISOString();
  return {
    ...job,
    status: 'lost',
    startTime,
    endTime: new Date(Date.parse(startTime) + elapsed).toISOString(),
    targetState: job.type === 'restore' ? (job.swap ? null : 'unknown') : null,
    errors: [...leftDatabase(job, origin), ...job.errors],
  };
}

/**
 * A note on the database that the job had created: the process that could have dropped it has died,
 * and no window connects to a server unasked.
 */
function leftDatabase(
  { createdDatabase, swap, options }: BackupJob,
  origin: JobOrigin | undefined,
): JobError[] {
  const connection = origin?.connection ?? options.connectionId ?? '';
  if (swap !== undefined) {
    const left: JobNote = { code: 'swapLeft', swap, connection };
    return [{ message: jobNoteText(left), object: `DATABASE ${swap.database}`, note: left }];
  }
  if (createdDatabase === undefined) return [];
  const note: JobNote = { code: 'databaseLeft', database: createdDatabase, connection };
  return [{ message: jobNoteText(note), object: `DATABASE ${createdDatabase}`, note }];
}

/**
 * Ends the tools of a lost job. The guard has done so already, unless it was killed together with
 * the supervisor.
 */
async function endTools({ tools, placed = [], runId }: StoredJob): Promise<void> {
  if (placed.length > 0) {
    const { endPlaced } = await import('../../../pgtools/locate/startPlaced');
    for (const run of placed) endPlaced(run, 'KILL', process.env);
  }
  for (const tool of tools) if (livenessOf(tool) === 'running') killGroup(tool.pid);
  // Workers outlive a leader that was killed; all have the job's `application_name` in their
  // environment.
  if (process.platform === 'linux') for (const pid of processesOf(runId)) kill(pid);
}

/**
 * Ends the guard of a lost job when its tools have been ended. One that runs ends by itself, but one
 * that was stopped (SIGSTOP) would stay. It is not woken: it would signal its tools, whose numbers
 * may be other processes' by now.
 */
function endGuard({ guard }: StoredJob): void {
  if (guard === undefined || guard.pid === process.pid) return;
  if (livenessOf(guard) === 'running') kill(guard.pid);
}

function processesOf(runId: string): number[] {
  const found: number[] = [];
  for (const name of processNames()) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = readSystemFile(`/proc/${name}/environ`);
      if (`\0${environment}`.includes(`\0PGAPPNAME=pgbackup-${runId}`)) found.push(Number(name));
    } catch {
      // The process is another user's, or has ended.
    }
  }
  return found;
}

function processNames(): string[] {
  try {
    return readdirSync('/proc');
  } catch {
    // Without /proc they cannot be found.
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended meanwhile.
  }
}

/** Removes the unfinished manifest of the backup that was made or verified. */
async function removeManifestOf({ job, runId }: StoredJob): Promise<void> {
  const { options } = job;
  const backup =
    job.type === 'restore'
      ? job.safetyBackup?.path
      : 'outputPath' in options
        ? (job.outputPath ?? options.outputPath)
        : options.inputPath;
  if (backup === undefined) return;
  if (!path.isAbsolute(backup) || backup.includes('\0')) return;
  await removeUnfinishedManifest(backup, runId);
}

async function restoreOutput({ job, runId }: StoredJob): Promise<void> {
  // A restore may have been making its safety backup.
  const made = 'outputPath' in job.options ? job.options.outputPath : job.safetyBackup?.path;
  const output = job.outputPath ?? made;
  if (output === undefined) return;
  if (!path.isAbsolute(output) || output.includes('\0')) return;
  const finalPath = path.resolve(output);
  const [dir, name] = [path.dirname(finalPath), path.basename(finalPath)];
  const old = path.join(dir, siblingName(name, runId, 'old'));
  try {
    // Ended between the two renames: the new one was about to take the older one's place.
    if (existsSync(old) && !existsSync(finalPath)) await rename(old, finalPath);
  } catch {
    // The leftover stays and is recognisable by its name.
  }
  const partial = path.join(dir, siblingName(name, runId, 'partial'));
  for (const leftover of [old, membersPath(partial), partial]) {
    // A missing file was renamed back; a file that could not be renamed is the only copy.
    if (leftover === old && !existsSync(finalPath)) continue;
    const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
    await rm(leftover, options).catch(() => undefined);
  }
}
