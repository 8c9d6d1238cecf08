import * as l10n from '@vscode/l10n';
import { isClusterScript } from '../../src/core/forms/restore/clusterRestore';
import type { Preflight } from '../../src/core/model/findings/findings';
import { verdictText } from '../../src/core/text/findings/verdictText';
import type { RestoreEvents, RestoreRequests } from '../../src/protocol/restoreApi';
import type { RpcClient } from '../../src/protocol/rpc';
import { currentConnection } from '../shared/form/pageTools';
import { LatestRequest } from '../shared/latestRequest';
import { NO_PREFLIGHT, type PreflightState, type RestoreState } from './state';

/** Milliseconds after the last change before file and target are checked again. */
const SETTLE_MS = 400;

/** What the checks need from their page. */
export interface PreflightPage {
  state: () => RestoreState;
  /** Is what was chosen done already, so that nothing has to be said ahead of it? */
  isDone: () => boolean;
  show: (preflight: PreflightState) => void;
  expect: (expected: RestoreState['expected']) => void;
  /** Announces a text to screen readers. */
  say: (text: string) => void;
}

/** Checks the restore in the background after each change of the options, one check at a time. */
export class PreflightLooks {
  private readonly looks = new LatestRequest();
  private readonly estimates = new LatestRequest();

  constructor(
    private readonly host: Pick<RpcClient<RestoreRequests, RestoreEvents>, 'request'>,
    private readonly page: PreflightPage,
  ) {}

  look(delayMs = SETTLE_MS): void {
    const state = this.page.state();
    this.estimate(state, delayMs);
    this.looks.cancel();
    if (this.page.isDone() || !isReady(state) || isClusterScript(state.input.info)) {
      if (state.preflight !== NO_PREFLIGHT) this.page.show(NO_PREFLIGHT);
      return;
    }
    // The earlier findings stay until there are new ones, and are marked as such.
    this.page.show({ ...state.preflight, looking: true, failed: null });
    const { options } = state;
    this.looks.ask(
      (signal) => this.host.request('preflight/look', { options }, signal),
      (result) => this.found(result),
      ({ message }) => this.failed(message),
      delayMs,
    );
  }

  /** The form waits for no estimate, and tells nothing of one that failed. */
  private estimate(state: RestoreState, delayMs: number): void {
    this.estimates.cancel();
    if (!isReady(state)) return;
    const { options } = state;
    this.estimates.ask(
      (signal) => this.host.request('estimate/look', { options }, signal),
      (estimate) => this.page.expect(estimate && { options, estimate }),
      () => this.page.expect(null),
      delayMs,
    );
  }

  private found(result: Preflight | null): void {
    this.page.show({ result, looking: false, failed: null });
    if (result !== null) this.page.say(verdictText(result.verdict));
  }

  private failed(message: string): void {
    this.page.show({ result: null, looking: false, failed: message });
    this.page.say(l10n.t('What this restore will do is not known.'));
  }
}

/** Are both the file and the server known? */
function isReady(state: RestoreState): boolean {
  const { input, options, connections } = state;
  const chosen = connections.find(({ id }) => id === options.connectionId);
  const answered = currentConnection(state)?.server ?? null;
  const known = input.path === options.inputPath && input.info !== null;
  return known && answered !== null && chosen !== undefined && chosen.unused !== true;
}
