import {
  readServerProgress,
  tellsProgress,
  type ServerProgress,
} from '../../../catalog/progressQueries';
import { PsqlSession } from '../../../catalog/psqlSession';
import { shownText } from '../../../text/shownText';
import { waitsForLockText } from '../../../text/lockText';
import type { JobConnection } from '../../job/jobConnection';
import type { JobRun } from '../../job/jobContext';
import { lookInterval } from '../../job/pace';

/**
 * For a long job the interval grows to this share of the job's time so far, up to
 * `MAX_INTERVAL_MS`.
 */
const INTERVAL_SHARE = 0.01;
const MAX_INTERVAL_MS = 5000;
/**
 * The second query comes sooner: a tool that has to wait for a lock mostly does so right after it
 * has connected.
 */
const SECOND_LOOK_MS = 250;
/**
 * Milliseconds until a tool that works is watched: a job that is done by then has nothing to tell, and
 * would share the processor with another psql and its session.
 */
const WATCHED_AFTER_MS = 200;

/**
 * Polls the tool's sessions through one psql of its own, about once a second, until the job ends or
 * `stop` is called. It is optional: when the server refuses the connection, polling ends.
 */
export class ServerPoller {
  private session: PsqlSession | null = null;
  private begun = false;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private looks = 0;
  /** The lock that was reported last, and the one that the output mentions. */
  private lock = '';
  private noted = '';
  private readonly startedAt = performance.now();

  /**
   * @param database where the tool works
   * @param report gets every answer, and how long the server took for it; null = it answered others first
   */
  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly database: string | undefined,
    private readonly report: (progress: ServerProgress, answerSeconds: number | null) => void,
  ) {
    run.cleanups.push(() => this.stop());
  }

  /**
   * To be called once the tool is connected, so that it never lacks a connection that this one took.
   * Connects and begins to ask a moment later, or at once. `first` runs meanwhile, on the same session.
   */
  start(first?: (session: PsqlSession) => Promise<void>, atOnce = false): void {
    if (this.begun || this.stopped || this.run.signal.aborted) return;
    this.begun = true;
    if (atOnce) this.connect(first);
    else this.timer = setTimeout(() => this.connect(first), WATCHED_AFTER_MS);
  }

  private connect(first?: (session: PsqlSession) => Promise<void>): void {
    if (this.run.signal.aborted) return;
    const { psql, server } = this.connection;
    const target = this.connection.to(this.database, `${this.run.applicationName}-watch`);
    const session = new PsqlSession(psql, target);
    this.session = session;
    const { versionNumber } = server;
    const tells = (['locks', 'index', 'copy'] as const).some((what) =>
      tellsProgress(versionNumber, what),
    );
    const poll = async (): Promise<void> => {
      const name = this.run.applicationName;
      // Samples of rows, asked by `first`, take their time, and tell nothing of the distance.
      const isFirst = session.isIdle;
      const asked = performance.now();
      const asking = readServerProgress(session, versionNumber, name);
      // The first answer waits for the connection as well; later ones may wait behind rows.
      const next = this.looks === 0 ? session.ask('SELECT 1') : null;
      const progress = await asking;
      const answered = performance.now();
      let answerMs = answered - asked;
      if (next) {
        await next;
        answerMs = performance.now() - answered;
      }
      if (this.stopped || !session.isOpen) return;
      if (progress) {
        this.reportLocks(progress);
        this.report(progress, isFirst ? answerMs / 1000 : null);
      }
      const age = performance.now() - this.startedAt;
      const soonest = lookInterval(age);
      const usual = Math.min(MAX_INTERVAL_MS, Math.max(soonest, age * INTERVAL_SHARE));
      const held = this.lock === '' ? usual : soonest;
      this.timer = setTimeout(() => void poll(), this.looks++ === 0 ? SECOND_LOOK_MS : held);
    };
    // `first` may be slow, but a lock has to be reported at once.
    const asked = (first?.(session) ?? Promise.resolve()).catch(() => undefined);
    if (tells) void poll();
    else void asked.then(() => this.stop());
  }

  /** Shows a lock that holds the job up; once it was seen twice, the output mentions it too. */
  private reportLocks({ waits, working }: ServerProgress): void {
    const { record } = this.run;
    const [longest] = waits;
    const wait = longest?.wait ?? null;
    // A question to the server works under the same name as the tool, and does not go on for it.
    const { options } = record;
    const goesOn = working > 0 && (!('jobs' in options) || options.jobs > 1);
    record.progress.setLockWait(wait, goesOn ? null : (longest?.milliseconds ?? null));
    record.touch();
    const lock = wait === null ? '' : shownText(waitsForLockText(wait));
    if (lock !== '' && lock === this.lock && lock !== this.noted) {
      this.noted = lock;
      record.addLines([lock]);
    }
    this.lock = lock;
  }

  /** Resolves when psql is gone. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.run.record.progress.setLockWait(null);
    if (this.timer) clearTimeout(this.timer);
    await this.session?.end();
  }
}
