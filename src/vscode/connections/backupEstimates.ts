import path from 'node:path';
import type { DatabaseCatalog } from '../../core/model/catalog';
import { NO_ROW_FACTS, type RowFacts } from '../../core/model/estimates/estimate';
import type { EstimateFactsSent } from '../../protocol/backupApi';
import type { Settings } from '../settings/settings';
import type { ConnectionService } from './connectionService';

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
    this.historyDir = path.join(storeDir, 'history');
  }

  /**
   * Empty where the server is not known yet: nothing is asked of the user for an estimate's sake.
   *
   * @throws AppError `connectionUnknown`, as `ConnectionService.ask`
   */
  async facts(connectionId: string, database: string | null): Promise<EstimateFactsSent | null> {
    const profile = this.settings.connection(connectionId);
    const state = await this.connections.stateForBackup({ connectionId, database, refresh: false });
    const { server, catalog } = state;
    if (server === null || catalog === null) return null;
    const { readRuns } = await import('../../core/jobs/progress/estimate/runHistory');
    const same = await import('../../core/jobs/progress/estimate/sameRun');
    const runs = await readRuns(this.historyDir, same.runsKey(profile));
    let known = this.looked.get(catalog);
    if (!known) {
      // Without samples the sizes of the tables have to do.
      known = this.look(connectionId, database, catalog).catch(() => NO_ROW_FACTS);
      this.looked.set(catalog, known);
    }
    const rows = await known;
    return {
      runs,
      database: same.databaseKey(server.database),
      samples: [...rows.samples].map(([table, sample]) => ({ table, ...sample })),
      largeObjectBytes: rows.largeObjectBytes,
    };
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
