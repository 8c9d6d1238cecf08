import type { Toc } from '../../../archive/toc/toc';
import { tellsProgress } from '../../../catalog/progressQueries';
import { historyValues } from '../../../forms/fields/fieldValues';
import { restoreFields } from '../../../model/restoreFields';
import { sameRuns } from '../../../forms/form/estimateByRuns';
import type { RunFigures } from '../../../model/estimates/estimate';
import type { RestoreOptions } from '../../../model/options';
import { startsEntry, type ToolEvent } from '../../../pgtools/stderr/toolEvents';
import type { JobConnection } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import type { JobMonitor } from '../../job/jobMonitor';
import { keepUpToDate } from '../../job/pace';
import type { Forecast } from '../../job/progressTracker';
import { pollReadPositions } from '../../tool/readPosition';
import { sampleArchive, type ArchiveSample } from './archiveSamples';
import { RestoreProgress } from './restoreProgress';
import { estimateRestore, kindOfArchive, plannedArchive } from './restoreEstimate';
import { outlineRestore, type RestoredEntries } from './restoreOutline';
import { RestoreWorkload } from './restoreWorkload';
import { addRun, historyKey, readRuns, readTimes, writeTimes } from '../estimate/runHistory';
import { runsKey, serverKey } from '../estimate/sameRun';
import { expectedSpeeds, rememberSpeeds, type ServerJobs } from '../estimate/serverSpeeds';
import { ServerPoller } from '../server/serverPoller';

/** The archive restore to be monitored. */
export interface MonitoredRestore extends RestoredEntries {
  options: RestoreOptions;
  /** Name of the database that is restored into. */
  database: string;
}

/**
 * Watches a pg_restore: what it says and what the server says of it; and remembers for the next such
 * restore what each entry took.
 */
