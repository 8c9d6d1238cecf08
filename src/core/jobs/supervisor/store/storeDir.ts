import path from 'node:path';

/** Directory of the records about backups. */
export function recordsDir(storeDir: string): string {
  return path.join(storeDir, 'backups');
}

/** Directory of the reservations. */
export function reservationsDir(storeDir: string): string {
  return path.join(storeDir, 'held');
}

/** Directory of what earlier runs took. */
export function historyDir(storeDir: string): string {
  return path.join(storeDir, 'history');
}

/** Directory of the compiled code of supervisors. */
export function codeDir(storeDir: string): string {
  return path.join(storeDir, 'code');
}
