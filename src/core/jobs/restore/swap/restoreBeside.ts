import * as l10n from '@vscode/l10n';
import { VerifyProblems } from '../../../backups/manifest/problems';
import { readManifest } from '../../../backups/manifest/readManifest';
import { countRows } from '../../../catalog/countRows';
import { runCommand } from '../../../catalog/psql';
import { liveProperties, readLiveDatabase } from '../../../catalog/swap/liveProperties';
import { readSwapGround, type SwapGround } from '../../../catalog/swap/swapGround';
import { AppError } from '../../../errors';
import { nameBeside } from '../../../forms/restore/nameBeside';
import { restoresPart } from '../../../forms/selection/restoreSelection';
import type { DatabaseSwap } from '../../../model/ways/databaseSwap';
import { quoteIdentifier } from '../../../sql';
import { QUERY_TIMEOUT_MS, type JobConnection } from '../../job/jobConnection';
import { keepRecord, type JobRun } from '../../job/jobContext';
import { tellNote } from '../../job/tellNote';
import { compareRows, expectedRows } from '../../check/compareRows';
import { applyProperties } from '../applyProperties';
import type { RestoreTask } from '../restoreTask';
import { exchangeDatabases } from './exchangeDatabases';

/** Limit in milliseconds for counting the rows of one table. */
const COUNT_TIMEOUT_MS = 3_600_000;
const DEFAULT_TABLESPACE = 'pg_default';

type Status = 'completed' | 'completedWithErrors';

/**
 * A restore into a new database beside the one whose place it takes. Until both exchange their names,
 * the old one is only read.
 */
export class RestoreBeside {
  /** The restored database is whole: it is not dropped again, whatever happens next. */
  kept = false;

