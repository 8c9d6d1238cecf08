import { historyValues } from '../../../forms/fields/fieldValues';
import type { BackupInfo } from '../../../model/archive';
import { restoreFields } from '../../../model/restoreFields';
import type { JobConnection } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import type { JobMonitor } from '../../job/jobMonitor';
import { keepUpToDate } from '../../job/pace';
import type { RestoreOptions } from '../../../model/options';
import { addRun, historyKey, readRuns, readTimes, writeTimes } from '../estimate/runHistory';
import { runsKey, scriptKey, serverKey } from '../estimate/sameRun';
import { estimateRestore, kindOfScript, plannedScript } from './restoreEstimate';
import { scriptParts, type ScriptPart } from './scriptPlan';
import { ServerPoller } from '../server/serverPoller';
import { WorkModel } from '../estimate/workModel';
import { type WorkUnit } from '../estimate/workUnit';

/** A script that was read this far holds no more rows. */
const ROWS_READ = 0.97;

/** psql's output for a statement that succeeded: `CREATE TABLE`, `COPY 1000`. */
const COMMAND_TAG = /^[A-Z]{2,}( [A-Z]+)*( \d+)*$/;
/** Tags of indexes, constraints and foreign keys; also of owners. */
const LATE_TAG = /^(?:CREATE INDEX|ALTER TABLE|REFRESH MATERIALIZED VIEW)$/;

interface Part extends ScriptPart {
  rows: WorkUnit;
  indexes: WorkUnit;
}

/**
 * Watches a psql that runs a script: how far it has read, and what it has done. A script of pg_dumpall
 * is one database after the other, each with its indexes behind its rows.
 */
export class ScriptMonitor implements JobMonitor {
  private readonly model: WorkModel;
  private readonly parts: readonly Part[];
  private readonly key: string;
  /** Index of the part that psql is at. */
  private at = 0;
  private bytes = 0;
  private late = 0;
  private statements = 0;
  private copied = 0;
  /** Watches locks, only for scripts that stay in one database. */
  private readonly poller: ServerPoller | null;

  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly info: BackupInfo,
    private readonly restore: { options: RestoreOptions; database: string },
  ) {
    const { options, database: target } = restore;
    this.poller = info.cluster ? null : new ServerPoller(run, connection, target, () => undefined);
    const { cluster, connects } = info;
    const plans = scriptParts(info);
    this.model = new WorkModel(plans.flatMap(() => [1, 1]));
    this.parts = plans.map((part, i) => this.plan(part, 2 * i));
    this.key = historyKey([
      ...['script', serverKey(connection), scriptKey(info), historyValues(restoreFields, options)],
      ...(cluster ? connects : []),
    ]);
  }

  private plan(part: ScriptPart, stage: number): Part {
    const { database, start, end, rowSeconds, indexSeconds } = part;
    const { model } = this;
    const size = end - start;
    const key = (what: string): string =>
      database === null ? what : JSON.stringify([what, database]);
    const rows = { key: key('rows'), kind: 'data', seconds: rowSeconds, size, stage } as const;
    const indexes = { ...rows, key: key('indexes'), kind: 'index', seconds: indexSeconds } as const;
    return { ...part, rows: model.add(rows), indexes: model.add({ ...indexes, stage: stage + 1 }) };
  }

  /** Before the tool starts. */
  async begin(): Promise<void> {
    const { record, services } = this.run;
    const planned = plannedScript(this.info, this.restore.options);
    if (planned) {
      const runs = await readRuns(services.historyDir, this.runsKey);
      record.estimate = estimateRestore(planned, kindOfScript(this.info), runs);
    }
    this.model.remember(await readTimes(services.historyDir, this.key));
    const [first] = this.parts;
    if (first) this.model.begin(first.rows, record.progress.seconds);
    record.progress.setModel(this.model);
    keepUpToDate(this.run);
  }

  /** Counts bytes of the file that were read. */
  readonly read = (bytes: number): void => {
    const { progress } = this.run.record;
    progress.setBytes(bytes);
    this.bytes = bytes;
    this.measureRows();
    this.run.record.touch();
  };

  /** A line of psql's standard output. */
  line(line: string): void {
    if (!COMMAND_TAG.test(line)) return;
    // psql is connected once a first statement has succeeded.
    this.poller?.start();
    const { progress } = this.run.record;
    progress.setLockWait(null);
    progress.setCompleted(++this.statements);
    const rows = /^COPY (\d+)$/.exec(line)?.[1];
    if (rows !== undefined) progress.setRows((this.copied += Number(rows)));
    const part = this.parts[this.at];
    if (!part || !LATE_TAG.test(line)) return;
    this.late++;
    this.model.measure(part.indexes, this.late, part.late + 1, progress.seconds);
  }

  /** The tool is done. */
  async finishing(): Promise<void> {
    await this.poller?.stop();
  }

  /** The script went through. */
  async completed(): Promise<void> {
    const { progress } = this.run.record;
    progress.setBytes(this.info.sizeBytes);
    for (const { rows, indexes } of this.parts) {
      for (const unit of [rows, indexes]) this.model.end(unit, progress.seconds);
    }
    const { historyDir } = this.run.services;
    await writeTimes(historyDir, this.key, this.model.times());
    const planned = plannedScript(this.info, this.restore.options);
    if (!planned) return;
    const real = { bytes: planned.bytes, seconds: progress.elapsedSeconds };
    const run = { ...kindOfScript(this.info), planned, sampled: null, real };
    await addRun(historyDir, this.runsKey, run);
  }

  private get runsKey(): string {
    return runsKey(this.connection.profile, 'restores');
  }

  private measureRows(): void {
    const part = this.parts[this.at];
    if (!part) return;
    const { start, end, rows, indexes } = part;
    const now = this.run.record.progress.seconds;
    // Read-ahead bytes may belong to the next database.
    const read = Math.min(this.bytes, end) - start;
    this.model.measure(rows, read, end - start, now);
    if (read < (end - start) * ROWS_READ || !rows.running) return;
    this.model.end(rows, now);
    this.model.begin(indexes, now);
    this.late = 0;
  }

  /** The script goes on in this database: what comes before it is done. */
  enter(database: string): void {
    const next = this.parts.findIndex((part, i) => i > this.at && part.database === database);
    if (next < 0) return;
    const { progress } = this.run.record;
    for (const { rows, indexes } of this.parts.slice(this.at, next)) {
      for (const unit of [rows, indexes]) this.model.end(unit, progress.seconds);
    }
    this.at = next;
    this.late = 0;
    progress.setCurrent(database);
    const part = this.parts[next];
    if (part) this.model.begin(part.rows, progress.seconds);
    this.measureRows();
  }
}
