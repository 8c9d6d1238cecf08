import net from 'node:net';
import { AppError, type SshProblem } from '../errors';
import { connectionLabel, type ConnectionProfile, type SshRoute } from '../model/profile';
import { SshOutput } from '../pgtools/stderr/sshOutput';
import { dialledTarget, type DialledHost } from './dialledTarget';
import { programFile } from '../files/programFile';
import type { Variables } from './url/reference';
import { listenForPrompts, type AskpassOptions, type AskpassServer } from './ssh/askpassServer';
import { LoginQuestions, type LoginEvents } from './ssh/loginQuestions';
import type { SshAnswers } from './ssh/sshAnswers';
import { mayAsk, readSshSettings } from './ssh/sshSettings';
import type { SshProcess, StartSsh } from './ssh/startSsh';
import { readPasswordFile, type FindPassword } from './ssh/passwordFile';
import { describeRoute, LOOPBACK, routeArgs } from './ssh/sshRoute';
import { farEndOf, tunnelArgs, type Forward, type LoginManner } from './ssh/tunnelArgs';

/** How `ssh` asks for passwords, passphrases and unknown keys of hosts. */
export interface TunnelPrompts extends Omit<AskpassOptions, 'answer'> {
  answers: SshAnswers;
}

export interface TunnelOptions {
  /** The user's environment, in which `ssh` finds its agent and its configuration. */
  inherited: Variables;
  connectTimeoutSeconds: number;
  start: StartSsh;
  /** When left out, nothing is asked: `ssh` fails where it would have to. */
  prompts?: TunnelPrompts | undefined;
  signal?: AbortSignal | undefined;
}

/** An open SSH tunnel to the servers of one connection. */
export interface Tunnel {
  /** Ports on the loopback address, one for each host of the connection. */
  readonly ports: readonly number[];
  /** Looks a password up in the user's password file. */
  readonly findPassword: FindPassword;
  /**
   * Why the tunnel does not work; null = no problem is known. Ask it when a tool cannot reach its
   * server: the tool's own message does not name the cause.
   */
  failure(): AppError<'sshFailed'> | null;
  /** Resolves when `ssh` has ended for any reason. */
  readonly ended: Promise<unknown>;
  /** Has `ssh` ended by itself? Waits a moment, because a tool may notice the end first. */
  hasEnded(): Promise<boolean>;
  close(): Promise<void>;
}

/** How many ports are tried, if another program takes the chosen one first. */
const MAX_ATTEMPTS = 5;
/**
 * Time for the login after ssh has connected: host key, agent, a security key to be touched. It
 * stands still while the user is asked.
 */
const LOGIN_SECONDS = 45;
/**
 * `ssh` counts the questions of a server on the way as time in which the next one does not answer.
 */
const PROXIED_CONNECT_SECONDS = 3600;
const END_NOTICE_MS = 500;
/** libpq's variables are removed from `ssh`'s environment: they can hold secrets. */
const LIBPQ = /^PG/i;

/**
 * Opens a tunnel with the user's own `ssh`, its configuration, agent and known hosts. What
 * `ssh` asks is answered by `prompts`. The tunnel ends with `close`, or with the process that owns it.
 *
 * @throws AppError `sshFailed`, `connectionInvalid`, `cancelled`
 */
