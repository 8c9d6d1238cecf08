import { randomUUID } from 'node:crypto';
import type { BackupJob } from '../core/jobs/job';

const PREFIX = 'internal-';

/** The id of a job that is a part of something else and not shown as the user's own. */
export function internalJobId(): string {
  return `${PREFIX}${randomUUID()}`;
}

/** Is it such a one? */
export function isInternalJob({ id }: Pick<BackupJob, 'id'>): boolean {
  return id.startsWith(PREFIX);
}
