import * as l10n from '@vscode/l10n';
import type { ServerDatabase } from '../../core/catalog/readDatabases';
import { formatBytes } from '../../core/text/formatBytes';
import type { ConnectionSummary } from '../../protocol/types';
import { joinForScreenReader, joinWithDots, RESULT_COLORS, type ViewItem } from './viewItem';

/** A database below its connection; `isOwn`: the one that the connection itself names. */
export function databaseItem(
  connection: ConnectionSummary,
  { name, bytes }: ServerDatabase,
  isOwn: boolean,
): ViewItem {
  const size = bytes === null ? '' : formatBytes(bytes);
  const own = isOwn ? l10n.t("the connection's own") : '';
  return {
    id: `database:${connection.id}:${name}`,
    label: name,
    description: joinWithDots(size, own),
    tooltip: [name, size, connection.address].filter((line) => line !== ''),
    icon:
      connection.environment === 'production'
        ? { id: 'database', color: RESULT_COLORS.bad }
        : { id: 'database' },
    contextValue: connection.readOnly ? 'database' : 'database writable',
    screenReaderText: joinForScreenReader(name, size, own),
    children: false,
  };
}

/** The row that says why the databases are unknown. */
export function databasesFailedItem(connectionId: string, message: string): ViewItem {
  return {
    id: `failed:${connectionId}`,
    label: message,
    description: '',
    tooltip: [message],
    icon: { id: 'error', color: RESULT_COLORS.bad },
    contextValue: 'databasesFailed',
    screenReaderText: message,
    children: false,
  };
}
