import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Stop } from '../../manager/jobs';
import { scriptEnvironment } from '../process/scriptEnvironment';

/**
 * Starts supervisors, and one ahead of need while somebody expects to start a job: a process takes
 * a tenth of a second to come up, which is a tenth of a small backup. Before a supervisor is told
 * what to do it does nothing, and it ends when this process does.
 */
export class SpareSupervisor {
  private spare: ChildProcess | null = null;
  private expecting = 0;

  /** `script`: absolute path of the supervisor's bundle. */
  constructor(private readonly script: string) {}

  /** Keeps one ready until what it returns is called. */
  expect(): Stop {
    this.expecting++;
    this.fill();
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      this.expecting--;
      if (this.expecting === 0) this.dispose();
    };
  }

  /** The one that is ready; it may just have died, which is not known at once. */
  takeReady(): ChildProcess | null {
    const ready = this.spare;
    this.spare = null;
    return ready?.connected === true ? this.taken(ready) : null;
  }

  /** A new one. */
  takeNew(): ChildProcess {
    return this.taken(this.start());
  }

  /** Ends the one that is ready. */
  dispose(): void {
    if (this.spare?.connected === true) this.spare.disconnect();
    this.spare = null;
  }

  /** The next is started when this one is done: cores are few. */
  private taken(child: ChildProcess): ChildProcess {
    child.once('exit', () => this.fill());
    return child;
  }

  private fill(): void {
    if (this.expecting === 0 || this.spare !== null) return;
    const spare = this.start();
    this.spare = spare;
    const forget = (): void => {
      if (this.spare === spare) this.spare = null;
    };
    spare.once('exit', forget);
    spare.once('error', forget);
  }

  private start(): ChildProcess {
    const child = spawn(process.execPath, [this.script], {
      // A session and process group of its own: what ends the window's does not end it.
      detached: true,
      windowsHide: true,
      cwd: path.dirname(this.script),
      env: scriptEnvironment(process.env),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.unref();
    child.channel?.unref();
    return child;
  }
}
