import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupEntry } from '../../../src/core/model/backups';
import type { BackupJob, BackupProgress } from '../../../src/core/model/job';

/** A backup job of the connection `shop`, called Shop. */
export function backupJob(more: Partial<BackupJob> = {}): BackupJob {
  return {
    id: 'b1',
    type: 'backup',
    status: 'completed',
    options: { ...backupDefaults(), connectionId: 'shop', outputPath: '/backups/shop.dump' },
    startTime: '2026-11-22T13:40:00.000Z',
    endTime: '2026-11-22T13:40:12.000Z',
    output: [],
    errors: [],
    progress: null,
    exitCode: null,
    command: [],
    outputPath: '/backups/shop.dump',
    sizeBytes: 40_054_000,
    targetState: null,
    failure: null,
    ...more,
  };
}

export function restoreJob(more: Partial<BackupJob> = {}): BackupJob {
  const options = {
    ...restoreDefaults(),
    connectionId: 'shop',
    inputPath: '/backups/shop.dump',
    targetDatabase: 'copy',
  };
  const rest = { type: 'restore', options, outputPath: null, sizeBytes: null } as const;
  return backupJob({ id: 'r1', ...rest, ...more });
}

export function progress(more: Partial<BackupProgress> = {}): BackupProgress {
  return {
    phase: 'dumping',
    currentObject: 'app.orders',
    objectsTotal: 40,
    objectsCompleted: 17,
    bytesWritten: 0,
    elapsedMs: 60_000,
    percent: 43,
    remainingMs: 110_000,
    currentObjects: ['app.orders'],
    rows: null,
    bytesPerSecond: null,
    ...more,
  };
}

export const running = { status: 'running', endTime: null, sizeBytes: null } as const;

export function labelOf(id: string): string {
  return id === 'shop' ? 'Shop' : id;
}

/** A backup of the database `shop`, as a directory lists it. */
export function backupEntry(more: Partial<BackupEntry> = {}): BackupEntry {
  return {
    path: '/backups/shop.dump',
    name: 'shop.dump',
    format: 'custom',
    compression: 'gzip',
    sizeBytes: 40_054_000,
    created: '2026-11-22T13:40:00',
    modified: '2026-11-22T13:41:00.000Z',
    database: 'shop',
    serverVersion: '17.2',
    connectionId: null,
    manifest: 'fresh',
    git: { branch: 'main', commit: '0123456789abcdef' },
    cluster: false,
    truncated: false,
    verifications: {},
    verified: null,
    claims: {},
    changedSinceVerified: false,
    ...more,
  };
}
