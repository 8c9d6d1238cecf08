import net from 'node:net';
import { AppError, type SshProblem } from '../errors';
import { connectionLabel, type ConnectionProfile, type SshRoute } from '../model/profile';
import { SshOutput } from '../pgtools/stderr/sshOutput';
import { dialledTarget, type DialledHost } from './dialledTarget';
import { programFile } from '../files/programFile';
import type { Variables } from './reference';
import { readPasswordFile, type FindPassword } from './ssh/passwordFile';
import { describeRoute } from './ssh/sshRoute';
import { farEndOf, LOOPBACK, tunnelArgs, type Forward } from './ssh/tunnelArgs';

/** A running `ssh` process. */
export interface SshProcess {
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly exit: Promise<{ code: number | null; startFailure: string | null }>;
  kill(): void;
}

/** Starts `ssh`; the process ends with the owner of the tunnel. */
export type StartSsh = (
  command: { file: string; args: string[]; env: Record<string, string> },
  options: { onChunk: (chunk: Buffer, from: 'stdout' | 'stderr') => void },
) => SshProcess;

export interface TunnelOptions {
  /** The user's environment, in which `ssh` finds its agent and its configuration. */
  inherited: Variables;
  connectTimeoutSeconds: number;
  start: StartSsh;
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
/** Time for the login after ssh has connected: host key, agent, a security key to be touched. */
const LOGIN_SECONDS = 45;
const END_NOTICE_MS = 500;
/** libpq's variables are removed from `ssh`'s environment: they can hold secrets. */
const LIBPQ = /^PG/i;

/**
 * Opens a tunnel with the user's own `ssh`, its configuration, agent and known hosts. `ssh` runs
 * without prompts. The tunnel ends with `close`, or with the process that owns it.
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
  const failed: Failed = (reason, text = '', hostKey = null) =>
    new AppError('sshFailed', {
      ...{ connection: connectionLabel(profile), ssh, reason, text, hostKey },
    });
  if (file === null) throw failed('noProgram');
  const farEnds = hosts.map((host) => farEndFor(host, failed));
  const findPassword = await readPasswordFile(inherited);
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw new AppError('cancelled', {});
    const ports = await freePorts(farEnds.length);
    const forwards = farEnds.map((farEnd, i): Forward => ({ farEnd, localPort: ports[i] ?? 0 }));
    const started = new SshTunnel(file, profile.ssh, forwards, {
      ...options,
      failed,
      findPassword,
    });
    const outcome = await started.opened;
    if (outcome === 'open') return started;
    await started.close();
    if (outcome === 'cancelled') throw new AppError('cancelled', {});
    if (outcome === 'portTaken' && attempt < MAX_ATTEMPTS) continue;
    throw outcome === 'portTaken' ? failed('noPort') : outcome;
  }
}

type Failed = (reason: SshProblem, text?: string, hostKey?: string | null) => AppError<'sshFailed'>;

function farEndFor(host: DialledHost, failed: Failed): string {
  const farEnd = farEndOf(host);
  if (farEnd === null) throw failed('badTarget', host.address || host.host);
  return farEnd;
}

type Outcome = 'open' | 'portTaken' | 'cancelled' | AppError<'sshFailed'>;

class SshTunnel implements Tunnel {
  readonly ports: readonly number[];
  readonly findPassword: FindPassword;
  readonly opened: Promise<Outcome>;
  readonly ended: Promise<unknown>;
  private readonly output = new SshOutput();
  private readonly process: SshProcess;
  private readonly failed: Failed;
  private over = false;
  private closing = false;

  constructor(
    file: string,
    route: SshRoute,
    forwards: readonly Forward[],
    options: TunnelOptions & { failed: Failed; findPassword: FindPassword },
  ) {
    const { connectTimeoutSeconds, inherited, start, signal } = options;
    this.ports = forwards.map(({ localPort }) => localPort);
    this.findPassword = options.findPassword;
    this.failed = options.failed;
    let progressed = (): void => undefined;
    const args = tunnelArgs(route, forwards, connectTimeoutSeconds);
    const onChunk = (chunk: Buffer, from: 'stdout' | 'stderr'): void => {
      // What the server prints at login comes on stdout, and is not needed.
      if (from === 'stderr') this.output.write(chunk);
      progressed();
    };
    this.process = start({ file, args, env: sshEnvironment(inherited) }, { onChunk });
    this.ended = this.process.exit;
    this.opened = new Promise((resolve) => {
      const seconds = connectTimeoutSeconds + LOGIN_SECONDS;
      const timer = setTimeout(() => finish(this.failureBy('tooSlow')), seconds * 1000);
      const abort = (): void => finish('cancelled');
      const finish = (outcome: Outcome): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        progressed = () => undefined;
        resolve(outcome);
      };
      signal?.addEventListener('abort', abort, { once: true });
      progressed = () => {
        const { taken, tried, settled } = this.output;
        if (this.ports.some((port) => taken.has(port))) finish('portTaken');
        else if (settled && this.ports.every((port) => tried.has(port))) finish('open');
      };
      void this.process.exit.then(({ startFailure }) => {
        this.over = true;
        finish(
          startFailure === null
            ? this.failureBy(this.output.cause())
            : this.failed('notStarted', startFailure),
        );
      });
    });
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
    return this.failed(reason, this.output.text(), this.output.hostKey);
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

/** Runs `work` and replaces its connection errors by the tunnel's error, where the tunnel has one. */
export async function throughTunnel<T>(tunnel: Tunnel | null, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const unreached = ['connectFailed', 'queryFailed', 'queryTimedOut'] as const;
    if (tunnel === null || !unreached.some((code) => AppError.is(error, code))) throw error;
    await tunnel.hasEnded();
    throw tunnel.failure() ?? error;
  }
}
