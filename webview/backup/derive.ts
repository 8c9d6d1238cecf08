import { isClusterBackup } from '../../src/core/model/options';
import { estimateBackup } from '../../src/core/forms/backup/backupEstimate';
import { dumpedDatabases, estimateCluster } from '../../src/core/forms/backup/clusterEstimate';
import { evaluateBackup } from '../../src/core/forms/backup/backupForm';
import { dumpContents } from '../../src/core/forms/backup/dumpContents';
import type { BackupContext } from '../../src/core/forms/form/context';
import { deriveBackup } from '../../src/core/forms/selection/derivedBackup';
import type { ObjectSelection } from '../../src/core/forms/selection/objectSelection';
import { backupCommand, NO_COMMAND } from '../../src/core/plans/preview';
import { expectedText } from '../../src/core/text/estimateText';
import { toolForScope } from '../../src/core/pgtools/args/dumpallArgs';
import { backupToolOptions } from '../../src/core/forms/toolOptions/checkToolOptions';
import type { FormDerived } from '../shared/form/formState';
import { allProblems, currentConnection, hasNaN } from '../shared/form/pageTools';
import type { BackupState } from './state';

/** Values that the form model derives from a state. */
export interface BackupDerivedState extends FormDerived {
  /** The selected objects; null while the objects are unknown. */
  objects: ObjectSelection | null;
  /** Is pg_dump limited to some of them? */
  filtered: boolean;
}

export type BackupInputs = Pick<
  BackupState,
  | 'options'
  | 'selection'
  | 'connections'
  | 'connection'
  | 'objects'
  | 'estimateFacts'
  | 'hostProblems'
  | 'extraError'
>;

/** The part of a state that the derived values depend on. */
export function inputsOf(state: BackupState): BackupInputs {
  const { options, selection, connections, connection, objects } = state;
  const { estimateFacts, hostProblems, extraError } = state;
  const known = { options, selection, connections, connection, objects };
  return { ...known, estimateFacts, hostProblems, extraError };
}

/** Pure, and not cheap in a large database: ask once for a state. */
export function deriveState(state: BackupInputs): BackupDerivedState {
  const { options, connections, selection } = state;
  const connection = currentConnection(state);
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
  const target = {
    file: connection?.tool?.file ?? toolForScope(options.scope),
    connectionArgs: connection?.connectionArgs ?? [],
  };
  return {
    connection,
    evaluation: {
      fields,
      problems: allProblems(problems, state),
      summary: [...summary, ...expectation(state, derived.objects)],
    },
    objects: derived.objects,
    filtered: derived.filtered,
    toolFields: backupToolOptions(options, context, derived),
    // Text that is not a number (yet) cannot be an argument.
    command: hasNaN(options) ? NO_COMMAND : backupCommand(options, context, target, derived),
  };
}

/** What the backup will take, in a sentence; [] while too little is known of it. */
function expectation(
  { options, estimateFacts }: BackupInputs,
  objects: ObjectSelection | null,
): string[] {
  const { connectionId, database } = options;
  if (estimateFacts === null || hasNaN(options)) return [];
  if (estimateFacts.connectionId !== connectionId || estimateFacts.database !== database) return [];
  const { databases, facts } = estimateFacts;
  if (isClusterBackup(options)) {
    const dumped = databases && dumpedDatabases(options, databases);
    return dumped ? [expectedText(estimateCluster(options, dumped, facts))] : [];
  }
  if (objects === null || databases !== null) return [];
  const contents = dumpContents(options, objects);
  return [expectedText(estimateBackup(options, contents, facts))];
}
