import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stopAtExit } from '../machine/cleanup';
import type { ServerCoordinates } from '../machine/server';
import { serversEnv } from '../servers';

/**
 * Environment in which the extension finds the servers' tools (newest major first on PATH) and
 * their passwords, and tests in its host find the servers.
 */
export function toolsEnv(servers: readonly ServerCoordinates[]): Record<string, string> {
  const newestFirst = [...servers].reverse();
  const dirs = [...newestFirst.map((server) => server.binDir), process.env['PATH'] ?? ''];
  return {
    ...serversEnv(servers),
    PATH: dirs.join(path.delimiter),
    PGPASSFILE: passwordFile(newestFirst),
  };
}

/** A password file (pgpass) for the servers, removed at exit. */
function passwordFile(servers: readonly ServerCoordinates[]): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'passwords-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  stopAtExit({ stop: async () => remove(), stopNow: remove });
  const file = path.join(dir, 'pgpass');
  const escaped = (text: string): string => text.replace(/[\\:]/g, '\\$&');
  const lines = servers.flatMap(({ host, socketDir, port, password }) =>
    password === undefined
      ? []
      : [host, socketDir].map((where) => `${escaped(where)}:${port}:*:*:${escaped(password)}\n`),
  );
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return file;
}
