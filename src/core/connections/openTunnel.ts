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

/** A running `ssh`. */
export interface SshProcess {
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly exit: Promise<{ code: number | null; startFailure: string | null }>;
  kill(): void;
}

/** Starts `ssh` in the care of whoever owns the tunnel. */
export type StartSsh = (
  command: { file: string; args: string[]; env: Record<string, string> },
  options: { onChunk: (chunk: Buffer, from: 'stdout' | 'stderr') => void },
) => SshProcess;

export interface TunnelOptions {
  /** The environment of the user, in which `ssh` finds its agent and its configuration. */
  inherited: Variables;
  connectTimeoutSeconds: number;
  start: StartSsh;
  signal?: AbortSignal | undefined;
}

/** Ports here through which the servers of one connection are reached. */
export interface Tunnel {
  /** On the loopback address, one for each host of the connection. */
  readonly ports: readonly number[];
  /** In the user's password file. */
  readonly findPassword: FindPassword;
  /**
   * Why nothing gets through; null = as far as is known, it does. What a tool says of a server that
   * it did not reach is not the cause.
   */
  failure(): AppError<'sshFailed'> | null;
  /** Resolves when `ssh` has ended, however it did. */
  readonly ended: Promise<unknown>;
  /** Has `ssh` ended by itself? Waits a moment for its end, which a tool may see first. */
  hasEnded(): Promise<boolean>;
  close(): Promise<void>;
}

/** How often another port is chosen, when somebody else was faster. */
const MAX_ATTEMPTS = 5;
/** For what comes after the connection: host key, keys of an agent or a token that is touched. */
const LOGIN_SECONDS = 45;
const END_NOTICE_MS = 500;
/** Variables that `ssh` and what it starts do not need: those of libpq, with its secrets. */
const LIBPQ = /^PG/i;

/**
 * Opens a tunnel by the user's own `ssh`, with its configuration, agent and known hosts. It never
 * asks anything. It ends with `close`, or with the process that owns it.
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
      // What the server prints at a login comes to stdout, if at all.
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
    // What comes next may have another cause.
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
  // Servers on the way are reached by an ssh of its own, which is told so only by this.
  env['SSH_ASKPASS_REQUIRE'] = 'never';
  return env;
}

/** Ports of the loopback address that nobody uses just now. */
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

/** What goes wrong behind a tunnel that lets nothing through is said by the tunnel. */
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
