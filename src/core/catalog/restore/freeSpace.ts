import path from 'node:path';
import { freeBytesAt } from '../../files/freeSpace';

/**
 * SQL for the folder that the server keeps a database in: its tablespace's, else the server's own, which
 * not everybody may see. NULL where the server sees that the session comes from another machine or
 * network, as it does from within a container whose port is published.
 *
 * @param there the database is the connected one; else it is still to be made
 */
export function dataPathSql(there: boolean): string {
  const space = there
    ? `(SELECT nullif(pg_tablespace_location(dattablespace), '') FROM pg_database
        WHERE datname = current_database())`
    : 'NULL';
  return `CASE WHEN coalesce(host(inet_server_addr()), '::1') IN ('127.0.0.1', '::1')
    THEN coalesce(${space}, CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE')
      THEN current_setting('data_directory') END) END`;
}

/** Bytes that are free in a server's folder; null = it is not on this machine, or nobody can tell. */
export async function serverFreeBytes(folder: string): Promise<number | null> {
  // A tablespace within the server's own folder is told by a relative path.
  return path.isAbsolute(folder) ? freeBytesAt(folder) : null;
}
