import path from 'node:path';
import { getBackupInfo } from '../../../src/core/archive/inspect/backupInfo';
import { readTargetFacts } from '../../../src/core/catalog/restore/readTargetFacts';
import { readServerInfo } from '../../../src/core/catalog/serverInfo';
import { buildConnection, type LibpqConnection } from '../../../src/core/connections/libpq';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import { lookAhead } from '../../../src/core/jobs/restore/ahead/lookAhead';
import type { Preflight } from '../../../src/core/model/findings/findings';
import type { RestoreOptions } from '../../../src/core/model/options';
import type { CaseConnection, CaseOptions, Door } from '../../support/disasters/disaster';
import type { ServerCoordinates } from '../../support/machine/server';
import { JobHarness } from '../harness/jobHarness';

const TIMEOUT = { timeoutMs: 20_000 };

/** Cases go straight to the core, with the tools of the server's own release. */
export async function coreDoor(server: ServerCoordinates): Promise<Door> {
  const jobs = await JobHarness.create([server.binDir]);
  const connections = new Map<string, CaseConnection>();
  const tool = path.join(server.binDir, 'psql');

  function reach(profile: CaseConnection, database: string | undefined): LibpqConnection {
    return buildConnection(profile, {
      password: server.password,
      database: database ?? profile.database ?? 'postgres',
      applicationName: 'pgbackup-look',
      inherited: { PATH: process.env['PATH'] },
      connectTimeoutSeconds: 10,
    });
  }

  async function preflight(given: CaseOptions): Promise<Preflight> {
    const options: RestoreOptions = { ...restoreDefaults(), ...given };
    const profile = connections.get(options.connectionId);
    if (profile === undefined) throw new Error(options.connectionId);
    const { environment = null, readOnly = false, host = '' } = profile;
    const own = reach(profile, undefined);
    const info = await getBackupInfo(options.inputPath);
    // A form does not know the version of a server that does not answer.
    const known = await readServerInfo(tool, own, TIMEOUT).catch(() => null);
    const { id } = profile;
    return lookAhead(options, info, {
      context: {
        connection: { id, label: id, environment, readOnly },
        ...{ server: known, info, tool: null },
      },
      host,
      readFacts: async (database, wanted) => {
        const there = known ?? (await readServerInfo(tool, own, TIMEOUT));
        const to = reach(profile, database ?? undefined);
        return readTargetFacts(tool, to, { ...wanted, server: there, profile }, TIMEOUT);
      },
    });
  }

  return {
    path: (name) => jobs.path(name),
    connect: async ({ id, database = 'postgres', ...more }) => {
      connections.set(id, { id, database, ...more });
      jobs.connect(id, server, database, more);
    },
    backup: (options) => jobs.backup(options),
    preflight,
    restore: async (options) => {
      const whole = { ...restoreDefaults(), ...options };
      return jobs.restore(whole, Object.keys(whole) as (keyof RestoreOptions)[]);
    },
    dispose: () => jobs.dispose(),
  };
}
