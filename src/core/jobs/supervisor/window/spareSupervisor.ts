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
  /** One for a job that is about to be asked for. */
  private expected: { kind: JobKind; child: ChildProcess } | null = null;

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
      if (this.prewarming === 0) this.endSpare();
    };
  }

  /**
   * Starts the supervisor of a job that is about to be asked for: it comes up while the last is found
   * out about the job. The returned function ends it, unless a job has taken it.
   */
  expect(kind: JobKind): Stop {
    if (this.spare !== null || this.expected !== null) return () => undefined;
    const child = tryToStart(this.script, kind);
    if (child === null) return () => undefined;
    const expected = { kind, child };
    this.expected = expected;
    const forget = (): void => {
      if (this.expected === expected) this.expected = null;
    };
    child.once('exit', forget);
    child.on('error', forget);
    return () => {
      if (this.expected === expected) this.endExpected();
    };
  }

  /** The supervisor that is ready for a job of this kind, or null. It may have died a moment ago. */
  takeReady(kind: JobKind): ChildProcess | null {
    const expected = this.expected?.kind === kind ? this.expected.child : null;
    if (expected !== null) this.expected = null;
    // The one that was expected would wait in vain.
    if (expected?.connected === true) return this.taken(expected);
    const { spare } = this;
    this.spare = null;
    return spare?.connected === true ? this.taken(spare) : null;
  }

  /**
   * A new one, for a job of this kind.
   * @throws where the system refuses at once
   */
  takeNew(kind: JobKind): ChildProcess {
    return this.taken(startScript(this.script, kind));
  }

  /** Ends the supervisors that have no job. */
  dispose(): void {
    this.endSpare();
    this.endExpected();
  }

  private endSpare(): void {
    if (this.spare?.connected === true) this.spare.disconnect();
    this.spare = null;
  }

  private endExpected(): void {
    if (this.expected?.child.connected === true) this.expected.child.disconnect();
    this.expected = null;
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
    const spare = tryToStart(this.script);
    if (spare === null) return;
    this.spare = spare;
    const forget = (): void => {
      if (this.spare === spare) this.spare = null;
    };
    spare.once('exit', forget);
    spare.on('error', forget);
  }
}

/** null = the system has too few resources just now: if it persists, starting the job reports it. */
function tryToStart(script: SupervisorScript, ...kind: JobKind[]): ChildProcess | null {
  try {
    return startScript(script, ...kind);
  } catch {
    return null;
  }
}
