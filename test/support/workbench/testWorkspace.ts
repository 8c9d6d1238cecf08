import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopAtExit } from '../machine/cleanup';
import type { ServerCoordinates } from '../machine/server';

/** A folder for VS Code to open, with settings of its own. */
export interface TestWorkspace {
  readonly dir: string;
  /** The folder that `pgBackup.backupDirectory` names. */
  readonly backups: string;
  remove(): Promise<void>;
}

/** A connection as the settings hold it, with what is needed to reach the server. */
export function connectionTo(
  server: ServerCoordinates,
  id: string,
  database: string,
): Record<string, unknown> {
  return { id, host: server.host, port: server.port, user: server.user, database };
}

/** Connections `pg13`, `pg15`... to the given servers, one more that is read-only production. */
export function connectionsTo(
  servers: readonly ServerCoordinates[],
  database = 'postgres',
): Record<string, unknown>[] {
  const connections = servers.map((server): Record<string, unknown> => ({
    ...connectionTo(server, `pg${server.major}`, database),
    name: `PostgreSQL ${server.major}`,
    environment: 'development',
  }));
  const newest = connections.at(-1);
  if (newest !== undefined) {
    const extra = { environment: 'production', readOnly: true };
    connections.push({ ...newest, id: 'production', name: 'Production', ...extra });
  }
  return connections;
}

/** Creates the folder with `.vscode/settings.json`; it is removed at exit, at the latest. */
export async function createTestWorkspace(
  settings: Readonly<Record<string, unknown>>,
): Promise<TestWorkspace> {
  const parent = await mkdtemp(path.join(tmpdir(), 'workspace-'));
  const dir = path.join(parent, 'shop');
  const backups = path.join(dir, 'backups');
  await mkdir(path.join(dir, '.vscode'), { recursive: true });
  await mkdir(backups);
  const text = JSON.stringify({ 'pgBackup.backupDirectory': backups, ...settings }, undefined, 2);
  await writeFile(path.join(dir, '.vscode/settings.json'), `${text}\n`);
  const remove = async (): Promise<void> => {
    await rm(parent, { recursive: true, force: true });
    forget();
  };
  const forget = stopAtExit({
    stop: remove,
    stopNow: () => rmSync(parent, { recursive: true, force: true }),
  });
  return { dir, backups, remove };
}