export async function openTunnel(
  profile: ConnectionProfile & { ssh: SshRoute },
  options: TunnelOptions,
): Promise<Tunnel> {
  const { inherited, signal } = options;
  const { hosts } = dialledTarget(profile, { inherited });
  const file = programFile('ssh', inherited);
  const ssh = describeRoute(profile.ssh);
  const failed: Failed = (reason, { text = '', hostKey = null, knownKey = null } = {}) =>
    new AppError('sshFailed', {
      ...{ connection: connectionLabel(profile), ssh, reason, text, hostKey, knownKey },
    });
  if (file === null) throw failed('noProgram');
  const farEnds = hosts.map((host) => farEndFor(host, failed));
  const findPassword = await readPasswordFile(inherited);
  const login = await prepareLogin(file, profile.ssh, options);
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw new AppError('cancelled', {});
    const ports = await freePorts(farEnds.length);
    const forwards = farEnds.map((farEnd, i): Forward => ({ farEnd, localPort: ports[i] ?? 0 }));
    const output = new SshOutput();
    const asking = await login.ask(profile, output);
    const args = tunnelArgs(profile.ssh, forwards, login);
    const env = { ...sshEnvironment(inherited), ...asking?.env };
    const started = new SshTunnel({
      ...{ command: { file, args, env }, ports, output, options, failed, findPassword },
      events: asking?.events,
    });
    const outcome = await started.opened;
    asking?.end(outcome === 'open');
    if (outcome === 'open') return started;
    await started.close();
    if (outcome === 'cancelled') throw new AppError('cancelled', {});
    if (outcome === 'portTaken' && attempt < MAX_ATTEMPTS) continue;
    throw outcome === 'portTaken' ? failed('noPort') : outcome;
  }
}

/** How this `ssh` logs in, and the questions of one attempt; null = it does not ask. */
type Login = LoginManner & {
  ask(profile: ConnectionProfile, output: SshOutput): Promise<Asking | null>;
};

interface Asking {
  env: AskpassServer['env'];
  events: LoginEvents;
  end(opened: boolean): void;
}

async function prepareLogin(
  file: string,
  route: SshRoute,
  { prompts, inherited, connectTimeoutSeconds, start }: TunnelOptions,
): Promise<Login> {
  const silent: Login = { connectTimeoutSeconds, asks: false, ask: async () => null };
  if (prompts === undefined) return silent;
  const command = { file, args: routeArgs(route), env: sshEnvironment(inherited) };
  const settings = await readSshSettings(command, start);
  if (!mayAsk(settings)) return silent;
  return {
    connectTimeoutSeconds: settings.proxied ? PROXIED_CONNECT_SECONDS : connectTimeoutSeconds,
    asks: true,
    ask: async (profile, output) => {
      const { answers, ...others } = prompts;
      const events: LoginEvents = { unanswered: () => undefined, open: () => undefined };
      const { marksPrompts } = settings;
      const questions = new LoginQuestions({ profile, answers, output, marksPrompts, events });
      const answer: AskpassOptions['answer'] = (...asked) => questions.answer(...asked);
      const server = await listenForPrompts({ ...others, answer });
      // Before OpenSSH 8.4, `ssh` asks only where it believes that there is a screen.
      const env = { DISPLAY: inherited['DISPLAY'] || ':0', ...server.env };
      const end = (opened: boolean): void => {
        server.close();
        answers.ended(profile, questions.end(opened));
      };
      return { env, events, end };
    },
  };
}

type Failed = (
  reason: SshProblem,
  details?: { text?: string; hostKey?: string | null; knownKey?: string | null },
) => AppError<'sshFailed'>;

function farEndFor(host: DialledHost, failed: Failed): string {
  const farEnd = farEndOf(host);
  if (farEnd === null) throw failed('badTarget', { text: host.address || host.host });
  return farEnd;
}

/** A question without an answer, as the reason of a failure. */
const UNANSWERED = {
  secret: { cancelled: 'promptCancelled', nobody: 'nobodyToAsk' },
  hostKey: { cancelled: 'hostKeyDeclined', nobody: 'hostKeyUnknown' },
} as const;

type Outcome = 'open' | 'portTaken' | 'cancelled' | AppError<'sshFailed'>;

interface TunnelStart {
  command: Parameters<StartSsh>[0];
  ports: readonly number[];
  output: SshOutput;
  options: TunnelOptions;
  failed: Failed;
  findPassword: FindPassword;
  /** Of its questions; undefined = it does not ask. */
  events: LoginEvents | undefined;
}

