import type { ChildProcess } from 'node:child_process';
import { asAppError } from '../../../errors';
import { isFinished } from '../../../model/job';
import type { FromKeeper, StartMessage, ToKeeper } from '../messages';
import { startScript } from '../startScript';
import { endUnstarted } from '../store/endedJob';
import { HEARTBEAT_MS, JobFolder, type StoredJob } from '../store/jobFolder';
import { identify } from '../store/processIdentity';

/** How often is looked whether a job is to be cancelled or may start, once the window is gone. */
const LOOK_MS = 200;

/** A job that waits here. */
interface HeldJob {
  start: StartMessage;
  folder: JobFolder;
}

/**
 * Keeps a window's jobs that wait for their turn, so that they survive it: one process for all of
 * them, however many they are. What they need is held in memory only, because there are secrets in
 * it. While the window lives it starts them itself; once it is gone this process does.
 * `script`: absolute path of the supervisor's bundle. Resolves when nothing is left to be kept.
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
  // A shell's end is nobody's wish; the system's is.
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

/** Does what the window would have done. */
class QueueKeeper {
  private readonly self = identify();
  private readonly supervisors = new Set<ChildProcess>();
  private readonly handing = new Set<Promise<void>>();
  private beatAt = performance.now();

  constructor(
    private readonly script: string,
    private readonly held: Map<string, HeldJob>,
  ) {}

  /** Ends those that are to end with their window. */
  async takeOver(): Promise<void> {
    for (const held of [...this.held.values()]) {
      if (held.start.limits.endWithWindow) await this.cancel(held);
    }
  }

  /** Ends what is to be cancelled, and starts what may start. `stopped`: the system wants an end. */
  async look(stopped: boolean): Promise<void> {
    for (const held of [...this.held.values()]) {
      if (stopped || held.folder.isAskedToCancel()) await this.cancel(held);
    }
    // In the order in which they were asked for: a `Map` keeps it.
    for (const each of [...this.held.values()]) {
      if (this.supervisors.size >= each.start.limits.concurrency) break;
      await this.start(each);
    }
    // Where nobody can see that this process lives, its jobs have to show it.
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
      // No room: the next time there may be.
    }
  }

  private async start(held: HeldJob): Promise<void> {
    const { start, folder } = held;
    const stored = await this.unstarted(folder);
    if (stored === 'unreadable') return;
    this.held.delete(start.id);
    // Somebody has removed it, or taken it for lost.
    if (stored === null) return;
    let supervisor: ChildProcess;
    try {
      supervisor = startScript(this.script);
    } catch (error) {
      endUnstarted(folder, stored, { status: 'failed', failure: asAppError(error) });
      return;
    }
    this.supervisors.add(supervisor);
    // Nothing else may keep this process running by then.
    supervisor.channel?.ref();
    // Until it has shown that it has taken the job over, this process answers for that.
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

  /** One that ends before it has taken the job over has done nothing of it. */
  private async watch(supervisor: ChildProcess, folder: JobFolder): Promise<void> {
    const reason = await new Promise<unknown>((resolve) => {
      supervisor.on('error', resolve);
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
   * The record of a job that this process answers for; null when it is not there, has ended, or is
   * another's: the window may have started it with its last words, which were not heard here.
   */
  private async unstarted(folder: JobFolder): Promise<StoredJob | 'unreadable' | null> {
    const found = await folder.look();
    if (typeof found === 'string') return found === 'unreadable' ? found : null;
    const mine = found.keeper === true && found.owner.pid === this.self.pid;
    return mine && !isFinished(found.job.status) ? found : null;
  }
}
