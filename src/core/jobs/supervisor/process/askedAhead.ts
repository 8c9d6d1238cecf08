import { isClusterBackup } from '../../../model/options';
import { OpenPsql } from '../../../catalog/psql';
import { readServerInfo } from '../../../catalog/serverInfo';
import { knownPassphrase } from '../../../connections/passwords';
import { buildConnection, type LibpqConnection } from '../../../connections/libpq';
import type { ConnectionProfile } from '../../../model/profile';
import type { JobRequest, StartMessage } from '../messages';
import { applicationNameOf, type FirstAnswer, type FirstAnswered } from '../../job/jobContext';
import { connectTimeout, newestPsql, QUERY_TIMEOUT_MS } from '../../job/jobConnection';
import { maintenanceDatabases } from '../../job/maintenanceDatabases';

/** Milliseconds for which an answer counts as one of now: a job may have waited for its turn since. */
const FRESH_MS = 3000;

/**
 * The job's first question to its server, asked while the job is still being recorded: psql takes
 * as long for it as all that comes before. It is what the job would ask, or it is not used.
 */
export class AskedAhead implements FirstAnswer {
  private readonly at = performance.now();
  private readonly stop = new AbortController();
  private readonly question: string;
  private answer: Promise<FirstAnswered> | null = null;
  private taken = false;

  private constructor(psql: string, target: LibpqConnection) {
    this.question = questionOf(psql, target);
    // A job that waits for its turn holds no connection.
    const forget = (): void => {
      if (!this.taken) this.dismiss();
    };
    setTimeout(forget, FRESH_MS).unref();
  }

  /**
   * Asks, where that is for nobody to notice: not through a tunnel, which the job opens; not where a
   * program prints the password, or the tools are elsewhere. Resolves when the question is on its way;
   * null = not asked. Never rejects.
   */
  static async of(start: StartMessage): Promise<AskedAhead | null> {
    try {
      const { tools, inherited, limits, runId, password, keyPassphrase, profiles } = start;
      const { request } = start.request;
      const profile = profiles.find(({ id }) => id === request.options.connectionId);
      if (profile === undefined || tools.inside !== undefined) return null;
      if (profile.ssh !== undefined || profile.passwordCommand !== undefined) return null;
      const database = firstDatabase(start.request, profile, inherited);
      if (database === null) return null;
      const stored = { get: async () => keyPassphrase ?? undefined };
      const target = buildConnection(profile, {
        password: password ?? undefined,
        keyPassphrase: await knownPassphrase(profile, stored, inherited),
        renewPassword: undefined,
        database,
        applicationName: applicationNameOf(runId),
        inherited,
        connectTimeoutSeconds: connectTimeout(limits),
        tunnel: undefined,
        inside: undefined,
      });
      const psql = newestPsql(tools);
      const ahead = new AskedAhead(psql, target);
      await ahead.ask(psql, target, asksAgain(start.request));
      return ahead;
    } catch {
      // The job itself finds out what is wrong, and says so.
      return null;
    }
  }

  /** With `staysOpen`, psql waits for further questions. Resolves when it has been started. */
  private async ask(psql: string, target: LibpqConnection, staysOpen: boolean): Promise<void> {
    const options = { signal: this.stop.signal, timeoutMs: QUERY_TIMEOUT_MS, withSize: false };
    const open = await OpenPsql.start(psql, target, options);
    this.answer = readServerInfo(psql, target, { ...options, on: open }).then(async (server) => {
      if (staysOpen) return { server, open };
      await open.end();
      return { server, open: null };
    });
    // Whoever uses the answer hears of it.
    this.answer.catch(() => undefined);
  }

  take(psql: string, target: LibpqConnection, signal: AbortSignal): Promise<FirstAnswered> | null {
    const { answer } = this;
    const same = questionOf(psql, target) === this.question;
    const isFresh = performance.now() - this.at <= FRESH_MS;
    // What was dismissed answers that it was cancelled, which would end the job.
    const { aborted } = this.stop.signal;
    if (answer === null || this.taken || aborted || !same || !isFresh) return null;
    this.taken = true;
    const dismiss = (): void => this.dismiss();
    signal.addEventListener('abort', dismiss, { once: true });
    if (signal.aborted) this.dismiss();
    // From then on the psql belongs to the job: what it is asked next may have to come to its end.
    return answer.finally(() => signal.removeEventListener('abort', dismiss));
  }

  /** Ends the psql that asks, if it still does. */
  dismiss(): void {
    this.stop.abort();
  }
}

/** Does the job have more to ask by the same connection? */
function asksAgain({ kind, request: { options } }: JobRequest): boolean {
  return kind === 'backup' || ('createDatabase' in options && options.createDatabase);
}

/** The database that the job connects to first, undefined = the connection's own; null = not known. */
function firstDatabase(
  { kind, request: { options } }: JobRequest,
  profile: ConnectionProfile,
  inherited: StartMessage['inherited'],
): string | undefined | null {
  if (kind === 'verify') return null;
  if ('targetDatabase' in options) {
    const { createDatabase, targetDatabase } = options;
    if (!createDatabase) return targetDatabase ?? undefined;
    return maintenanceDatabases(profile, targetDatabase, inherited)[0];
  }
  if (!('outputPath' in options) || isClusterBackup(options)) return null;
  return options.database ?? undefined;
}

function questionOf(psql: string, { args, env }: LibpqConnection): string {
  return JSON.stringify([psql, args, Object.entries(env).sort()]);
}
