import { spawn } from 'node:child_process';
import path from 'node:path';
import { libpqEnv } from './psql';
import type { ServerCoordinates } from './server';

/** A lock that is held by a session of its own. */
export interface HeldLock {
  /** Process id of the session on the server. */
  readonly pid: number;
  /** Ends the session, and resolves when the lock is gone. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Runs `sql` in a transaction that stays open, e.g. `LOCK TABLE app.orders;`, and resolves when the
 * locks have been given. They are also gone when this process ends. `applicationName`: the
 * session's `application_name`.
 */
export async function holdLock(
  server: ServerCoordinates,
  database: string,
  sql: string,
  applicationName = 'test-support',
): Promise<HeldLock> {
  const args = ['-X', '-w', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const holder = spawn(path.join(server.binDir, 'psql'), args, {
    env: { ...process.env, ...libpqEnv(server, database), PGAPPNAME: applicationName },
  });
  const ended = new Promise<void>((resolve) => {
    holder.once('close', () => resolve());
    holder.once('error', () => resolve());
  });
  let printed = '';
  let complained = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  // psql may have ended before it is told to end.
  holder.stdin.on('error', () => undefined);
  const held = new Promise<number>((resolve, reject) => {
    holder.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const [, pid] = /held by (\d+)\r?\n$/.exec(printed) ?? [];
      if (pid !== undefined) resolve(Number(pid));
    });
    holder.once('error', reject);
    holder.once('close', () => reject(new Error(`no lock was given: ${complained}`)));
  });
  holder.stdin.write(`BEGIN;\n${sql}\nSELECT 'held by ' || pg_backend_pid();\n`);
  return {
    pid: await held,
    release: async () => {
      // An explicit ROLLBACK, because the server notices the end of the session a little later.
      if (!holder.stdin.writableEnded) holder.stdin.end('ROLLBACK;\n');
      await ended;
    },
  };
}
