import path from 'node:path';
import type { Preflight } from '../../src/core/model/findings/findings';
import type { CaseConnection, Door } from '../support/disasters/disaster';
import { api, scratchDir, setConnections } from './support';

/** Cases go through the command API, as another extension would use it. */
export async function apiDoor(): Promise<Door> {
  const { dir, remove } = await scratchDir();
  const connections = new Map<string, CaseConnection>();
  return {
    path: (name) => path.join(dir, name),
    connect: async (connection) => {
      const known = JSON.stringify(connections.get(connection.id));
      if (known === JSON.stringify(connection)) return;
      connections.set(connection.id, connection);
      await setConnections([...connections.values()]);
    },
    backup: (options) => api.createBackup({ options }),
    preflight: (options): Promise<Preflight> => api.preflight({ options }),
    restore: (options) => api.restoreBackup({ options, confirmed: true }),
    dispose: remove,
  };
}
