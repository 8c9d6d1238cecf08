import path from 'node:path';

/** Where reservations are kept, beside the jobs. */
export function reservationsDir(storeDir: string): string {
  return path.join(storeDir, 'held');
}
