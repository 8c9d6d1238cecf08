import type { PsqlSession } from '../../../catalog/psqlSession';
import { readCatalog } from '../../../catalog/readCatalog';
import type { BackupOptions } from '../../../model/options';
import { startsEntry, type ToolEvent } from '../../../pgtools/stderr/toolEvents';
import { QUERY_TIMEOUT_MS, type JobConnection } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import { DumpProgress } from '../dump/dumpProgress';
import { indexCatalog } from '../../../forms/selection/catalogIndex';
import { selectObjects } from '../../../forms/selection/objectSelection';
import { EVERYTHING } from '../../../forms/selection/selection';
import { dumpContents } from '../../../forms/backup/dumpContents';
import { DumpWorkload } from '../dump/dumpWorkload';
import { ServerPoller } from './serverPoller';
import { readRowFacts } from './tableSamples';
import type { UnitTime } from '../estimate/workUnit';

/** What a database's dump is watched for. */
export interface MonitoredDatabase {
  database: string;
  options: BackupOptions;
  toolMajor: number;
  /** The script's size in bytes when the dump of this database began. */
  outputBytes: number;
  /** Does the server say how far a COPY is? */
  tells: boolean;
  /** What its pieces took in an earlier run. */
  timesBefore: () => readonly UnitTime[];
  /**
   * Gets the rows of this database so far; not called for a dump that ended before the server was
   * first asked.
   */
  onRows: (rows: number) => void;
  /** Called when the estimate may have changed. */
  onChange: () => void;
}

/** Watches the pg_dump that pg_dumpall runs for one database. */
export class DatabaseMonitor {
  /** What its pieces took, once it is done. */
  times: UnitTime[] = [];
  private readonly dump: DumpProgress;
  private readonly poller: ServerPoller;
  private readonly over = new AbortController();
  private workload: DumpWorkload | null = null;
  private heard = 0;

  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly watched: MonitoredDatabase,
  ) {
    const { progress } = run.record;
    // The job's progress counts databases, not their tables.
    this.dump = new DumpProgress(
      {
        get seconds() {
          return progress.seconds;
        },
        setCompleted: () => undefined,
        setCurrentObjects: (tables) =>
          progress.setCurrentObjects(tables.map((table) => `${watched.database}: ${table}`)),
      },
      1,
    );
    this.poller = new ServerPoller(run, connection, watched.database, (answer) => {
      if (watched.tells) this.workload?.server(answer);
      watched.onChange();
    });
    run.cleanups.push(() => this.over.abort());
  }

  get database(): string {
    return this.watched.database;
  }

  onEvent(event: ToolEvent): void {
    // pg_dumpall prints the command that it runs; the next such line is pg_dump's own and shows
    // that it is connected.
    if (event.type === 'reading') this.heard++;
    if (this.heard > 1 || startsEntry(event) || event.type === 'dumpingTable') {
      const { includeData } = this.watched.options;
      this.poller.start(includeData ? (session) => this.look(session) : undefined);
    }
    this.dump.add(event);
  }

  /** The script has grown to this size. */
  outputGrew(bytes: number): void {
    this.workload?.outputGrew(bytes - this.watched.outputBytes, this.watched.tells);
  }

  /** Seconds until it is done; null while nobody can know. */
  remaining(now: number): number | null {
    const model = this.workload?.model;
    return model?.isFounded(now) === true ? model.remaining(now) : null;
  }

  /** The database's pg_dump is done. Resolves when the server is no longer polled for it. */
  async finish(): Promise<void> {
    this.over.abort();
    if (this.workload) {
      this.workload.finishing();
      // Adds the rows of tables that were done since the server's last report.
      if (this.watched.tells)
        this.workload.server({ copies: [], indexes: [], waits: [], working: 0 });
      this.times = this.workload.times();
    }
    await this.poller.stop();
  }

  private async look(session: PsqlSession): Promise<void> {
    const { connection, run, watched } = this;
    const { options, database } = watched;
    const catalog = await readCatalog(
      connection.psql,
      connection.to(database, `${run.applicationName}-watch`),
      connection.server,
      { signal: AbortSignal.any([run.signal, this.over.signal]), timeoutMs: QUERY_TIMEOUT_MS },
    );
    if (this.over.signal.aborted) return;
    const objects = selectObjects(EVERYTHING, [], indexCatalog(catalog));
    const contents = { ...dumpContents(options, objects), isPart: true };
    const { progress } = run.record;
    const tracker = {
      get seconds() {
        return progress.seconds;
      },
      setCopied: (rows: number) => watched.onRows(rows),
    };
    const work = new DumpWorkload(tracker, options, contents, watched.toolMajor);
    const remembered = work.remember(watched.timesBefore());
    this.dump.setWorkload(work);
    this.workload = work;
    watched.onChange();
    if (remembered) return;
    const rows = await readRowFacts(session, contents);
    if (rows.largeObjectBytes !== null) work.setLargeObjectBytes(rows.largeObjectBytes);
    work.refine(rows.samples, contents.tables);
  }
}
