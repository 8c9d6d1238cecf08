import { createHash } from 'node:crypto';
import { lstatSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { readBounded, readBoundedSync, UnusableFile } from '../../../files/regularFile';
import { JOB_STATUSES, type JobStatus } from '../../../model/job';
import { writeAtomicallySync } from '../../../files/writeAtomically';
import { isJobFolderName } from './unfinishedJobs';
import type { StoredJob } from './storedJob';

export type { StoredJob } from './storedJob';

export const HEARTBEAT_MS = 5000;

/** Bytes that are given up when the disk is full, so that the job's end can be written. */
const RESERVE_BYTES = 256 * 1024;

/** 20,000 chosen tables are a megabyte; a larger file was not written by us. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

/** Why there is no record. Only `missing` and `broken` are certain. */
export type NoRecord =
  | 'missing'
  /** The record has a form that no version has written, or belongs to another job. */
  | 'broken'
  /** Written by a later version. */
  | 'later'
  /**
   * The record may be there and whole, but reading it failed: no rights, no file handles, a disk
   * that does not answer.
   */
  | 'unreadable';

/** A job's private directory, and what is in it. */
export class JobFolder {
  private endedLog: Promise<number> | undefined;

  constructor(readonly dir: string) {}

  /** The folder of a job's id, which another extension may have chosen freely. */
  static of(storeDir: string, id: string): JobFolder {
    const safe = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
    const name = safe ? id : `id-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
    return new JobFolder(path.join(storeDir, name));
  }

  /** Is this the name of such a directory? */
  static isName(name: string): boolean {
    return isJobFolderName(name);
  }

  get status(): string {
    return path.join(this.dir, 'status.json');
  }

  get log(): string {
    return path.join(this.dir, 'log');
  }

  /** File whose existence asks the job to end. */
  get cancel(): string {
    return path.join(this.dir, 'cancel');
  }

  /** List and filter files of the running job. */
  get temporary(): string {
    return path.join(this.dir, 'tmp');
  }

  private get reserve(): string {
    return path.join(this.dir, 'reserve');
  }

  /** Reserves disk space for writing the job's end on a full disk. Failures are ignored. */
  setAside(): void {
    try {
      this.giveUpReserve();
      // Not zeros: a file system may keep those without taking any space.
      const bytes = Buffer.alloc(RESERVE_BYTES, 'reserve ');
      writeFileSync(this.reserve, bytes, { mode: 0o600, flag: 'wx' });
    } catch {
      // The disk is full already.
    }
  }

  giveUpReserve(): void {
    rmSync(this.reserve, { recursive: true, force: true });
  }

  /**
   * Asks the job's owner to end it.
   * @throws system errors
   */
  askToCancel(): void {
    // An existing file, even a pipe, means the same and must not be opened.
    if (!this.isAskedToCancel()) writeFileSync(this.cancel, '', { mode: 0o600, flag: 'wx' });
  }

  isAskedToCancel(): boolean {
    return lstatSync(this.cancel, { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * Replaces `status.json` as a whole; with `durable`, it survives a power cut.
   * @throws system errors
   */
  write(stored: StoredJob, durable = false): void {
    writeAtomicallySync(this.status, JSON.stringify(stored), {
      partial: `${this.status}.${process.pid}.next`,
      mode: 0o600,
      sync: durable,
    });
  }

  /**
   * Removes the partial files of a process that was killed while it wrote record or log. Only for a
   * job that has no owner any more. Never rejects.
   */
  async removeUnfinishedWrites(): Promise<void> {
    const names = await readdir(this.dir).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.next'))) {
      const unfinished = path.join(this.dir, name);
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** null when there is nothing that could be understood. */
  async read(): Promise<StoredJob | null> {
    const found = await this.look();
    return typeof found === 'string' ? null : found;
  }

  /** The record, or why there is none. Never rejects. */
  async look(): Promise<StoredJob | NoRecord> {
    let bytes: Buffer;
    try {
      bytes = await readBounded(this.status, MAX_RECORD_BYTES);
    } catch (error) {
      if (error instanceof UnusableFile) return 'broken';
      const code = error instanceof Error && 'code' in error ? error.code : '';
      // A directory that is a file, and a socket or a device without a driver.
      if (code === 'ENOTDIR' || code === 'ENXIO' || code === 'ENODEV') return 'broken';
      return code === 'ENOENT' ? 'missing' : 'unreadable';
    }
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8'));
    } catch {
      return 'broken';
    }
    const decoding = await loadDecoding();
    if (decoding === null) return 'unreadable';
    if (decoding.isLaterRecord(value)) return 'later';
    const stored = decoding.decodeStoredJob(value);
    if (stored === null) return 'broken';
    // A record that was copied to another folder would be taken for that folder's job.
    const { dir } = JobFolder.of(path.dirname(this.dir), stored.job.id);
    return path.basename(dir) === path.basename(this.dir) ? stored : 'broken';
  }

  /**
   * What the record gives as the job's status, without a look at anything else in it: that takes a
   * thirtieth of `look`, where a job waits for it. null = there is none that this version knows, or it
   * cannot be read just now.
   */
  statusNow(): JobStatus | null {
    try {
      const value: unknown = JSON.parse(
        readBoundedSync(this.status, MAX_RECORD_BYTES).toString('utf8'),
      );
      const status = (value as { job?: { status?: unknown } | null } | null)?.job?.status;
      return JOB_STATUSES.find((each) => each === status) ?? null;
    } catch {
      return null;
    }
  }

  /** Changes whenever `status.json` is rewritten; '' when there is none. */
  mark(): string {
    try {
      const found = statSync(this.status, { bigint: true, throwIfNoEntry: false });
      return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : '';
    } catch {
      return '';
    }
  }

  /** Bytes of an ended job's log; 0 where there is none. */
  logBytes(): Promise<number> {
    this.endedLog ??= lstat(this.log).then(
      (found) => (found.isFile() ? found.size : 0),
      () => 0,
    );
    return this.endedLog;
  }

  /** Removes the directory with all that is in it. Never rejects. */
  async remove(): Promise<void> {
    try {
      // A link may lead to a directory that is not ours.
      if (!(await lstat(this.dir)).isDirectory()) return await unlink(this.dir);
      // Mostly a few files: that is a third of the work of a removal that is ready for anything.
      for (const name of await readdir(this.dir)) await unlink(path.join(this.dir, name));
      await rmdir(this.dir);
    } catch {
      await rm(this.dir, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

/**
 * Loaded when a record is read: a job's process that starts at once only writes its own. null = an
 * update of the extension has removed the file.
 */
async function loadDecoding() {
  try {
    return await import('./storedJob');
  } catch {
    return null;
  }
}

/**
 * The name that a process reserves while it becomes the owner of a job's record: a window that
 * settles the job, or the supervisor that begins it. Both read the record first, and nobody may
 * change it in between.
 */
export function ownershipOf(folder: JobFolder): string {
  return `settle ${folder.dir}`;
}
