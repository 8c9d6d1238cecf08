import type { ConnectionService } from '../connections/connectionService';

/** A connection with its database, null = its own, as a question names them. */
export function targetLabel(
  connections: Pick<ConnectionService, 'labelOf' | 'databaseName'>,
  connectionId: string,
  database: string | null,
): string {
  const name = database ?? connections.databaseName(connectionId) ?? '';
  const label = connections.labelOf(connectionId);
  return name === '' ? label : `${label} (${name})`;
}
