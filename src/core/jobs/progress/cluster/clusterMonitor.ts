import { tellsProgress } from '../../../catalog/progressQueries';
import { readDumpedDatabases } from '../../../catalog/serverInfo';
import { howWritten } from '../../../forms/backup/backupEstimate';
import {
  dumpedDatabases,
  estimateCluster,
  knowsDatabases,
  plannedCluster,
  WHOLE_SERVER,
} from '../../../forms/backup/clusterEstimate';
import { historyValues } from '../../../forms/fields/fieldValues';
import { backupFields } from '../../../model/backupFields';
import type { RunFigures } from '../../../model/estimates/estimate';
import type { BackupOptions } from '../../../model/options';
import type { ToolEvent } from '../../../pgtools/stderr/toolEvents';
import type { ToolVersion } from '../../../model/tools';
import { QUERY_TIMEOUT_MS, type JobConnection } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import type { JobMonitor } from '../../job/jobMonitor';
import { keepUpToDate } from '../../job/pace';
import { ClusterWorkload, ofDatabase, withDatabase } from './clusterWorkload';
import { DatabaseMonitor } from '../server/databaseMonitor';
import { pollOutputSize } from '../dump/outputSize';
import { addRun, historyKey, readRuns, readTimes, writeTimes } from '../estimate/runHistory';
import { databaseKey, runsKey, serverKey } from '../estimate/sameRun';
import type { UnitTime } from '../estimate/workUnit';

/** How far the current database is, is worked out at most this often. */
const FORECAST_SECONDS = 0.2;

/**
 * Watches a pg_dumpall: which database it is at, what the pg_dump of that one says, what the server
 * says of it, how the script grows; and remembers, for the next backup with the same options, what
 * each database and each table took. One unit is one database; the table that is being dumped is
 * shown with it.
 */
export class ClusterMonitor implements JobMonitor {
  private readonly key: string;
  private workload: ClusterWorkload | null = null;
  /** What was expected from the sizes of the databases; null = not known. */
  private planned: RunFigures | null = null;
  /** Databases that pg_dumpall began before the amount of work was known, and when (seconds). */
  private bufferedEvents: { database: string; at: number }[] | null = [];
  private started = 0;
  private current: DatabaseMonitor | null = null;
  private before: UnitTime[] = [];
  private readonly times: UnitTime[] = [];
  private rows = 0;
  private outputBytes = 0;
  private forecastAt = -Infinity;
  private over = false;

  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly options: BackupOptions,
    private readonly tool: ToolVersion,
  ) {
    const what = historyValues(backupFields, options);
    this.key = historyKey(['cluster', serverKey(connection), what]);
  }

  /** Called before the tool starts; the tool does not wait for the result. */
  begin(partialPath: string): void {
    const { record, cleanups } = this.run;
    // Without the sizes of databases there is no estimate, but the backup continues.
    void this.plan().catch(() => undefined);
    keepUpToDate(this.run);
    const stopPolling = pollOutputSize(partialPath, (bytes) => {
      record.progress.setBytes(bytes);
      this.outputBytes = bytes;
      this.current?.outputGrew(bytes);
      this.forecast();
      record.touch();
    });
    cleanups.push(stopPolling);
  }

  readonly onEvent = (event: ToolEvent): void => {
    if (event.type === 'dumpingDatabase') this.enter(event.database);
    else this.current?.onEvent(event);
    this.forecast();
  };

  /** The tool is done. */
  async finishing(): Promise<void> {
    this.over = true;
    const last = this.leave();
    this.workload?.finishing();
    await last;
  }

  /** The backup is whole. */
  async completed(): Promise<void> {
    const { planned, workload, options } = this;
    if (!workload || !planned) return;
    const { historyDir } = this.run.services;
    const { progress, sizeBytes } = this.run.record;
    await writeTimes(historyDir, this.key, workload.times().concat(this.times));
    await addRun(historyDir, runsKey(this.connection.profile, 'servers'), {
      database: databaseKey(WHOLE_SERVER),
      how: howWritten(options),
      ...{ planned, sampled: null },
      real: { bytes: sizeBytes ?? 0, seconds: progress.elapsedSeconds },
    });
  }

  private async plan(): Promise<void> {
    const { signal, services, record } = this.run;
    const { psql, target, profile } = this.connection;
    const asked = { signal, timeoutMs: QUERY_TIMEOUT_MS };
    const { options } = this;
    if (!knowsDatabases(options)) return;
    const databases = dumpedDatabases(options, await readDumpedDatabases(psql, target, asked));
    if (databases === null) return;
    record.progress.setTotal(databases.length);
    this.planned = plannedCluster(options, databases);
    const runs = await readRuns(services.historyDir, runsKey(profile, 'servers'));
    const database = databaseKey(WHOLE_SERVER);
    record.estimate = estimateCluster(options, databases, { runs, database });
    this.before = await readTimes(services.historyDir, this.key);
    if (this.over) return;
    const work = new ClusterWorkload(record.progress, options, databases);
    work.model.remember(this.before);
    for (const { database, at } of this.bufferedEvents ?? []) work.begin(database, at);
    this.bufferedEvents = null;
    this.workload = work;
    record.progress.setModel(work.model);
    record.touch();
  }

  private enter(database: string): void {
    const { progress } = this.run.record;
    const at = progress.seconds;
    void this.leave();
    if (this.workload) this.workload.begin(database, at);
    else this.bufferedEvents?.push({ database, at });
    progress.setCompleted(this.started++);
    progress.setCurrent(database);
    const rowsBefore = this.rows;
    this.current = new DatabaseMonitor(this.run, this.connection, {
      database,
      options: this.options,
      toolMajor: this.tool.major,
      outputBytes: this.outputBytes,
      tells: tellsProgress(this.connection.server.versionNumber, 'copy'),
      timesBefore: () => ofDatabase(database, this.before),
      onRows: (rows) => {
        this.rows = Math.max(this.rows, rowsBefore + rows);
        progress.setRows(this.rows);
      },
      onChange: () => {
        this.forecast();
        this.run.record.touch();
      },
    });
  }

  /** The current database is done. */
  private async leave(): Promise<void> {
    const { current } = this;
    if (!current) return;
    this.current = null;
    this.forecastAt = -Infinity;
    const stopped = current.finish();
    for (const time of withDatabase(current.database, current.times)) this.times.push(time);
    await stopped;
  }

  private forecast(): void {
    const now = this.run.record.progress.seconds;
    if (!this.current || now - this.forecastAt < FORECAST_SECONDS) return;
    this.forecastAt = now;
    this.workload?.applyForecast(this.current.remaining(now));
  }
}
