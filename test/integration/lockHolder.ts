import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { libpqEnv } from '../support/machine/psql';
import type { ServerCoordinates } from '../support/machine/server';
import { until } from './jobHarness';

/** Somebody else's session, which holds a lock until it is told to let go. */
export class LockHolder {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    readonly pid: number,
    readonly user: string,
    readonly table: string,
  ) {}

  static async open(
    server: ServerCoordinates,
    { database, table, mode }: { database: string; table: string; mode: string },
  ): Promise<LockHolder> {
    const env = { ...process.env, ...libpqEnv(server, database), PGAPPNAME: 'night shift' };
    const child = spawn(path.join(server.binDir, 'psql'), ['-X', '-w', '-q', '-A', '-t'], { env });
    child.stdin.write(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE; SELECT pg_backend_pid();\n`);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    assert.ok(await until(() => /\d+\n$/.test(said)), 'the lock is held');
    return new LockHolder(child, Number(said), server.user, table);
  }

  /** How it is called. */
  get text(): string {
    return `night shift (${this.user}, process ${this.pid})`;
  }

  async letGo(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.stdin.end('COMMIT;\n');
    await once(this.child, 'exit');
  }
}
