import type { ChildProcess } from 'node:child_process';
import type { Stop } from '../../manager/jobs';
import { startScript } from '../startScript';

/**
 * Starts supervisors, and one ahead of need while somebody expects to start a job: a process takes
 * a tenth of a second to come up, which is a tenth of a small backup. Before a supervisor is told
 * what to do it does nothing, and it ends when this process does.
 */
export class SpareSupervisor {
  private spare: ChildProcess | null = null;
  private prewarming = 0;

  /** `script`: absolute path of the supervisor's bundle. */
  constructor(private readonly script: string) {}

  /** Keeps one ready until what it returns is called. */
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

  /** The one that is ready; it may just have died, which is not known at once. */
  takeReady(): ChildProcess | null {
    const ready = this.spare;
    this.spare = null;
    return ready?.connected === true ? this.taken(ready) : null;
  }

  /**
   * A new one.
   * @throws where the system refuses at once
   */
  takeNew(): ChildProcess {
    return this.taken(startScript(this.script));
  }

  /** Ends the one that is ready. */
  dispose(): void {
    if (this.spare?.connected === true) this.spare.disconnect();
    this.spare = null;
  }

  /** The next is started when this one is done: cores are few. */
  private taken(child: ChildProcess): ChildProcess {
    child.once('exit', () => this.fill());
    // Whoever uses it hears it too; an error without a listener would end this process.
    child.on('error', () => undefined);
    return child;
  }

  private fill(): void {
    if (this.prewarming === 0 || this.spare !== null) return;
    let spare: ChildProcess;
    try {
      spare = startScript(this.script);
    } catch {
      // Too few resources just now: the job itself will say so, if it is still so then.
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
