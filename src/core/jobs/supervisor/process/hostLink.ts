import type { PasswordProvider } from '../../../connections/passwords';
import type { SshAnswer, SshAnswers } from '../../../connections/ssh/sshAnswers';
import type { BackupJob } from '../../../model/job';
import type { FromSupervisor, StartMessage, ToSupervisor } from '../messages';

type Question = Extract<FromSupervisor, { type: 'ask' }>;

/** How long, in milliseconds, the supervisor waits at its end for a window that does not read. */
const FLUSH_TIMEOUT_MS = 2000;

/** The supervisor's end of the pipe to the window that has started it, as long as that lives. */
export class HostLink {
  private asks = 0;
  /** Called without an answer when there will be none. */
  private readonly answers = new Map<number, (answer?: ToSupervisor) => void>();
  private next: BackupJob | undefined;
  private sending = false;
  private optionsSent = '';
  private readonly started: Promise<StartMessage | null>;

  /**
   * `onCancel`: called when the window asks for the job's end. `onGone`: called when the window is
   * gone.
   */
  constructor(
    private readonly on: {
      cancel: () => void;
      gone: () => void;
    },
  ) {
    this.started = new Promise((resolve) => {
      process.on('message', (message) => {
        const received = message as ToSupervisor;
        if (received.type === 'start') resolve(received);
        else if (received.type === 'cancel') this.on.cancel();
        else this.answers.get(received.ask)?.(received);
      });
      process.once('disconnect', () => {
        resolve(null);
        for (const answer of [...this.answers.values()]) answer();
        this.on.gone();
      });
    });
    if (!process.connected) process.emit('disconnect');
  }

  /** The start message; null when the window ended before sending it. */
  start(): Promise<StartMessage | null> {
    return this.started;
  }

  /** Sends the newest state; a slow window skips the states in between. */
  update(job: BackupJob): void {
    this.next = job;
    this.sendNext();
  }

  /** Resolves when the window has received the job, or is gone or too slow. */
  async end(job: BackupJob): Promise<void> {
    this.next = undefined;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, FLUSH_TIMEOUT_MS).unref();
      if (!this.send({ type: 'ended', job }, () => resolve())) resolve();
    });
  }

  /** The password that came with the start, then those that the window knows or asks the user for. */
  passwords({
    request,
    ...came
  }: Pick<StartMessage, 'request' | 'password' | 'keyPassphrase'>): PasswordProvider {
    const { connectionId } = request.request.options;
    return {
      get: async (profile, kind = 'password') =>
        came[kind] !== null && profile.id === connectionId
          ? came[kind]
          : this.ask({ profile, reason: 'known', kind }),
      request: (profile, reason, signal, kind = 'password') =>
        this.ask({ profile, reason, kind }, signal),
      // The window decides whether the password is stored.
      accepted: async (profile) => void this.send({ type: 'accepted', profile }),
    };
  }

  /** The window asks the user what `ssh` wants to know. */
  sshAnswers(): SshAnswers {
    return {
      answer: async (profile, question, signal): Promise<SshAnswer> => {
        const answer = await this.put(
          (ask) => ({ type: 'askSsh', ask, profile, question }),
          signal,
        );
        return answer?.type === 'answerSsh' ? answer.answer : 'nobody';
      },
      ended: (profile, end) => void this.send({ type: 'sshEnded', profile, end }),
    };
  }

  private async ask(
    question: Pick<Question, 'profile' | 'reason' | 'kind'>,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const answer = await this.put((ask) => ({ type: 'ask', ask, ...question }), signal);
    return answer?.type === 'answer' ? answer.password : undefined;
  }

  /** Puts a question to the window; undefined = it was withdrawn, or there is no window. */
  private put(
    question: (ask: number) => FromSupervisor,
    signal?: AbortSignal,
  ): Promise<ToSupervisor | undefined> {
    const ask = ++this.asks;
    return new Promise((resolve) => {
      const withdraw = (): void => {
        this.send({ type: 'withdraw', ask });
        answer();
      };
      const answer = (given?: ToSupervisor): void => {
        signal?.removeEventListener('abort', withdraw);
        this.answers.delete(ask);
        resolve(given);
      };
      this.answers.set(ask, answer);
      signal?.addEventListener('abort', withdraw, { once: true });
      if (signal?.aborted || !this.send(question(ask))) answer();
    });
  }

  private sendNext(): void {
    if (this.sending || !this.next) return;
    const { options, ...job } = this.next;
    this.next = undefined;
    // The options can be large, and change only once: when their names are resolved.
    const state = `${job.status} ${job.command.length}`;
    const whole = { ...job, output: [], ...(state === this.optionsSent ? {} : { options }) };
    this.optionsSent = state;
    this.sending = true;
    const sent = this.send({ type: 'job', job: whole }, () => {
      this.sending = false;
      this.sendNext();
    });
    if (!sent) this.sending = false;
  }

  private send(message: FromSupervisor, done: () => void = () => undefined): boolean {
    if (!process.connected || !process.send) return false;
    // An error means that the window has ended, which is reported by its own event.
    process.send(message, undefined, undefined, () => done());
    return true;
  }
}
