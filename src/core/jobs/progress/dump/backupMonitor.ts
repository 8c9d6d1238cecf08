import { setTimeout as delay } from 'node:timers/promises';
import { readTransactionStart, tellsProgress } from '../../../catalog/progressQueries';
import { runQuery } from '../../../catalog/psql';
import type { PsqlSession } from '../../../catalog/psqlSession';
import { estimateBackup, howWritten, plannedRun } from '../../../forms/backup/backupEstimate';
import { dumpContents, rowBytes, type DumpContents } from '../../../forms/backup/dumpContents';
import { historyValues } from '../../../forms/fields/fieldValues';
import { backupFields } from '../../../model/backupFields';
import type { ObjectSelection } from '../../../forms/selection/objectSelection';
import { NO_ROW_FACTS, type PastRun, type RowFacts } from '../../../model/estimates/estimate';
import type { BackupOptions } from '../../../model/options';
import type { ToolEvent } from '../../../pgtools/stderr/toolEvents';
import type { ToolVersion } from '../../../model/tools';
import { QUERY_TIMEOUT_MS, type JobConnection } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import type { JobMonitor } from '../../job/jobMonitor';
import { keepUpToDate } from '../../job/pace';
import { countDumpUnits, DumpProgress } from './dumpProgress';
import { DumpWorkload } from './dumpWorkload';
import { pollOutputSize } from './outputSize';
import { addRun, historyKey, readRuns, readTimes, writeTimes } from '../estimate/runHistory';
import { databaseKey, runsKey, serverKey } from '../estimate/sameRun';
import { expectedSpeeds, rememberSpeeds, type ServerJobs } from '../estimate/serverSpeeds';
import { ServerPoller } from '../server/serverPoller';
import { readRowFacts } from '../server/tableSamples';

/** How long a backup that is done waits for the catalog's answer, in milliseconds. */
export const CATALOG_GRACE_MS = 2_000;

/** The dump that is watched. */
export interface MonitoredDump {
  options: BackupOptions;
  tool: ToolVersion;
  /**
   * May still be pending: pg_dump does not wait for it. null: they could not be read, so the amount
   * of work is unknown.
   */
  objects: ObjectSelection | Promise<ObjectSelection | null>;
}

/**
 * Watches a pg_dump: what it says, what the server says of it, how its output grows; and remembers,
 * for the next backup with the same options, what each table took.
 */
