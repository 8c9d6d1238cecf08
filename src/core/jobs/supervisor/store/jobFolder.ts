import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BackupJob, JobOrigin } from '../../../model/job';
import type { ProcessIdentity } from './processIdentity';

/** What `status.json` holds: a job as whoever owns it last saw it. */
export interface StoredJob {
  version: 1;
  /** Grows with every writing, at least every `HEARTBEAT_MS`: no clock is needed to see it live. */
  beat: number;
  /** The order in which jobs were asked for; clocks can be set back. */
  ticket: number;
  /** Who will write the next one: the supervisor, or the window that is starting it. */
  owner: ProcessIdentity;
  /** 12 hexadecimal digits: in the names of partial outputs and in the application name. */
  runId: string;
  /** Leaders of the tools' process groups that run now. */
  tools: ProcessIdentity[];
  /** Absent in records of earlier versions. */
  origin?: JobOrigin | undefined;
  /** Without its output, which is in the log. */
  job: BackupJob;
}

export const HEARTBEAT_MS = 5000;

/** Bytes that are given up when the disk is full, so that the job's end can be written. */
const RESERVE_BYTES = 256 * 1024;

/** A job's private directory, and what is in it. */
export class JobFolder {
  constructor(readonly dir: string) {}

  /** By the job's id, which may be anything that another extension thought of. */
  static of(storeDir: string, id: string): JobFolder {
    const safe = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
    const name = safe ? id : `id-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
    return new JobFolder(path.join(storeDir, name));
  }

  /** Is this the name of such a directory? */
  static isName(name: string): boolean {
    return /^(?:id-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(name);
  }

  get status(): string {
    return path.join(this.dir, 'status.json');
  }

  get log(): string {
    return path.join(this.dir, 'log');
  }

  /** Made by whoever wants the job to end. */
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

  /** Sets bytes aside for the day when the disk is full; without them the job is just less safe. */
  setAside(): void {
    try {
      // Not zeros: a file system may keep those without taking any space.
      writeFileSync(this.reserve, Buffer.alloc(RESERVE_BYTES, 'reserve '), { mode: 0o600 });
    } catch {
      // It is full already.
    }
  }

  giveUpReserve(): void {
    rmSync(this.reserve, { force: true });
  }

  /** Replaces `status.json` as a whole; with `durable`, it survives a power cut. Throws system errors. */
  write(stored: StoredJob, durable = false): void {
    const next = `${this.status}.next`;
    const fd = openSync(next, 'w', 0o600);
    try {
      const bytes = Buffer.from(JSON.stringify(stored));
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      if (durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, this.status);
  }

  /** null when there is nothing that could be understood. */
  async read(): Promise<StoredJob | null> {
    try {
      const stored: unknown = JSON.parse(await readFile(this.status, 'utf8'));
      return isStored(stored) ? stored : null;
    } catch {
      return null;
    }
  }

  /** Differs whenever `status.json` was written anew; '' when there is none. */
  mark(): string {
    const found = statSync(this.status, { bigint: true, throwIfNoEntry: false });
    return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : '';
  }
}

/** The file is our own, in a private directory: this is about older and newer versions of it. */
function isStored(value: unknown): value is StoredJob {
  if (typeof value !== 'object' || value === null) return false;
  const { version, job, owner, tools } = value as Partial<StoredJob>;
  return (
    version === 1 &&
    typeof job?.id === 'string' &&
    typeof job.status === 'string' &&
    typeof job.options === 'object' &&
    typeof owner?.pid === 'number' &&
    Array.isArray(tools)
  );
}
