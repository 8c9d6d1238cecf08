import { type Channel, type EventMap, type RequestMap, RpcClient } from '../../src/protocol/rpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Can be had once a page only, and stays in this module: nothing else can talk to the host. */
const api = acquireVsCodeApi();

const channel: Channel = {
  post: (message) => api.postMessage(message),
  listen: (receive) => {
    const listener = (event: MessageEvent<unknown>): void => receive(event.data);
    window.addEventListener('message', listener);
    return () => window.removeEventListener('message', listener);
  },
};

/** The page's end of the typed messages. */
export function connectHost<R extends RequestMap<R>, E extends EventMap<E>>(): RpcClient<R, E> {
  return new RpcClient<R, E>(channel);
}

/** Persisted state, of any version of the page: validate before use. */
export function loadState(): unknown {
  return api.getState();
}

/** Keeps the user's entries over a reload of the window. Never a secret, nothing the host knows. */
export function saveState(state: unknown): void {
  api.setState(state);
}
