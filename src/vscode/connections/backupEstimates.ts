import { historyDir } from '../../core/jobs/supervisor/store/storeDir';
import type { DatabaseCatalog } from '../../core/model/catalog';
import { NO_ROW_FACTS, type PastRun, type RowFacts } from '../../core/model/estimates/estimate';
import type { BackupPlace } from '../../core/forms/backup/backupProfiles';
import type { BackupOptions, BackupScope } from '../../core/model/options';
import type { ConnectionProfile } from '../../core/model/profile';
import type { EstimateFactsSent } from '../../protocol/backupApi';
import type { Settings } from '../settings/settings';
import type { ConnectionService } from './connectionService';

/** Milliseconds until an estimate does without the sizes of all databases. */
const LOOK_TIMEOUT_MS = 10_000;

/** What the form's estimate of a backup is made from, beside its options and the catalog. */
export class BackupEstimates {
  /** The rows of a catalog's tables are looked at once. */
  private readonly looked = new WeakMap<DatabaseCatalog, Promise<RowFacts>>();
  private readonly historyDir: string;

  constructor(
    private readonly settings: Settings,
    private readonly connections: ConnectionService,
    storeDir: string,
  ) {
    this.historyDir = historyDir(storeDir);
  }

  /**
   * Empty where the server is not known yet: nothing is asked of the user for an estimate's sake.
   *
   * @throws AppError `connectionUnknown`, as `ConnectionService.ask`
   */
  async facts(
    connectionId: string,
    database: string | null,
    scope: BackupScope,
  ): Promise<EstimateFactsSent | null> {
    const profile = this.settings.connection(connectionId);
    const wanted = { connectionId, database, scope, refresh: false };
    const { server, catalog } = await this.connections.stateForBackup(wanted);
    if (server === null) return null;
    if (scope === 'server') return this.ofServer(profile);
    if (catalog === null) return null;
    const history = await this.history(profile, 'databases', server.database);
    let known = this.looked.get(catalog);
    if (!known) {
      // Without samples the sizes of the tables have to do.
      known = this.look(connectionId, database, catalog).catch(() => NO_ROW_FACTS);
      this.looked.set(catalog, known);
    }
    const rows = await known;
    return {
      ...history,
      databases: null,
      samples: [...rows.samples].map(([table, sample]) => ({ table, ...sample })),
      largeObjectBytes: rows.largeObjectBytes,
      plainObjectBytes: rows.plainObjectBytes,
    };
  }

  /** What a profile has to know of link and disk. Asks no server. */
  async place({
    connectionId,
    outputPath,
  }: Pick<BackupOptions, 'connectionId' | 'outputPath'>): Promise<BackupPlace> {
    const profile = this.settings.connections().find(({ id }) => id === connectionId);
    const { linkRate } = await import('../../core/forms/backup/linkRate');
    const { freeBytesFor } = await import('../../core/files/freeSpace');
    const runs = profile === undefined ? [] : await this.runs(profile, 'databases');
    const target = outputPath === '' ? this.settings.backupDirectory() : outputPath;
    return { linkRate: linkRate(runs), freeBytes: await freeBytesFor(target) };
  }

  private async ofServer(profile: ConnectionProfile): Promise<EstimateFactsSent | null> {
    // As below: its command would run once more.
    if (profile.passwordCommand !== undefined) return null;
    const { readDumpedDatabases } = await import('../../core/catalog/serverInfo');
    const databases = await this.connections.ask(profile, undefined, (psql, target) =>
      readDumpedDatabases(psql, target, { timeoutMs: LOOK_TIMEOUT_MS }),
    );
    const { WHOLE_SERVER } = await import('../../core/forms/backup/clusterEstimate');
    const history = await this.history(profile, 'servers', WHOLE_SERVER);
    return { ...history, databases, samples: [], largeObjectBytes: null };
  }

  /** The last runs on this server, and the key of those of one database. */
  private async history(
    profile: ConnectionProfile,
    of: 'databases' | 'servers',
    database: string,
  ): Promise<Pick<EstimateFactsSent, 'runs' | 'database'>> {
    const { databaseKey } = await import('../../core/jobs/progress/estimate/sameRun');
    return { runs: await this.runs(profile, of), database: databaseKey(database) };
  }

  private async runs(profile: ConnectionProfile, of: 'databases' | 'servers'): Promise<PastRun[]> {
    const { readRuns } = await import('../../core/jobs/progress/estimate/runHistory');
    const { runsKey } = await import('../../core/jobs/progress/estimate/sameRun');
    return readRuns(this.historyDir, runsKey(profile, of));
  }

  private async look(
    connectionId: string,
    database: string | null,
    catalog: DatabaseCatalog,
  ): Promise<RowFacts> {
    const samples = await import('../../core/jobs/progress/server/tableSamples');
    const { PsqlSession } = await import('../../core/catalog/psqlSession');
    const tables = catalog.relations.filter(({ kind }) => kind === 'table');
    const contents = { tables, largeObjects: catalog.largeObjects };
    if (!samples.isWorthALook(contents)) return NO_ROW_FACTS;
    const profile = this.settings.connection(connectionId);
    // The command would run once more, which may cost the user a fingerprint.
    if (profile.passwordCommand !== undefined) return NO_ROW_FACTS;
    return this.connections.ask(profile, database ?? undefined, async (psql, target) => {
      const session = new PsqlSession(psql, target);
      try {
        return await samples.readRowFacts(session, contents);
      } finally {
        await session.end();
      }
    });
  }
}