export class RestoreMonitor implements JobMonitor {
  private readonly progress: RestoreProgress;
  private readonly poller: ServerPoller;
  private readonly key: string;
  private readonly runsKey: string;
  /** What was expected from the stored sizes, and with samples of the rows; null = not known. */
  private planned: RunFigures | null = null;
  private sampled: RunFigures | null = null;
  private workload: RestoreWorkload | null = null;
  /** Events from before the costs were known, each with its moment; null afterwards. */
  private bufferedEvents: { event: ToolEvent; at: number }[] | null = [];
  private begun = false;
  private stopped = false;
  private ready: Promise<void> = Promise.resolve();

  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly restore: MonitoredRestore,
  ) {
    const { toc, options, database } = restore;
    const tracker = run.record.progress;
    this.progress = new RestoreProgress(tracker, restore, options.jobs > 1);
    this.key = restoreKey(connection, toc, options);
    this.runsKey = runsKey(connection.profile, 'restores');
    const tells = tellsProgress(connection.server.versionNumber, 'copy');
    this.poller = new ServerPoller(run, connection, database, (answer, answerSeconds) => {
      this.workload?.server(answer, tells);
      if (answerSeconds !== null) {
        this.workload?.model.setAnswerSeconds(answerSeconds, tracker.seconds);
      }
      run.record.touch();
    });
  }

  /**
   * Begins to estimate the costs. The tool does not wait for this: its events are kept meanwhile.
   */
  begin(): void {
    this.ready = this.estimateCosts(this.run.record.progress.seconds)
      // Without costs there is no estimate, but the restore goes on all the same.
      .catch(() => undefined)
      .then(() => {
        const said = this.bufferedEvents ?? [];
        this.bufferedEvents = null;
        for (const { event, at } of said) this.progress.add(event, at);
      });
  }

  /** @param since when the tool was started */
  private async estimateCosts(since: number): Promise<void> {
    const { record, services, signal } = this.run;
    const { toc, order, dataSizes, options } = this.restore;
    const times = await readTimes(services.historyDir, this.key);
    const definitions = new Map<number, string>();
    const planned = await outlineRestore(this.restore, new Map(), definitions);
    this.planned = plannedArchive(toc, planned, options.jobs);
    // A look at the rows takes a while, and the tool is at work already.
    record.progress.setModel(unconfirmed(this.planned.seconds, record.progress.seconds));
    if (!this.stopped) keepUpToDate(this.run);
    let outline = planned;
    if (times.length > 0) {
      outline = { ...planned, remembered: new Set(times.map(({ key }) => key)) };
    } else {
      const none = new Map<number, ArchiveSample>();
      const samples = await sampleArchive(toc, dataSizes, order, signal).catch(() => none);
      if (samples.size > 0) {
        outline = await outlineRestore(this.restore, samples, definitions);
        this.sampled = plannedArchive(toc, outline, options.jobs);
      }
    }
    await this.estimate();
    const work = new RestoreWorkload(record.progress, toc, outline, options.jobs);
    work.model.expectSpeeds(await expectedSpeeds(this.serverJobs));
    work.model.remember(times);
    work.connecting(since);
    this.workload = work;
    this.progress.setWorkload(work);
    record.progress.setModel(work.model);
  }

  /** What the restore is expected to take, by what is known so far. */
  private async estimate(): Promise<void> {
    const { planned, sampled } = this;
    if (!planned) return;
    const { toc, options } = this.restore;
    const { record, services } = this.run;
    const kind = kindOfArchive(toc, options);
    const runs = await readRuns(services.historyDir, this.runsKey);
    const known = sameRuns(runs, kind).length > 0;
    record.estimate = estimateRestore(known ? planned : (sampled ?? planned), kind, runs);
  }

  private get serverJobs(): ServerJobs {
    const { historyDir } = this.run.services;
    return { historyDir, profile: this.connection.profile, of: 'restore' };
  }

  /** Was anything done to the database? */
  get anythingBegun(): boolean {
    return this.begun;
  }

  /** Called when the tool runs: its read position shows its progress, where the system knows it. */
  readonly onStart = (pid: number): void => {
    const { path, header } = this.restore.toc;
    // The positions of a tar's members are unknown.
    if (header.format === 'tar') return;
    const stop = pollReadPositions(pid, path, (positions) => {
      this.workload?.read(positions);
      this.run.record.touch();
    });
    this.run.cleanups.push(stop);
  };

  readonly onEvent = (event: ToolEvent): void => {
    // It is connected when it begins with an entry, or drops what was there. A session of ours would
    // only be in the way of dropping a database.
    const drops = event.type === 'dropping' && event.desc !== 'DATABASE';
    const connected = startsEntry(event) || event.type === 'item' || drops;
    if (connected) this.poller.start();
    // One statement comes after the other: the one that waited is done.
    if (connected && this.restore.options.jobs <= 1) this.run.record.progress.setLockWait(null);
    if (startsEntry(event) || event.type === 'dropping') this.begun = true;
    const at = this.run.record.progress.seconds;
    if (this.bufferedEvents) this.bufferedEvents.push({ event, at });
    else this.progress.add(event, at);
  };

  /** The tool is done. */
  async finishing(): Promise<void> {
    this.stopped = true;
    await this.poller.stop();
  }

  /** The restore went through without an error. */
  async completed(): Promise<void> {
    await this.ready;
    if (!this.workload) return;
    this.progress.finish();
    const { historyDir } = this.run.services;
    await writeTimes(historyDir, this.key, this.workload.times());
    await rememberSpeeds(this.serverJobs, this.workload.model);
    const { planned, sampled } = this;
    if (!planned) return;
    const { toc, options } = this.restore;
    const real = { bytes: planned.bytes, seconds: this.run.record.progress.elapsedSeconds };
    await addRun(historyDir, this.runsKey, {
      ...kindOfArchive(toc, options),
      ...{ planned, sampled, real },
    });
  }
}

/** What a plan says that nothing has confirmed; `since`: seconds on the tracker's clock. */
function unconfirmed(seconds: number, since: number): Forecast {
  return {
    isFounded: () => false,
    remaining: (now) => Math.max(0, seconds - (now - since)),
  };
}

/**
 * Restores with the same key take about the same time. The file makes no difference when it is
 * another backup of the same database: what its tables hold is compared entry by entry.
 */
function restoreKey(connection: JobConnection, toc: Toc, options: RestoreOptions): string {
  const { format, compression, database } = toc.header;
  const server = serverKey(connection);
  const what = historyValues(restoreFields, options);
  return historyKey(['restore', server, database, format, compression, what]);
}
