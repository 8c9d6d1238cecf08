import path from 'node:path';

/** Where is kept what jobs know of backups, beside the jobs. */
export function recordsDir(storeDir: string): string {
  return path.join(storeDir, 'backups');
}

/** Where reservations are kept, beside the jobs. */
export function reservationsDir(storeDir: string): string {
  return path.join(storeDir, 'held');
}
