/** Messages over a channel that both ends share: a page's `postMessage` on one side, the panel's on the other. */
export interface Channel {
  post(message: unknown): void;
  /** Returns a function that stops listening. */
  listen(receive: (message: unknown) => void): () => void;
}

/** method -> [parameters, result] */
export type RequestMap<T> = { [M in keyof T]: [unknown, unknown] };
/** event -> payload */
export type EventMap<T> = { [E in keyof T]: unknown };

export type Handlers<R extends RequestMap<R>> = {
  [M in keyof R]: (params: R[M][0], signal: AbortSignal) => Promise<R[M][1]> | R[M][1];
};

/** Turns unknown parameters into known ones, or throws with a message that names the field. */
export type Decoders<R extends RequestMap<R>> = { [M in keyof R]: (params: unknown) => R[M][0] };

/** A request that the other end refused or could not carry out. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Envelope =
  | { type: 'request'; id: number; method: string; params: unknown }
  | { type: 'abort'; id: number }
  | { type: 'reply'; id: number; ok: true; value: unknown }
  | { type: 'reply'; id: number; ok: false; error: { code: string; message: string } }
  | { type: 'event'; event: string; payload: unknown };

function isEnvelope(message: unknown): message is Envelope {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  const { type } = message;
  if (type === 'event') return 'event' in message && typeof message.event === 'string';
  if (!('id' in message) || typeof message.id !== 'number') return false;
  if (type === 'request') return 'method' in message && typeof message.method === 'string';
  return type === 'abort' || type === 'reply';
}

/** The page's end, which sends requests. */
export class RpcClient<R extends RequestMap<R>, E extends EventMap<E>> {
  private nextId = 1;
  private readonly pending = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  private readonly listeners = new Map<keyof E, Set<(payload: never) => void>>();
  private readonly stop: () => void;

  constructor(private readonly channel: Channel) {
    this.stop = channel.listen((message) => this.receive(message));
  }

  /** Rejects with `RpcError` when the host refuses, fails or is disposed. */
  request<M extends keyof R & string>(
    method: M,
    ...[params, signal]: R[M][0] extends void ? [undefined?, AbortSignal?] : [R[M][0], AbortSignal?]
  ): Promise<R[M][1]> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      signal?.addEventListener('abort', () => this.channel.post({ type: 'abort', id }), {
        once: true,
      });
      this.channel.post({ type: 'request', id, method, params });
    });
  }

  on<K extends keyof E & string>(event: K, listener: (payload: E[K]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  dispose(): void {
    this.stop();
    for (const { reject } of this.pending.values()) {
      reject(new RpcError('disposed', 'The other end is gone.'));
    }
    this.pending.clear();
    this.listeners.clear();
  }

  private receive(message: unknown): void {
    if (!isEnvelope(message)) return;
    if (message.type === 'event') {
      for (const listener of this.listeners.get(message.event as keyof E) ?? []) {
        listener(message.payload as never);
      }
    } else if (message.type === 'reply') {
      const request = this.pending.get(message.id);
      this.pending.delete(message.id);
      if (message.ok) request?.resolve(message.value as never);
      else request?.reject(new RpcError(message.error.code, message.error.message));
    }
  }
}

/**
 * The host's end, which answers requests. It decodes every request and never throws into the
 * channel.
 */
export class RpcServer<R extends RequestMap<R>, E extends EventMap<E>> {
  private readonly running = new Map<number, AbortController>();
  private readonly stop: () => void;

  /** `describe` turns what a handler threw into what the page may read. */
  constructor(
    private readonly channel: Channel,
    private readonly handlers: Handlers<R>,
    private readonly decoders: Decoders<R>,
    private readonly describe: (error: unknown) => { code: string; message: string },
  ) {
    this.stop = channel.listen((message) => this.receive(message));
  }

  emit<K extends keyof E & string>(event: K, payload: E[K]): void {
    this.channel.post({ type: 'event', event, payload });
  }

  dispose(): void {
    this.stop();
    for (const controller of this.running.values()) controller.abort();
    this.running.clear();
  }

  private receive(message: unknown): void {
    if (!isEnvelope(message)) return;
    if (message.type === 'abort') this.running.get(message.id)?.abort();
    else if (message.type === 'request')
      void this.answer(message.id, message.method, message.params);
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      if (!Object.hasOwn(this.handlers, method)) {
        throw new RpcError('unknownMethod', `Unknown request: ${method}`);
      }
      const known = method as keyof R;
      const value = await this.handlers[known](this.decoders[known](params), controller.signal);
      this.channel.post({ type: 'reply', id, ok: true, value });
    } catch (error) {
      const errorPayload =
        error instanceof RpcError
          ? { code: error.code, message: error.message }
          : this.describe(error);
      this.channel.post({ type: 'reply', id, ok: false, error: errorPayload });
    } finally {
      this.running.delete(id);
    }
  }
}
