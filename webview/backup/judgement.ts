import * as l10n from '@vscode/l10n';
import { evaluateBackup } from '../../src/core/forms/backup/backupForm';
import { isClusterBackup } from '../../src/core/forms/backup/clusterBackup';
import type { BackupContext } from '../../src/core/forms/form/context';
import type { FormEvaluation } from '../../src/core/forms/form/formTypes';
import { backupCommand, NO_COMMAND, type ShownCommand } from '../../src/core/plans/preview';
import { toolForScope } from '../../src/core/pgtools/args/dumpallArgs';
import { backupToolOptions } from '../../src/core/forms/toolOptions/checkToolOptions';
import type { ToolOptionField } from '../../src/core/forms/toolOptions/toolOptions';
import type { ConnectionState } from '../../src/protocol/types';
import { hasNaN, withHostProblems } from '../shared/form/pageTools';
import { isNothingTicked, objectsMode } from './objectModes';
import type { BackupState } from './state';

/** What follows from a state by the form model's rules. */
export interface BackupJudgement {
  /** What is known of the connection that is chosen now. */
  connection: ConnectionState | null;
  evaluation: FormEvaluation<string>;
  /** Options of the tool that will run. */
  toolFields: ToolOptionField[];
  command: ShownCommand;
}

type Judged = Pick<
  BackupState,
  'options' | 'connections' | 'connection' | 'objectsMode' | 'hostProblems' | 'extraError'
>;

/** Pure, and not cheap in a large database: ask once for a state. */
export function judgeBackup(state: Judged): BackupJudgement {
  const { options, connections, hostProblems, extraError } = state;
  const connection =
    state.connection?.connectionId === options.connectionId ? state.connection : null;
  const context: BackupContext = {
    connection: connections.find(({ id }) => id === options.connectionId) ?? null,
    server: connection?.server ?? null,
    catalog: connection?.catalog ?? null,
    tool: connection?.tool ?? null,
  };
  const { fields, problems, summary } = evaluateBackup(options, context);
  const all = withHostProblems<string>(problems, hostProblems);
  if (extraError !== null) all.push({ field: 'extraArgs', severity: 'error', message: extraError });
  const target = {
    file: connection?.tool?.file ?? toolForScope(options.scope),
    connectionArgs: connection?.connectionArgs ?? [],
  };
  const mode = objectsMode(options, context.catalog, state.objectsMode);
  const nothing = !isClusterBackup(options) && isNothingTicked(mode, options);
  if (nothing) {
    const message = l10n.t('Nothing is ticked. Tick what to back up, or choose “Everything”.');
    all.push({ field: 'tables', severity: 'error', message });
  }
  // Text that is no number (yet) is none of a command's arguments.
  const command = hasNaN(options) || nothing ? NO_COMMAND : backupCommand(options, context, target);
  const toolFields = backupToolOptions(options, context);
  return {
    connection,
    evaluation: { fields, problems: all, summary: nothing ? [] : summary },
    toolFields,
    command,
  };
}
