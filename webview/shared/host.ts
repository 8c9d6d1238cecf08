import { messageOfText } from '../../src/protocol/messageText';
import { type Channel, type EventMap, type RequestMap, RpcClient } from '../../src/protocol/rpc';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code gives it once per page. It stays in this module, so all messages pass here. */
const api = acquireVsCodeApi();

const channel: Channel = {
  post: (message) => api.postMessage(message),
  listen: (receive) => {
    const listener = (event: MessageEvent<unknown>): void => receive(messageOfText(event.data));
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

/** Keeps the user's input over a reload of the window. It never contains a secret. */
export function saveState(state: unknown): void {
  api.setState(state);
}
