import { type HeldLock, holdLock } from '../../support/machine/heldLock';
import type { ServerCoordinates } from '../../support/machine/server';

/** Another session, which holds a lock until it is told to release it. */
export class LockHolder {
  private constructor(
    private readonly lock: HeldLock,
    readonly user: string,
    readonly table: string,
  ) {}

  static async open(
    server: ServerCoordinates,
    { database, table, mode }: { database: string; table: string; mode: string },
  ): Promise<LockHolder> {
    const sql = `LOCK TABLE ${table} IN ${mode} MODE;`;
    return new LockHolder(await holdLock(server, database, sql, 'night shift'), server.user, table);
  }

  get pid(): number {
    return this.lock.pid;
  }

  /** The session's description in messages. */
  get text(): string {
    return `night shift (${this.user}, process ${this.pid})`;
  }

  letGo(): Promise<void> {
    return this.lock.release();
  }
}
