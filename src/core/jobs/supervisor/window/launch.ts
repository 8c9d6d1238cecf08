import type { ChildProcess } from 'node:child_process';
import type { PasswordProvider } from '../../../connections/passwords';
import type { SshAnswers } from '../../../connections/ssh/sshAnswers';
import type { ConnectionProfile } from '../../../model/profile';
import { AppError, asAppError } from '../../../errors';
import type { ToolSearch } from '../../../model/tools';
import type {
  FromSupervisor,
  JobLimits,
  JobRequest,
  StartMessage,
  ToSupervisor,
} from '../messages';
import { whyUnable } from '../unable';
import type { RemoteJob } from './remoteJob';

/** Services of a window for its supervisors. */
export interface HostServices {
  connections: {
    /** @throws AppError `connectionUnknown` or `connectionInvalid` */
    get(id: string): ConnectionProfile;
    /** All connections that a job could need. */
    all(): readonly ConnectionProfile[];
  };
  passwords: PasswordProvider;
  /** Answers what the `ssh` of a job asks; when left out, nobody does. */
  sshAnswers?: SshAnswers | undefined;
  /** The client tools on this machine, or where the connection's are; may be from a cache. */
  tools: { find(profile?: ConnectionProfile): Promise<ToolSearch> };
  /** The host's environment, of which tools get what `buildConnection` lets through. */
  inherited: Readonly<Record<string, string | undefined>>;
  /** Read anew for each job. */
  limits(): JobLimits;
  /** Absolute path of the file with the translations of the window's language; absent = English. */
  translations?: string | undefined;
}

export interface Launched {
  /**
   * Resolves when the process has ended, or this window has let go of it, with the reason for the
   * case that the job was never begun.
   */
  exited: Promise<AppError>;
  /** Resolves when the process has shown that it has taken the job over. */
  started: Promise<void>;
}

/**
 * Starts a job in a supervisor. Everything goes through a pipe: arguments and environment can be
 * read by others, and a file might stay. `detachSignal`: this window ends.
 */
export function launch(
  child: ChildProcess,
  start: StartMessage,
  {
    job,
    services,
    detachSignal,
  }: {
    job: RemoteJob;
    services: Pick<HostServices, 'passwords' | 'sshAnswers'>;
    detachSignal: AbortSignal;
  },
): Launched {
  const send = (message: ToSupervisor, sent: () => void = () => undefined): void => {
    if (child.connected) child.send(message, sent);
    else sent();
  };
  const sent = new Promise<void>((resolve) => send(start, resolve));
  const asks = new Map<number, AbortController>();
  let unable: AppError | null = null;
  const started = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      unable ??= whyUnable(message);
      if (unable !== null) return;
      resolve();
      const received = message as FromSupervisor;
      if (received.type === 'ask') void answer(received, asks, services.passwords, send);
      else if (received.type === 'askSsh') void answerSsh(received, asks, services, send);
      else if (received.type === 'sshEnded') {
        services.sshAnswers?.ended(received.profile, received.end);
      } else if (received.type === 'withdraw') asks.get(received.ask)?.abort();
      else if (received.type === 'accepted') {
        void services.passwords.accepted(received.profile).catch(() => undefined);
      } else job.receive(received);
    });
  });
  const exited = new Promise<AppError>((resolve) => {
    const end = (reason: unknown): void => {
      detachSignal.removeEventListener('abort', leave);
      for (const controller of asks.values()) controller.abort();
      resolve(asAppError(reason));
    };
    child.on('error', end);
    child.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      end(unable ?? new AppError('internal', { text: `the job's supervisor has ended (${how})` }));
    });
    const leave = (): void => {
      // A message that is being written would be lost.
      void sent.then(() => {
        if (child.connected) child.disconnect();
      });
      end(new AppError('cancelled', {}));
    };
    detachSignal.addEventListener('abort', leave, { once: true });
  });
  return { exited, started };
}

/**
 * Everything that a job needs, as it is now: later changes of settings do not affect a waiting job.
 */
export async function startMessage(
  storeDir: string,
  job: RemoteJob,
  request: JobRequest,
  services: HostServices,
): Promise<StartMessage> {
  const { connectionId } = request.request.options;
  // Throws `connectionInvalid`, which says more than that the connection is missing.
  const own = connectionId === undefined ? null : services.connections.get(connectionId);
  const [tools, password, keyPassphrase] = await Promise.all([
    services.tools.find(own ?? undefined),
    own === null ? undefined : services.passwords.get(own),
    own === null ? undefined : services.passwords.get(own, 'keyPassphrase'),
  ]);
  const others = services.connections.all().filter(({ id }) => id !== connectionId);
  return {
    type: 'start',
    storeDir,
    id: job.id,
    runId: job.state.runId,
    ticket: job.ticket,
    origin: job.state.origin,
    request,
    profiles: own ? [own, ...others] : others,
    password: password ?? null,
    keyPassphrase: keyPassphrase ?? null,
    tools,
    inherited: services.inherited,
    limits: services.limits(),
    translations: services.translations ?? null,
  };
}

/** What is answered, until the question is withdrawn; one that failed counts as not answered. */
async function answered<T>(
  { ask, asks }: { ask: number; asks: Map<number, AbortController> },
  question: (signal: AbortSignal) => Promise<T> | undefined,
): Promise<T | undefined> {
  const controller = new AbortController();
  asks.set(ask, controller);
  try {
    return await question(controller.signal);
  } catch {
    return undefined;
  } finally {
    asks.delete(ask);
  }
}

async function answer(
  { ask, profile, reason, kind }: Extract<FromSupervisor, { type: 'ask' }>,
  asks: Map<number, AbortController>,
  passwords: PasswordProvider,
  send: (message: ToSupervisor) => void,
): Promise<void> {
  const password = await answered({ ask, asks }, (signal) =>
    reason === 'known'
      ? passwords.get(profile, kind)
      : passwords.request(profile, reason, signal, kind),
  );
  send({ type: 'answer', ask, password });
}

async function answerSsh(
  { ask, profile, question }: Extract<FromSupervisor, { type: 'askSsh' }>,
  asks: Map<number, AbortController>,
  { sshAnswers }: Pick<HostServices, 'sshAnswers'>,
  send: (message: ToSupervisor) => void,
): Promise<void> {
  const given = await answered({ ask, asks }, (signal) =>
    sshAnswers?.answer(profile, question, signal),
  );
  send({ type: 'answerSsh', ask, answer: given ?? 'nobody' });
}
