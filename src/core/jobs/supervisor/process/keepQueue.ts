import type { ChildProcess } from 'node:child_process';
import { asAppError } from '../../../errors';
import { isFinished } from '../../../model/job';
import type { FromKeeper, StartMessage, ToKeeper } from '../messages';
import { startScript } from '../startScript';
import { endUnstarted } from '../store/endedJob';
import { HEARTBEAT_MS, JobFolder, type StoredJob } from '../store/jobFolder';
import { identify } from '../store/processIdentity';
import { codeDir } from '../store/storeDir';
import { whyUnable } from '../unable';

/**
 * Interval in milliseconds at which the keeper, once the window is gone, checks whether a job is to
 * be cancelled or may start.
 */
const LOOK_MS = 200;

/** A job that waits here. */
interface HeldJob {
  start: StartMessage;
  folder: JobFolder;
}

/**
 * Holds the waiting jobs of a window, so that they survive it: one process for all of them. Their
 * start messages contain secrets, so they are held in memory only. The window starts its jobs
 * itself; this process does so once the window has ended. `script`: absolute path of the
 * supervisor's bundle. Resolves when nothing is left to be kept.
 */
export async function keepQueue(script: string): Promise<void> {
  const held = new Map<string, HeldJob>();
  const windowGone = new Promise<void>((resolve) => {
    process.on('message', (message) => {
      const received = message as ToKeeper;
      if (received.type === 'drop') held.delete(received.id);
      else {
        const { start } = received;
        held.set(start.id, { start, folder: JobFolder.of(start.storeDir, start.id) });
        const answer: FromKeeper = { type: 'held', id: start.id };
        process.send?.(answer, undefined, undefined, () => undefined);
      }
    });
    process.once('disconnect', resolve);
    if (!process.connected) resolve();
  });
  // Ignore SIGHUP, which comes when a terminal closes; obey SIGTERM, which comes when the system
  // shuts down.
  process.on('SIGHUP', () => undefined);
  let stopped = false;
  const stop = (): void => void (stopped = true);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await windowGone;
  const heir = new QueueKeeper(script, held);
  await heir.takeOver();
  while (held.size > 0) {
    await heir.look(stopped);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await heir.handedOver();
}

/** Starts and cancels the held jobs in place of the window. */
class QueueKeeper {
  private readonly self = identify();
  private readonly supervisors = new Set<ChildProcess>();
  private readonly handing = new Set<Promise<void>>();
  private beatAt = performance.now();

  constructor(
    private readonly script: string,
    private readonly held: Map<string, HeldJob>,
  ) {}

  /** Cancels the held jobs that are to end with their window. */
  async takeOver(): Promise<void> {
    for (const held of [...this.held.values()]) {
      if (held.start.limits.endWithWindow) await this.cancel(held);
    }
  }

  /**
   * Cancels the jobs that are to be cancelled, and starts those that may start. `stopped`: this
   * process was asked to end (SIGTERM).
   */
  async look(stopped: boolean): Promise<void> {
    for (const held of [...this.held.values()]) {
      if (stopped || held.folder.isAskedToCancel()) await this.cancel(held);
    }
    // In the order in which they were asked for: a `Map` keeps it.
    for (const each of [...this.held.values()]) {
      if (this.supervisors.size >= each.start.limits.concurrency) break;
      await this.start(each);
    }
    // Where other hosts cannot see this process, its jobs' records carry a heartbeat.
    if (this.self.stamp !== null || performance.now() - this.beatAt < HEARTBEAT_MS) return;
    this.beatAt = performance.now();
    for (const { folder } of this.held.values()) await this.beat(folder);
  }

  /** Resolves when every supervisor has taken its job over. */
  async handedOver(): Promise<void> {
    await Promise.all(this.handing);
  }

  private async beat(folder: JobFolder): Promise<void> {
    const stored = await this.unstarted(folder);
    if (stored === null || stored === 'unreadable') return;
    try {
      folder.write({ ...stored, beat: stored.beat + 1 });
    } catch {
      // The disk is full: the next attempt may succeed.
    }
  }

  private async start(held: HeldJob): Promise<void> {
    const { start, folder } = held;
    const stored = await this.unstarted(folder);
    if (stored === 'unreadable') return;
    this.held.delete(start.id);
    // The record was removed, or another window settled it as lost.
    if (stored === null) return;
    let supervisor: ChildProcess;
    try {
      supervisor = startScript(
        { script: this.script, codeDir: codeDir(start.storeDir) },
        start.request.kind,
      );
    } catch (error) {
      endUnstarted(folder, stored, { status: 'failed', failure: asAppError(error) });
      return;
    }
    this.supervisors.add(supervisor);
    // Nothing else may keep this process running by then.
    supervisor.channel?.ref();
    // This process is responsible until the supervisor shows that it has taken the job over.
    const begun = new Promise<void>((resolve) => {
      supervisor.on('error', () => resolve());
      supervisor.once('exit', () => resolve());
      supervisor.once('message', () => resolve());
    });
    if (supervisor.connected) supervisor.send(start, () => undefined);
    void this.watch(supervisor, folder);
    const handed = begun.then(() => {
      if (supervisor.connected) supervisor.disconnect();
    });
    this.handing.add(handed);
    void handed.finally(() => this.handing.delete(handed));
  }

  /** A supervisor that ends before it has taken the job over has not started it. */
  private async watch(supervisor: ChildProcess, folder: JobFolder): Promise<void> {
    const reason = await new Promise<unknown>((resolve) => {
      supervisor.on('error', resolve);
      supervisor.on('message', (message) => {
        const unable = whyUnable(message);
        if (unable !== null) resolve(unable);
      });
      supervisor.once('exit', () => resolve(new Error("the job's supervisor has ended")));
    });
    this.supervisors.delete(supervisor);
    const stored = await this.unstarted(folder);
    if (stored === null || stored === 'unreadable') return;
    endUnstarted(folder, stored, { status: 'failed', failure: asAppError(reason) });
  }

  private async cancel({ start, folder }: HeldJob): Promise<void> {
    const stored = await this.unstarted(folder);
    if (stored === 'unreadable') return;
    this.held.delete(start.id);
    if (stored !== null) endUnstarted(folder, stored, { status: 'cancelled' });
  }

  /**
   * The record of a job that this process answers for; null when it is not there, has ended, or has
   * another owner: the window may have started it just before it ended, and the message was lost.
   */
  private async unstarted(folder: JobFolder): Promise<StoredJob | 'unreadable' | null> {
    const found = await folder.look();
    if (typeof found === 'string') return found === 'unreadable' ? found : null;
    const mine = found.keeper === true && found.owner.pid === this.self.pid;
    return mine && !isFinished(found.job.status) ? found : null;
  }
}
