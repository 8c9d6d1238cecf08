import { readServerInfo } from '../../../catalog/serverInfo';
import { buildConnection, type LibpqConnection } from '../../../connections/libpq';
import { isClusterBackup } from '../../../forms/backup/clusterBackup';
import type { ServerInfo } from '../../../model/catalog';
import type { ConnectionProfile } from '../../../model/profile';
import type { JobRequest, StartMessage } from '../messages';
import { applicationNameOf, type FirstAnswer } from '../../job/jobContext';
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
  private answer: Promise<ServerInfo> | null;

  private constructor(psql: string, target: LibpqConnection) {
    this.question = questionOf(psql, target);
    const options = { signal: this.stop.signal, timeoutMs: QUERY_TIMEOUT_MS };
    this.answer = readServerInfo(psql, target, options);
    // Whoever uses the answer hears of it.
    this.answer.catch(() => undefined);
  }

  /**
   * Asks, where that is for nobody to notice: not through a tunnel, which the job opens; not where a
   * program prints the password, or the tools are elsewhere. null = not asked. Never throws.
   */
  static of(start: StartMessage): AskedAhead | null {
    try {
      const { tools, inherited, limits, runId, password, keyPassphrase, profiles } = start;
      const { request } = start.request;
      const profile = profiles.find(({ id }) => id === request.options.connectionId);
      if (profile === undefined || tools.inside !== undefined) return null;
      if (profile.ssh !== undefined || profile.passwordCommand !== undefined) return null;
      const database = firstDatabase(start.request, profile, inherited);
      if (database === null) return null;
      const target = buildConnection(profile, {
        password: password ?? undefined,
        keyPassphrase: keyPassphrase ?? undefined,
        renewPassword: undefined,
        database,
        applicationName: applicationNameOf(runId),
        inherited,
        connectTimeoutSeconds: connectTimeout(limits),
        tunnel: undefined,
        inside: undefined,
      });
      return new AskedAhead(newestPsql(tools), target);
    } catch {
      // The job itself finds out what is wrong, and says so.
      return null;
    }
  }

  take(psql: string, target: LibpqConnection, signal: AbortSignal): Promise<ServerInfo> | null {
    const { answer } = this;
    const same = questionOf(psql, target) === this.question;
    if (answer === null || !same || performance.now() - this.at > FRESH_MS) return null;
    this.answer = null;
    signal.addEventListener('abort', () => this.dismiss(), { once: true });
    if (signal.aborted) this.dismiss();
    return answer;
  }

  /** Ends the psql that asks, if it still does. */
  dismiss(): void {
    this.stop.abort();
  }
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
