import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupInfo } from '../../src/core/model/archive';
import type { Preflight } from '../../src/core/model/findings/findings';
import type { BackupJob } from '../../src/core/model/job';

/** The command API as another extension would use it. */
export const api = {
  createBackup: (request: unknown) => call<BackupJob>('createBackup', request),
  restoreBackup: (request: unknown) => call<BackupJob>('restoreBackup', request),
  verifyBackup: (request: unknown) => call<BackupJob>('verifyBackup', request),
  getBackupInfo: (request: unknown) => call<BackupInfo>('getBackupInfo', request),
  preflight: (request: unknown) => call<Preflight>('preflight', request),
  cancelJob: (request: unknown) => call<BackupJob>('cancelJob', request),
};

async function call<T>(name: string, request: unknown): Promise<T> {
  return vscode.commands.executeCommand<T>(`pgBackup.${name}`, request);
}

/** Makes `connections` the user's own, and resolves when the extension can see them. */
export async function setConnections(connections: readonly object[]): Promise<void> {
  await vscode.workspace
    .getConfiguration('pgBackup')
    .update('connections', connections, vscode.ConfigurationTarget.Global);
}

/** A folder for a test's outputs, removed by `remove`. */
export async function scratchDir(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'api-test-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
