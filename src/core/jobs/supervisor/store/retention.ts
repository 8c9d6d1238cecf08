import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isFinished } from '../../../model/job';
import { JobFolder } from './jobFolder';

/** How many jobs that have ended are kept, for how long, and with how much output in all. */
export interface Retention {
  count: number;
  days: number;
  bytes: number;
}

/** Directories without a status are somebody's beginning, or its end; not after so long. */
const STRAY_MS = 24 * 60 * 60 * 1000;

/** Removes the oldest of the jobs that have ended, with their logs, until the others are within bounds. */
export async function retire(storeDir: string, { count, days, bytes }: Retention): Promise<void> {
  const ended: { dir: string; ticket: number; endedAt: number; size: number }[] = [];
  for (const name of await readdir(storeDir).catch(() => [])) {
    const dir = path.join(storeDir, name);
    const stray = /^new-[0-9a-f]+$/.test(name);
    if (!stray && !JobFolder.isName(name)) continue;
    const folder = new JobFolder(dir);
    const stored = stray ? null : await folder.read();
    if (stored === null) {
      const changed = await stat(dir).catch(() => null);
      if (changed && Date.now() - changed.mtimeMs > STRAY_MS) await remove(dir);
    } else if (isFinished(stored.job.status)) {
      const size = (await stat(folder.log).catch(() => null))?.size ?? 0;
      const endedAt = Date.parse(stored.job.endTime ?? '');
      ended.push({ dir, ticket: stored.ticket, endedAt, size });
    }
  }
  let kept = 0;
  let total = 0;
  for (const job of ended.sort((a, b) => b.ticket - a.ticket)) {
    total += job.size;
    const tooOld = Date.now() - job.endedAt > days * 24 * 60 * 60 * 1000;
    if (kept >= count || tooOld || (total > bytes && kept > 0)) await remove(job.dir);
    else kept++;
  }
}

async function remove(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true }).catch(() => undefined);
}
