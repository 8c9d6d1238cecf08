import type { ChildProcess } from 'node:child_process';
import type { PasswordProvider } from '../../../connections/passwords';
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
import type { RemoteJob } from './remoteJob';

/** What a window gives to supervisors, and answers while it lives. */
export interface HostServices {
  connections: {
    /** Throws `connectionUnknown` or `connectionInvalid`. */
    get(id: string): ConnectionProfile;
    /** All that a job could need. */
    all(): readonly ConnectionProfile[];
  };
  passwords: PasswordProvider;
  /** The client tools on this machine; may be answered from a cache. */
  tools: { find(): Promise<ToolSearch> };
  /** The host's environment, of which tools get what `buildConnection` lets through. */
  inherited: Readonly<Record<string, string | undefined>>;
  /** Read anew for each job. */
  limits(): JobLimits;
}

export interface Launched {
  /** Resolves when the process has ended, or this window let go of it; with why it never began. */
  gone: Promise<AppError>;
  /** Does it know what to do? Before that it does nothing, and ends with the window. */
  isTold(): boolean;
}

/**
 * Tells a supervisor what to do. Everything goes through a pipe: arguments and environment can be
 * read by others, and a file might stay. `letGo`: this window ends.
 */
export function launch(
  child: ChildProcess,
  storeDir: string,
  job: RemoteJob,
  request: JobRequest,
  services: HostServices,
  letGo: AbortSignal,
): Launched {
  const send = (message: ToSupervisor): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  let reason: unknown;
  const abandon = (why: unknown): void => {
    reason ??= why;
    if (child.connected) child.disconnect();
  };
  const asks = new Map<number, AbortController>();
  child.on('message', (message) => {
    const received = message as FromSupervisor;
    if (received.type === 'ask') void answer(received, asks, services.passwords, send);
    else if (received.type === 'withdraw') asks.get(received.ask)?.abort();
    else if (received.type === 'accepted') {
      void services.passwords.accepted(received.profile).catch(() => undefined);
    } else job.receive(received);
  });
  const gone = new Promise<AppError>((resolve) => {
    const end = (code: number | null, signal: string | null): void => {
      letGo.removeEventListener('abort', leave);
      for (const controller of asks.values()) controller.abort();
      const how = signal ?? `exit code ${code}`;
      reason ??= new AppError('internal', { text: `the job's supervisor has ended (${how})` });
      resolve(asAppError(reason));
    };
    child.once('error', (error) => {
      reason ??= error;
      end(null, null);
    });
    child.once('exit', end);
    const leave = (): void => {
      abandon(new AppError('cancelled', {}));
      end(null, null);
    };
    letGo.addEventListener('abort', leave, { once: true });
  });
  let told = false;
  void startMessage(storeDir, job, request, services).then((message) => {
    if (!child.connected) return;
    send(message);
    told = true;
  }, abandon);
  return { gone, isTold: () => told };
}

async function startMessage(
  storeDir: string,
  job: RemoteJob,
  request: JobRequest,
  services: HostServices,
): Promise<StartMessage> {
  const { connectionId } = request.request.options;
  // `connectionInvalid` has more to say than that there is none.
  const own = connectionId === undefined ? null : services.connections.get(connectionId);
  const [tools, password] = await Promise.all([
    services.tools.find(),
    own === null ? undefined : services.passwords.get(own),
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
    passwords: own && password !== undefined ? { [own.id]: password } : {},
    tools,
    inherited: services.inherited,
    limits: services.limits(),
  };
}

async function answer(
  { ask, profile, reason }: Extract<FromSupervisor, { type: 'ask' }>,
  asks: Map<number, AbortController>,
  passwords: PasswordProvider,
  send: (message: ToSupervisor) => void,
): Promise<void> {
  const controller = new AbortController();
  asks.set(ask, controller);
  let password: string | undefined;
  try {
    password =
      reason === 'known'
        ? await passwords.get(profile)
        : await passwords.request(profile, reason, controller.signal);
  } catch {
    // As good as none.
  }
  asks.delete(ask);
  send({ type: 'answer', ask, password });
}
