import type { ChildProcess } from 'node:child_process';
import type { FromKeeper, StartMessage, ToKeeper } from '../messages';
import { KEEP_QUEUE, startScript, type SupervisorScript } from '../startScript';
import { identify, type ProcessIdentity } from '../store/processIdentity';

/**
 * Milliseconds after which a keeper that has not answered counts as stopped or hanging, and is
 * replaced.
 */
const ANSWER_MS = 5000;
/** Shortest interval in milliseconds between two starts of a keeper. */
const RESTART_MS = 1000;

/** Events of the keeper. */
export interface KeeperEvents {
  /** The keeper holds the job: `keeper` starts it should this window end. */
  held(id: string, keeper: ProcessIdentity): void;
  /** The keeper has ended and holds no jobs any more; it is replaced soon. */
  gone(): void;
}

/**
 * This window's end of the pipe to the keeper of its queue. The keeper is started with the first job
 * that waits and ends with the last; while there are jobs to be held, one that ends or does not
 * answer is replaced.
 */
export class KeeperLink {
  private child: ChildProcess | null = null;
  private identity: ProcessIdentity | null = null;
  private readonly jobs = new Map<string, StartMessage>();
  private readonly unanswered = new Set<string>();
  private answerTimer: NodeJS.Timeout | undefined;
  private restartTimer: NodeJS.Timeout | undefined;
  private whenAnswered: (() => void)[] = [];

  constructor(
    private readonly script: SupervisorScript,
    private readonly events: KeeperEvents,
  ) {}

  hold(start: StartMessage): void {
    this.jobs.set(start.id, start);
    if (this.child === null) this.begin();
    else this.ask(start);
  }

  drop(id: string): void {
    this.jobs.delete(id);
    this.answered(id);
    this.send({ type: 'drop', id });
    if (this.jobs.size === 0) this.leave();
  }

  /**
   * Hands the held jobs over to the keeper; returns the ids that it did not acknowledge within `ms`
   * milliseconds.
   */
  async handOver(ms: number): Promise<string[]> {
    if (this.unanswered.size > 0) {
      await new Promise<void>((resolve) => {
        this.whenAnswered.push(resolve);
        setTimeout(resolve, ms).unref();
      });
    }
    const left = [...this.unanswered];
    for (const id of left) this.send({ type: 'drop', id });
    this.leave();
    return left;
  }

  private begin(): void {
    clearTimeout(this.restartTimer);
    this.restartTimer = undefined;
    let child: ChildProcess;
    try {
      child = startScript(this.script, KEEP_QUEUE);
    } catch {
      this.restartSoon();
      return;
    }
    this.child = child;
    const gone = (): void => {
      if (this.child !== child) return;
      this.child = null;
      this.identity = null;
      this.events.gone();
      this.restartSoon();
    };
    child.on('error', gone);
    child.once('exit', gone);
    child.on('message', (message) => {
      const { id } = message as FromKeeper;
      if (this.child !== child || !this.jobs.has(id) || child.pid === undefined) return;
      this.identity ??= identify(child.pid);
      this.events.held(id, this.identity);
      this.answered(id);
    });
    for (const start of this.jobs.values()) this.ask(start);
  }

  private ask(start: StartMessage): void {
    this.unanswered.add(start.id);
    this.send({ type: 'hold', start });
    this.answerTimer ??= setTimeout(() => this.child?.kill('SIGKILL'), ANSWER_MS).unref();
  }

  private answered(id: string): void {
    this.unanswered.delete(id);
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    if (this.unanswered.size === 0) {
      for (const resolve of this.whenAnswered.splice(0)) resolve();
    } else this.answerTimer = setTimeout(() => this.child?.kill('SIGKILL'), ANSWER_MS).unref();
  }

  private restartSoon(): void {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    if (this.jobs.size === 0) return;
    this.restartTimer ??= setTimeout(() => this.begin(), RESTART_MS).unref();
  }

  /** The keeper ends by itself when the pipe does and it holds nothing. */
  private leave(): void {
    const { child } = this;
    this.child = null;
    this.identity = null;
    clearTimeout(this.answerTimer);
    clearTimeout(this.restartTimer);
    this.answerTimer = undefined;
    this.restartTimer = undefined;
    this.jobs.clear();
    this.unanswered.clear();
    if (child?.connected === true) child.disconnect();
  }

  private send(message: ToKeeper): void {
    if (this.child?.connected === true) this.child.send(message, () => undefined);
  }
}
