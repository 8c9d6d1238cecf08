import { isClusterScript } from '../../src/core/forms/restore/clusterRestore';
import type { Preflight } from '../../src/core/model/findings/findings';
import { verdictText } from '../../src/core/text/findingText';
import type { RestoreEvents, RestoreRequests } from '../../src/protocol/restoreApi';
import type { RpcClient } from '../../src/protocol/rpc';
import { currentConnection } from '../shared/form/pageTools';
import { LatestRequest } from '../shared/latestRequest';
import { NO_PREFLIGHT, type PreflightState, type RestoreState } from './state';

/** Wait this long after the last change before file and target are looked at anew. */
const SETTLE_MS = 400;

/** What looks need of their page. */
export interface PreflightPage {
  state: () => RestoreState;
  show: (preflight: PreflightState) => void;
  /** Tells screen readers, in their own time. */
  say: (text: string) => void;
}

/** Looks ahead whenever what is asked for has changed: in the background, one look at a time. */
export class PreflightLooks {
  private readonly looks = new LatestRequest();

  constructor(
    private readonly host: Pick<RpcClient<RestoreRequests, RestoreEvents>, 'request'>,
    private readonly page: PreflightPage,
  ) {}

  look(delayMs = SETTLE_MS): void {
    const state = this.page.state();
    this.looks.cancel();
    if (!isReady(state)) {
      if (state.preflight !== NO_PREFLIGHT) this.page.show(NO_PREFLIGHT);
      return;
    }
    // What was found before is shown until something else is known.
    this.page.show({ ...state.preflight, looking: true });
    const { options } = state;
    this.looks.ask(
      (signal) => this.host.request('preflight/look', { options }, signal),
      (result) => this.found(result),
      () => this.found(null),
      delayMs,
    );
  }

  private found(result: Preflight | null): void {
    this.page.show({ result, looking: false });
    if (result !== null) this.page.say(verdictText(result.verdict));
  }
}

/** Is there a file and a server to look at? */
function isReady(state: RestoreState): boolean {
  const { input, options, connections } = state;
  const chosen = connections.find(({ id }) => id === options.connectionId);
  const answered = currentConnection(state)?.server ?? null;
  const known = input.path === options.inputPath && input.info !== null;
  return (
    known &&
    !isClusterScript(input.info) &&
    answered !== null &&
    chosen !== undefined &&
    chosen.unused !== true
  );
}