export class BackupMonitor implements JobMonitor {
  /** When the dump's transaction began: ISO 8601, UTC, by the server's clock; null = not known. */
  snapshot: string | null = null;
  private readonly dump: DumpProgress;
  private readonly poller: ServerPoller;
  private readonly key: string;
  private workload: DumpWorkload | null = null;
  private contents: DumpContents | null = null;
  private runs: readonly PastRun[] = [];
  /** What the server told of the rows; null = it was not asked. */
  private rows: RowFacts | null = null;
  private remembered = false;
  private began: Promise<void> | null = null;
  private onWritten: () => void = () => undefined;
  private ready: Promise<void> = Promise.resolve();

  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly dumped: MonitoredDump,
  ) {
    const { progress } = run.record;
    const { options } = dumped;
    this.dump = new DumpProgress(progress, options.jobs);
    this.key = backupKey(connection, options);
    const { database } = connection.server;
    this.poller = new ServerPoller(run, connection, database, (answer, answerSeconds) => {
      if (!tellsProgress(connection.server.versionNumber, 'copy')) return;
      this.workload?.server(answer);
      if (answerSeconds !== null) {
        this.workload?.model.setAnswerSeconds(answerSeconds, progress.seconds);
      }
      run.record.touch();
    });
  }

  /** Before the tool starts. */
  begin(partialPath: string, onWritten: () => void): void {
    this.onWritten = onWritten;
    const { record, cleanups } = this.run;
    this.ready = Promise.resolve(this.dumped.objects)
      .then(async (loaded) => {
        if (loaded) await this.plan(loaded);
      })
      .catch(() => undefined);
    keepUpToDate(this.run);
    const stopPolling = pollOutputSize(partialPath, (bytes, largeObjects) => {
      record.progress.setBytes(bytes);
      if (largeObjects > 0) this.workload?.largeObjectFiles(largeObjects);
      const { versionNumber } = this.connection.server;
      this.workload?.outputGrew(bytes, tellsProgress(versionNumber, 'copy'));
      record.touch();
    });
    cleanups.push(stopPolling);
  }

  readonly onEvent = (event: ToolEvent): void => {
    // pg_dump prints its first line once it is connected, in its transaction.
    this.began ??= this.askBegin();
    this.poller.start((session) => this.look(session), this.asksAtOnce);
    // pg_dump has all its locks before it dumps the first table.
    if (event.type === 'dumpingTable') this.run.record.progress.setLockWait(null);
    this.dump.add(event);
    const { contents, workload } = this;
    if (contents && workload?.isWritten === true && this.dump.saidAll(contents)) this.onWritten();
  };

  /**
   * Does the session that watches pg_dump have to be asked when its transaction began, which may end
   * soon? Where there may be so many sessions only, pg_dump's workers get theirs first.
   */
  private get asksAtOnce(): boolean {
    const { open, server } = this.connection;
    const mayLackSessions = server.limitsSessions === true && this.dumped.options.jobs > 1;
    return (open === null || open.isClosed) && !mayLackSessions;
  }

  /** By the psql that has asked for the objects, and waits for this. */
  private async askBegin(): Promise<void> {
    const { connection, run } = this;
    const { open, psql, target } = connection;
    if (open === null) return;
    await Promise.resolve(this.dumped.objects).catch(() => null);
    if (!open.isOpen) return;
    const options = { timeoutMs: QUERY_TIMEOUT_MS, signal: run.signal, on: open };
    const session = { ask: (sql: string) => runQuery(psql, target, sql, options) };
    try {
      this.snapshot = await readTransactionStart(session, run.applicationName);
    } catch {
      // The session that watches pg_dump is asked for it.
    }
    await open.end();
  }

  /** The tool is done. */
  async finishing(): Promise<void> {
    this.workload?.finishing();
    await this.poller.stop();
  }

  /** The backup is whole. */
  async completed(): Promise<void> {
    // A small backup may be done before its tables are known; its manifest waits for them as long.
    await Promise.race([this.ready, delay(CATALOG_GRACE_MS, undefined, { ref: false })]);
    const { workload, contents, rows } = this;
    if (!workload || !contents) return;
    const { historyDir } = this.run.services;
    const { options } = this.dumped;
    const { profile, server } = this.connection;
    const { progress, sizeBytes } = this.run.record;
    await writeTimes(historyDir, this.key, workload.times());
    await rememberSpeeds(this.serverJobs, workload.model);
    await addRun(historyDir, runsKey(profile, 'databases'), {
      database: databaseKey(server.database),
      how: howWritten(options),
      planned: plannedRun(options, contents),
      sampled: rows && plannedRun(options, contents, rows),
      real: { bytes: sizeBytes ?? 0, seconds: progress.elapsedSeconds },
      readBytes: rowBytes(contents, rows ?? NO_ROW_FACTS),
    });
  }

  private get serverJobs(): ServerJobs {
    const { historyDir } = this.run.services;
    return { historyDir, profile: this.connection.profile, of: 'backup' };
  }

  /** What the backup is expected to take, by what is known so far. */
  private estimate(contents: DumpContents): void {
    const { runs, rows } = this;
    const database = databaseKey(this.connection.server.database);
    this.run.record.estimate = estimateBackup(this.dumped.options, contents, {
      rows: rows ?? NO_ROW_FACTS,
      runs,
      database,
    });
  }

  private async plan(objects: ObjectSelection): Promise<void> {
    const { progress } = this.run.record;
    const { options, tool } = this.dumped;
    const contents = dumpContents(options, objects);
    if (options.includeData) progress.setTotal(countDumpUnits(contents));
    const { historyDir } = this.run.services;
    this.runs = await readRuns(historyDir, runsKey(this.connection.profile, 'databases'));
    this.estimate(contents);
    const times = await readTimes(historyDir, this.key);
    const work = new DumpWorkload(progress, options, contents, tool.major);
    this.remembered = work.remember(times);
    this.contents = contents;
    this.workload = work;
    this.dump.setWorkload(work);
    progress.setModel(work.model);
    this.run.record.touch();
  }

  /** Facts that only the server has; not read when an earlier run is remembered. */
  private async look(session: PsqlSession): Promise<void> {
    await this.began;
    this.snapshot ??= await readTransactionStart(session, this.run.applicationName);
    await this.ready;
    const { workload, contents } = this;
    if (!workload || !contents || this.remembered) return;
    const rows = await readRowFacts(session, contents);
    if (rows.largeObjectBytes !== null) workload.setLargeObjectBytes(rows.largeObjectBytes);
    workload.refine(rows.samples, contents.tables);
    workload.model.expectSpeeds(await expectedSpeeds(this.serverJobs));
    this.rows = rows;
    this.estimate(contents);
  }
}

/** Backups with the same key take about the same time; where they are written makes no difference. */
function backupKey(connection: JobConnection, options: BackupOptions): string {
  const what = historyValues(backupFields, options);
  return historyKey(['backup', serverKey(connection), connection.server.database, what]);
}
