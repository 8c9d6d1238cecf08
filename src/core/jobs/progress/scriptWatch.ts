import type { BackupInfo } from '../../archive/types';
import type { JobConnection } from '../jobConnection';
import type { JobRun } from '../jobContext';
import type { RestoreTask } from '../restoreTask';
import { historyKey, readTimes, writeTimes } from './runHistory';
import { ServerWatch } from './serverWatch';
import { WorkModel, type WorkUnit } from './workModel';

/** While nothing else is new, the time left still is. */
const TICK_MS = 1000;
/** First guesses, in seconds for each byte of the file; what is observed soon counts more. */
const PER_BYTE = 20e-9;
const PER_PACKED_BYTE = 80e-9;
/** Indexes and keys come at the end and take about as long as the rows, in a script's last bytes. */
const INDEX_SHARE = 0.9;
/** A script that was read this far holds no more rows. */
const ROWS_READ = 0.97;

/** What psql prints for a statement that went through: `CREATE TABLE`, `COPY 1000`. */
const commandTag = /^[A-Z]{2,}( [A-Z]+)*( \d+)*$/;
/** Those of indexes, constraints and foreign keys; also of owners. */
const lateTag = /^(?:CREATE INDEX|ALTER TABLE|REFRESH MATERIALIZED VIEW)$/;

/** Watches a psql that runs a script: how far it has read, and what it has done. */
export class ScriptWatch {
  private readonly model = new WorkModel([1, 1]);
  private readonly rows: WorkUnit;
  private readonly indexes: WorkUnit;
  private readonly lateStatements: number;
  private readonly key: string;
  private late = 0;
  private statements = 0;
  private copied = 0;
  /** Tells of locks; only of the one database that the script stays in. */
  private readonly watch: ServerWatch | null;

  constructor(
    private readonly run: JobRun,
    connection: JobConnection,
    private readonly info: BackupInfo,
    { options, database: target }: Pick<RestoreTask, 'options' | 'database'>,
  ) {
    this.watch = info.cluster ? null : new ServerWatch(run, connection, target, () => undefined);
    const { sizeBytes: size, contents, compression, database } = info;
    const seconds = Math.max(0.05, size * (compression === 'none' ? PER_BYTE : PER_PACKED_BYTE));
    this.lateStatements = contents.indexes + contents.constraints;
    const late = this.lateStatements > 0 ? seconds * INDEX_SHARE : 0.05;
    const { model } = this;
    this.rows = model.add({ key: 'rows', kind: 'data', seconds, size, stage: 0 });
    this.indexes = model.add({ key: 'indexes', kind: 'index', seconds: late, size, stage: 1 });
    this.key = historyKey(['script', connection.to('').args, database, options.singleTransaction]);
  }

  /** Before the tool starts. */
  async begin(): Promise<void> {
    const { record, services, cleanups } = this.run;
    this.model.remember(await readTimes(services.historyDir, this.key));
    this.model.begin(this.rows, record.progress.seconds);
    record.progress.setModel(this.model);
    const timer = setInterval(() => record.touch(), TICK_MS);
    cleanups.push(() => clearInterval(timer));
  }

  /** So many bytes of the file have been read. */
  readonly read = (bytes: number): void => {
    const { progress } = this.run.record;
    const now = progress.seconds;
    progress.setBytes(bytes);
    this.model.measure(this.rows, bytes, this.info.sizeBytes, now);
    if (bytes >= this.info.sizeBytes * ROWS_READ && this.rows.running) {
      this.model.end(this.rows, now);
      this.model.begin(this.indexes, now);
      this.late = 0;
    }
    this.run.record.touch();
  };

  /** A line of psql's standard output. */
  line(line: string): void {
    if (!commandTag.test(line)) return;
    // It is connected when a first statement has gone through.
    this.watch?.start();
    const { progress } = this.run.record;
    progress.setLockWait(null);
    progress.setCompleted(++this.statements);
    const rows = /^COPY (\d+)$/.exec(line)?.[1];
    if (rows !== undefined) progress.setRows((this.copied += Number(rows)));
    if (!lateTag.test(line)) return;
    this.late++;
    this.model.measure(this.indexes, this.late, this.lateStatements + 1, progress.seconds);
  }

  /** The tool is done. */
  async finishing(): Promise<void> {
    await this.watch?.stop();
  }

  /** The script went through. */
  async completed(): Promise<void> {
    const { progress } = this.run.record;
    progress.setBytes(this.info.sizeBytes);
    for (const unit of [this.rows, this.indexes]) this.model.end(unit, progress.seconds);
    await writeTimes(this.run.services.historyDir, this.key, this.model.times());
  }
}
