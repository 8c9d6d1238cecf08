import type { ChildProcess } from 'node:child_process';
import type { Stop } from '../../manager/jobs';
import { startScript, type JobKind, type SupervisorScript } from '../startScript';

/**
 * Starts supervisors, and one ahead of need while somebody expects to start a job: a process takes
 * a tenth of a second to come up, which is a tenth of a small backup. Before a supervisor is told
 * what to do it does nothing, and it ends when this process does.
 */
export class SpareSupervisor {
  private spare: ChildProcess | null = null;
  private prewarming = 0;

  constructor(private readonly script: SupervisorScript) {}

  /** Keeps a supervisor ready until the returned function is called. */
  prewarm(): Stop {
    this.prewarming++;
    this.fill();
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      this.prewarming--;
      if (this.prewarming === 0) this.dispose();
    };
  }

  /** The supervisor that is ready, or null. It may have died a moment ago. */
  takeReady(): ChildProcess | null {
    const ready = this.spare;
    this.spare = null;
    return ready?.connected === true ? this.taken(ready) : null;
  }

  /**
   * A new one, for a job of this kind.
   * @throws where the system refuses at once
   */
  takeNew(kind: JobKind): ChildProcess {
    return this.taken(startScript(this.script, kind));
  }

  /** Ends the supervisor that is ready. */
  dispose(): void {
    if (this.spare?.connected === true) this.spare.disconnect();
    this.spare = null;
  }

  /**
   * Hands out a supervisor; the next spare is started when this one has ended, because cores are
   * few.
   */
  private taken(child: ChildProcess): ChildProcess {
    child.once('exit', () => this.fill());
    // The user of the process listens as well; an `error` event without a listener would end this
    // process.
    child.on('error', () => undefined);
    return child;
  }

  private fill(): void {
    if (this.prewarming === 0 || this.spare !== null) return;
    let spare: ChildProcess;
    try {
      spare = startScript(this.script);
    } catch {
      // The system has too few resources just now; starting the job itself reports that if it
      // persists.
      return;
    }
    this.spare = spare;
    const forget = (): void => {
      if (this.spare === spare) this.spare = null;
    };
    spare.once('exit', forget);
    spare.on('error', forget);
  }
}
