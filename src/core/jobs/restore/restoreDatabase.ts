import type { BackupInfo } from '../../model/archive';
import { createDatabase, dropDatabase } from '../../catalog/restore/databases';
import { OBJECT_IN_USE, sqlStateOf } from '../../catalog/psql';
import { dropSubscriptions } from '../../catalog/subscriptions';
import { effectiveTarget } from '../../connections/effectiveTarget';
import type { LibpqConnection } from '../../connections/libpq';
import { AppError, messageOf } from '../../errors';
import type { JobConnection } from '../job/jobConnection';
import { keepRecord, type JobRun } from '../job/jobContext';
import type { JobRecord } from '../job/jobRecord';
import { tellNote } from '../job/tellNote';

/**
 * How long the psql that has created a database waits to set its properties, which come last: after a
 * long restore another one costs nothing.
 */
export const KEPT_OPEN_MS = 3_000;

/** How long a database that this job created may take to be dropped again. */
const DROP_TIMEOUT_MS = 10_000;

/** How long a cancel waits for the server to end what it does; a cancel has 3 s in all. */
const CANCEL_GRACE_MS = 2_000;

/**
 * Only one job at a time restores into a database. The server is known by when it was started, to
 * the microsecond: whatever name, address or tunnel leads to it.
 * @throws AppError `targetBusy`
 */
export function reserveDatabase(run: JobRun, connection: JobConnection, database: string): void {
  const { host, port, service } = effectiveTarget(connection.profile, run.services.inherited);
  const server = connection.server.startedAt ?? [host, port, service];
  const release = run.reservations.take(`database ${JSON.stringify([server, database])}`);
  if (!release) throw new AppError('targetBusy', { database });
  run.cleanups.push(release);
}

/** A database made for this restore; undone when the restore does not go through. */
export class CreatedDatabase {
  private constructor(
    readonly name: string,
    private readonly record: JobRecord,
    private readonly connection: JobConnection,
    private readonly maintenance: LibpqConnection,
  ) {}

  /**
   * Creates it from template0 with the archive's encoding and locale. `connection` is to another
   * database. A cancel waits a while for its end; otherwise it would be unknown whether this job
   * created the database and may drop it.
   * @throws AppError `databaseExists`, `queryFailed`, `cancelled`
   */
  static async create(
    run: JobRun,
    connection: JobConnection,
    name: string,
    info: BackupInfo,
  ): Promise<CreatedDatabase> {
    const maintenance = connection.to(connection.server.database, `${run.applicationName}-create`);
    const encoding = info.databaseEncoding ?? info.encoding ?? undefined;
    const created = new CreatedDatabase(name, run.record, connection, maintenance);
    // Before the database exists: if this process is killed, the job's record has to name it.
    run.record.createdDatabase = name;
    keepRecord(run);
    const { open, psql, server } = connection;
    const locale = info.locale ?? undefined;
    const asked = { name, encoding, locale, serverMajor: server.major };
    const on = open ?? undefined;
    const creating = createDatabase(psql, maintenance, asked, { on }).catch((error: unknown) => {
      run.record.createdDatabase = null;
      throw error;
    });
    if (await endsInTime(creating, run.signal)) {
      const outcome = await creating;
      // pg_restore may need the connection.
      if (server.limitsSessions === true) await open?.end();
      else open?.endIdle(KEPT_OPEN_MS);
      if (outcome !== 'asAsked') {
        const note = { database: name, asked: info.locale, outcome };
        tellNote(run.record, { code: 'localeReplaced', ...note });
      }
      return created;
    }
    // The server does not answer. If it creates the database after all, it has to be dropped.
    void creating.then(() => created.drop()).catch(() => undefined);
    run.record.targetState = 'unknown';
    throw new AppError('cancelled', {});
  }

  /**
   * Drops the incomplete database that this job created, because it would be in the way of the next
   * try. Not while a session is connected to it. Returns why it still exists, in the server's
   * words; null = it was dropped.
   */
  async drop(): Promise<string | null> {
    const options = { timeoutMs: DROP_TIMEOUT_MS };
    const { psql } = this.connection;
    try {
      await dropDatabase(psql, this.maintenance, this.name, options).catch(
        async (error: unknown) => {
          if (sqlStateOf(error) !== OBJECT_IN_USE) throw error;
          // If subscriptions were not the reason, the second try reports what is.
          await dropSubscriptions(psql, this.connection.to(this.name), options).catch(
            () => undefined,
          );
          await dropDatabase(psql, this.maintenance, this.name, options);
        },
      );
    } catch (error) {
      if (!AppError.is(error, 'databaseMissing')) return reasonOf(error);
    }
    this.record.createdDatabase = null;
    return null;
  }
}

function reasonOf(error: unknown): string {
  return AppError.is(error, 'queryFailed') ? error.details.text : messageOf(error);
}

/** Waits for the end of `work`, but no longer than a cancel may take; false = it has not ended. */
async function endsInTime(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => undefined;
  const givenUp = new Promise<false>((resolve) => {
    abort = () => {
      timer = setTimeout(() => resolve(false), CANCEL_GRACE_MS);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work.then(() => true), givenUp]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
