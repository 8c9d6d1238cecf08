import {
  readServerProgress,
  tellsProgress,
  type ServerProgress,
} from '../../catalog/progressQueries';
import { PsqlSession } from '../../catalog/psqlSession';
import type { JobConnection } from '../jobConnection';
import type { JobRun } from '../jobContext';

/** Nobody is asked more often. */
const INTERVAL_MS = 1000;
/** Long jobs are asked about at this share of their time so far, but at least so often. */
const INTERVAL_SHARE = 0.01;
const MAX_INTERVAL_MS = 5000;

/**
 * Looks at the tool's sessions through one psql of its own, about once a second, until the job ends
 * or `stop` is called. Nothing depends on it: a server that lets nobody else in is not asked again.
 */
export class ServerWatch {
  private session: PsqlSession | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private readonly startedAt = performance.now();

  /**
   * @param database where the tool works
   * @param report gets every answer
   */
  constructor(
    private readonly run: JobRun,
    private readonly connection: JobConnection,
    private readonly database: string | undefined,
    private readonly report: (progress: ServerProgress) => void,
  ) {
    run.cleanups.push(() => this.stop());
  }

  /**
   * Connects and begins to ask; once the tool is connected, so that it never lacks a connection that
   * this one took. `first` runs before, on the same session.
   */
  start(first?: (session: PsqlSession) => Promise<void>): void {
    if (this.session || this.stopped || this.run.signal.aborted) return;
    const { psql, server } = this.connection;
    const target = this.connection.to(this.database, `${this.run.applicationName}-watch`);
    const session = new PsqlSession(psql, target);
    this.session = session;
    const { versionNumber } = server;
    const tells = tellsProgress(versionNumber, 'copy') || tellsProgress(versionNumber, 'index');
    const poll = async (): Promise<void> => {
      const name = this.run.applicationName;
      const progress = await readServerProgress(session, versionNumber, name);
      if (this.stopped || !session.isOpen) return;
      if (progress) this.report(progress);
      wait();
    };
    const wait = (): void => {
      const age = performance.now() - this.startedAt;
      const pause = Math.min(MAX_INTERVAL_MS, Math.max(INTERVAL_MS, age * INTERVAL_SHARE));
      this.timer = setTimeout(() => void poll(), pause);
    };
    void (first?.(session) ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        if (this.stopped) return;
        if (tells) void poll();
        else void this.stop();
      });
  }

  /** Resolves when psql is gone. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.session?.end();
  }
}
