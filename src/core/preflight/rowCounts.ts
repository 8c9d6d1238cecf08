import type { CountedRows } from './countedRows';

/** How long counted rows stand for what is there: somebody counts to decide right now. */
const LAST_MS = 10 * 60_000;

/** Rows that were counted, by connection and database, undefined = the connection's own. */
export class RowCounts {
  private readonly known = new Map<string, { at: number; rows: CountedRows }>();

  /** @param now milliseconds */
  add(
    connectionId: string,
    database: string | undefined,
    rows: CountedRows,
    now = Date.now(),
  ): void {
    const before = this.in(connectionId, database, now);
    const all = before === undefined ? rows : new Map([...before, ...rows]);
    this.known.set(databaseKey(connectionId, database), { at: now, rows: all });
  }

  in(
    connectionId: string,
    database: string | undefined,
    now = Date.now(),
  ): CountedRows | undefined {
    const known = this.known.get(databaseKey(connectionId, database));
    return known !== undefined && now - known.at < LAST_MS ? known.rows : undefined;
  }

  /** After something has changed in databases of a connection. */
  forget(connectionId: string): void {
    forgetDatabases(this.known, connectionId);
  }

  clear(): void {
    this.known.clear();
  }
}

/** A map key for a database of a connection, undefined = its own. A NUL stands in no id. */
export function databaseKey(connectionId: string, database: string | undefined): string {
  return `${connectionId}\0${database ?? ''}`;
}

/** Removes all databases of a connection. */
export function forgetDatabases(known: Map<string, unknown>, connectionId: string): void {
  for (const key of known.keys()) {
    if (key.startsWith(databaseKey(connectionId, ''))) known.delete(key);
  }
}