  private constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly ground: SwapGround,
    private readonly names: Pick<DatabaseSwap, 'database' | 'copy' | 'aside'>,
  ) {}

  /**
   * Checks, before anything is done, that the databases can be exchanged at the end.
   *
   * @param connection to another database
   * @throws AppError `swapRefused`; `databaseMissing`; as `runQuery`
   */
  static async prepare(
    run: JobRun,
    connection: JobConnection,
    database: string,
  ): Promise<RestoreBeside> {
    const how = { signal: run.signal, timeoutMs: QUERY_TIMEOUT_MS };
    const ground = await readSwapGround(connection.psql, connection.target, database, how);
    assertReplaceable(database, ground);
    const taken = new Set(ground.names);
    const now = new Date(run.record.now());
    return new RestoreBeside(run, connection, ground, {
      database,
      copy: nameBeside(database, 'new', now, taken),
      aside: nameBeside(database, 'before', now, taken),
    });
  }

  /** Name of the database that is restored into. */
  get copy(): string {
    return this.names.copy;
  }

  /** The database whose name it takes. */
  get database(): string {
    return this.names.database;
  }

  /** Before the new database exists: if this process is killed, the job's record has to name both. */
  begin(): void {
    const { record } = this.run;
    record.swap = { ...this.names, oldOid: this.ground.oid, newOid: 0, state: 'restoring' };
    keepRecord(this.run);
  }

  /** The new database exists: from now on it is identified by its OID. */
  async made(): Promise<void> {
    const { record } = this.run;
    const { psql, target } = this.connection;
    const how = { signal: this.run.signal, timeoutMs: QUERY_TIMEOUT_MS };
    const { oid } = await readSwapGround(psql, target, this.copy, how);
    this.set({ newOid: oid });
    const { tablespace } = this.ground;
    if (tablespace === DEFAULT_TABLESPACE) return;
    // While it is empty, nothing has to be moved.
    const sql = `ALTER DATABASE ${quoteIdentifier(this.copy)} SET TABLESPACE ${quoteIdentifier(tablespace)}`;
    await runCommand(psql, target, sql, how).catch((error: unknown) => {
      if (!AppError.is(error, 'queryFailed')) throw error;
      record.addLines([error.details.text]);
    });
  }

  /**
   * The restore is done: the new database gets the properties of the old one, is checked, and takes
   * its name. One with errors stays beside it.
   *
   * @throws AppError `databaseInUse` and others of `exchangeDatabases`; `cancelled` before that
   */
  async finish(task: RestoreTask, status: Status): Promise<Status> {
    const { record, signal } = this.run;
    const asItWas = await this.check(task);
    await this.takeOver();
    if (signal.aborted) throw new AppError('cancelled', {});
    this.kept = true;
    record.createdDatabase = null;
    this.set({ state: 'ready' });
    if (status !== 'completed' || !asItWas) {
      this.hold('errors');
      return 'completedWithErrors';
    }
    await this.exchange(task.options.endSessions);
    return status;
  }

  private async exchange(endSessions: boolean): Promise<void> {
    const { record, applicationName } = this.run;
    const { swap } = record;
    if (swap === null) throw new AppError('internal', { text: 'no databases to exchange' });
    record.progress.setPhase('swapping');
    this.set({ state: 'swapping' });
    const server = this.connection.server.database;
    const name = `${applicationName}-swap`;
    const exchanging = exchangeDatabases(
      {
        psql: this.connection.psql,
        connection: this.connection.to(server, name),
        observer: this.connection.to(server),
        applicationName: name,
      },
      swap,
      { to: 'swapIn', endSessions, now: new Date(record.now()) },
    );
    try {
      this.set(await exchanging);
    } catch (error) {
      if (!AppError.is(error, 'swapUncertain')) {
        this.set({ state: 'ready' });
        this.hold(AppError.is(error, 'databaseInUse') ? 'inUse' : 'failed');
      }
      throw error;
    }
    const { database, aside } = record.swap ?? swap;
    tellNote(record, { code: 'swapped', database, aside });
  }

  /** A step that is about to change names on the server must be known before it begins. */
  private set(change: Partial<DatabaseSwap>): void {
    const { record } = this.run;
    if (record.swap !== null) record.swap = { ...record.swap, ...change };
    keepRecord(this.run);
  }

  private hold(why: 'errors' | 'inUse' | 'failed'): void {
    const { database, copy } = this.names;
    tellNote(this.run.record, { code: 'swapHeld', database, copy, why });
  }

  /** Are the rows of every table those that were counted when the backup was made? */
  private async check({ options, info }: RestoreTask): Promise<boolean> {
    const { record, signal } = this.run;
    const part = restoresPart(options) || options.withoutRowsOf !== null;
    if (part || options.schemaOnly || info.packed) return true;
    const manifest = await readManifest(info.path, signal).catch(() => null);
    const expected = expectedRows(manifest, null);
    if (expected.size === 0) return true;
    record.progress.setPhase('countingRows');
    record.touch();
    const counts = await countRows(this.connection.psql, this.connection.to(this.copy), {
      signal,
      timeoutMs: COUNT_TIMEOUT_MS,
    });
    const problems = new VerifyProblems();
    compareRows(expected, counts, problems);
    for (const { object, detail } of problems.items) {
      const message =
        detail === ''
          ? l10n.t('{0} of the backup is not in the restored database.', object ?? '')
          : l10n.t('{0} has not the rows of the backup: {1}.', object ?? '', detail);
      record.addError({ message, ...(object === null ? {} : { object }) });
    }
    return problems.count === 0;
  }

  /**
   * Copies the properties of the database itself, so that those who connect by its name find it as
   * it was.
   */
  private async takeOver(): Promise<void> {
    const { psql, target, server } = this.connection;
    const how = { signal: this.run.signal, timeoutMs: QUERY_TIMEOUT_MS };
    const live = await readLiveDatabase(psql, target, this.ground.oid, how);
    const properties = liveProperties(live, this.copy, server.user);
    await applyProperties(this.run, this.connection, properties, 0);
  }
}

/** @throws AppError `swapRefused` */
function assertReplaceable(database: string, ground: SwapGround): void {
  const { user, preparedTransactions, owned, mayCreate, isTemplate } = ground;
  const refuse = (reason: 'notOwner' | 'mayNotCreate' | 'template'): never => {
    throw new AppError('swapRefused', { database, user, reason, names: [] });
  };
  if (isTemplate && /^template[01]$/.test(database)) refuse('template');
  if (!owned) refuse('notOwner');
  if (!mayCreate) refuse('mayNotCreate');
  if (preparedTransactions.length === 0) return;
  const names = preparedTransactions.slice(0, 100);
  throw new AppError('swapRefused', { database, user, reason: 'preparedTransactions', names });
}
