import type { ProblemAction } from '../../protocol/types';
import type { ConnectionCommands } from './connectionCommands';
import type { ToolCommands } from './toolCommands';
import type { OutputLog } from '../ui/outputLog';

/** Runs the action of a problem's button. `retry` and what needs the file are handled where the
 * button is shown. */
export function problemActions(
  connections: ConnectionCommands,
  tools: ToolCommands,
  log: OutputLog,
): (action: ProblemAction, connectionId: string | null) => Promise<void> {
  return async (action, connectionId) => {
    switch (action) {
      case 'setPassword':
        return connections.setPassword(connectionId ?? undefined);
      case 'editConnections':
        return connections.edit(connectionId ?? undefined);
      case 'addConnection':
        return connections.add();
      case 'chooseToolsFolder':
        return tools.chooseFolder();
      case 'installTools':
        return tools.install();
      case 'chooseContainer':
        return connections.chooseContainer(connectionId ?? undefined);
      case 'showOutput':
        return log.show();
      case 'openSsh':
        return connections.openSsh(connectionId ?? undefined);
      case 'openArchiveBeside':
      case 'retry':
        return;
    }
  };
}