class SshTunnel implements Tunnel {
  readonly ports: readonly number[];
  readonly findPassword: FindPassword;
  readonly opened: Promise<Outcome>;
  readonly ended: Promise<unknown>;
  private readonly output: SshOutput;
  private readonly process: SshProcess;
  private readonly failed: Failed;
  private over = false;
  private closing = false;

  constructor(how: TunnelStart) {
    this.ports = how.ports;
    this.findPassword = how.findPassword;
    this.failed = how.failed;
    this.output = how.output;
    let progressed = (): void => undefined;
    const onChunk = (chunk: Buffer, from: 'stdout' | 'stderr'): void => {
      // What the server prints at login comes on stdout, and is not needed.
      if (from === 'stderr') this.output.write(chunk);
      progressed();
    };
    this.process = how.options.start(how.command, { onChunk });
    this.ended = this.process.exit;
    this.opened = new Promise((resolve) => {
      const finish = (outcome: Outcome): void => {
        stopWaiting();
        progressed = () => undefined;
        resolve(outcome);
      };
      const stopWaiting = this.waitForLogin(how, finish);
      progressed = () => {
        const outcome = this.outcome();
        if (outcome !== null) finish(outcome);
      };
      void this.process.exit.then(({ startFailure }) => {
        this.over = true;
        finish(
          startFailure === null
            ? this.failureBy(this.output.cause())
            : this.failed('notStarted', { text: startFailure }),
        );
      });
    });
  }

  /** Ends the login that takes too long, is called off, or asks what nobody answers. */
  private waitForLogin(
    { options, events }: Pick<TunnelStart, 'options' | 'events'>,
    finish: (outcome: Outcome) => void,
  ): () => void {
    const { signal, connectTimeoutSeconds } = options;
    const limit = (connectTimeoutSeconds + LOGIN_SECONDS) * 1000;
    const start = (): NodeJS.Timeout => setTimeout(() => finish(this.failureBy('tooSlow')), limit);
    let timer = start();
    let over = false;
    const abort = (): void => finish('cancelled');
    signal?.addEventListener('abort', abort, { once: true });
    if (events !== undefined) {
      events.open = (count) => {
        clearTimeout(timer);
        if (count === 0 && !over) timer = start();
      };
      events.unanswered = (why, question) => finish(this.failureBy(UNANSWERED[question][why]));
    }
    return () => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  }

  /** What is known by the words of `ssh`; null = nothing yet. */
  private outcome(): Outcome | null {
    const { taken, tried, settled, forwardsNothing } = this.output;
    if (forwardsNothing) return this.failureBy('hostKeyChanged');
    if (this.ports.some((port) => taken.has(port))) return 'portTaken';
    return settled && this.ports.every((port) => tried.has(port)) ? 'open' : null;
  }

  failure(): AppError<'sshFailed'> | null {
    if (this.closing) return null;
    if (this.over) return this.failureBy('ended');
    const { refused } = this.output;
    // The next failure may have another cause.
    this.output.refused = null;
    return refused === null ? null : this.failureBy(refused);
  }

  async hasEnded(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const notice = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_NOTICE_MS);
    });
    await Promise.race([this.process.exit, notice]);
    clearTimeout(timer);
    return this.over && !this.closing;
  }

  async close(): Promise<void> {
    this.closing = true;
    this.process.kill();
    await this.process.exit;
  }

  private failureBy(reason: SshProblem): AppError<'sshFailed'> {
    const { hostKey, knownKey } = this.output;
    return this.failed(reason, { text: this.output.text(), hostKey, knownKey });
  }
}

function sshEnvironment(inherited: Variables): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !LIBPQ.test(name)) env[name] = value;
  }
  // Jump hosts get an `ssh` process of their own, which only this variable keeps from prompting.
  env['SSH_ASKPASS_REQUIRE'] = 'never';
  return env;
}

/** Ports of the loopback address that are free at present. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: LOOPBACK, port: 0, exclusive: true }, resolve);
      });
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const address = server.address();
      await new Promise((resolve) => server.close(resolve));
      return typeof address === 'object' && address !== null ? address.port : 0;
    }),
  );
}
