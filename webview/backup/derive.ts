import { evaluateBackup } from '../../src/core/forms/backup/backupForm';
import type { BackupContext } from '../../src/core/forms/form/context';
import { deriveBackup } from '../../src/core/forms/selection/derivedBackup';
import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import type { FormEvaluation } from '../../src/core/forms/form/formTypes';
import { backupCommand, NO_COMMAND, type ShownCommand } from '../../src/core/plans/preview';
import { toolForScope } from '../../src/core/pgtools/args/dumpallArgs';
import { backupToolOptions } from '../../src/core/forms/toolOptions/checkToolOptions';
import type { ToolOptionField } from '../../src/core/forms/toolOptions/toolOptions';
import type { ConnectionState } from '../../src/protocol/types';
import { hasNaN, withHostProblems } from '../shared/form/pageTools';
import type { BackupState } from './state';

/** What follows from a state by the form model's rules. */
export interface BackupDerivedState {
  /** What is known of the connection that is chosen now. */
  connection: ConnectionState | null;
  evaluation: FormEvaluation<string>;
  /** What is selected of which objects; null while these are not known. */
  objects: ObjectSelection | null;
  /** Is pg_dump limited to some of them? */
  filtered: boolean;
  /** Options of the tool that will run. */
  toolFields: ToolOptionField[];
  command: ShownCommand;
}

export type BackupInputs = Pick<
  BackupState,
  'options' | 'selection' | 'connections' | 'connection' | 'objects' | 'hostProblems' | 'extraError'
>;

/** What of a state is derived from: the rest may change as it likes. */
export function inputsOf(state: BackupState): BackupInputs {
  const { options, selection, connections, connection, objects, hostProblems, extraError } = state;
  return { options, selection, connections, connection, objects, hostProblems, extraError };
}

/** Pure, and not cheap in a large database: ask once for a state. */
export function deriveState(state: BackupInputs): BackupDerivedState {
  const { options, connections, hostProblems, extraError, selection } = state;
  const connection =
    state.connection?.connectionId === options.connectionId ? state.connection : null;
  const context: BackupContext = {
    connection: connections.find(({ id }) => id === options.connectionId) ?? null,
    server: connection?.server ?? null,
    catalog: connection?.catalog ?? null,
    tool: connection?.tool ?? null,
  };
  const index = state.objects?.index ?? null;
  const known = index?.catalog === context.catalog ? { selection, index } : { selection };
  const derived = deriveBackup(options, context, known);
  const { fields, problems, summary } = evaluateBackup(options, context, derived);
  const all = withHostProblems<string>(problems, hostProblems);
  if (extraError !== null) all.push({ field: 'extraArgs', severity: 'error', message: extraError });
  const target = {
    file: connection?.tool?.file ?? toolForScope(options.scope),
    connectionArgs: connection?.connectionArgs ?? [],
  };
  return {
    connection,
    evaluation: { fields, problems: all, summary },
    objects: derived.objects,
    filtered: derived.filtered,
    toolFields: backupToolOptions(options, context, derived),
    // Text that is no number (yet) is none of a command's arguments.
    command: hasNaN(options) ? NO_COMMAND : backupCommand(options, context, target, derived),
  };
}
