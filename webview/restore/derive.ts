import { isClusterScript, maintenanceDatabase } from '../../src/core/forms/restore/clusterRestore';
import type { RestoreContext } from '../../src/core/forms/form/context';
import { restoreCommand, NO_COMMAND } from '../../src/core/plans/preview';
import { restoreToolOptions } from '../../src/core/forms/toolOptions/checkToolOptions';
import { evaluateRestore } from '../../src/core/forms/restore/restoreForm';
import { expectedText } from '../../src/core/text/estimateText';
import { withDatabase } from '../../src/core/forms/form/targetArgs';
import type { FormDerived } from '../shared/form/formState';
import { allProblems, currentConnection, hasNaN } from '../shared/form/pageTools';
import type { RestoreState } from './state';

/** Values that the form model derives from a state. */
export interface RestoreDerivedState extends FormDerived {
  context: RestoreContext;
}

export type RestoreInputs = Pick<
  RestoreState,
  | 'options'
  | 'connections'
  | 'connection'
  | 'input'
  | 'hostProblems'
  | 'extraError'
  | 'savedList'
  | 'cores'
>;

/** The part of a state that the derived values depend on. */
export function inputsOf(state: RestoreState): RestoreInputs {
  const { options, connections, connection, input, cores } = state;
  const { hostProblems, extraError, savedList } = state;
  const known = { options, connections, connection, input, cores };
  return { ...known, hostProblems, extraError, savedList };
}

/** Pure, and not cheap with a large file: ask once for a state. */
export function deriveState(state: RestoreInputs): RestoreDerivedState {
  const { options, connections, input, savedList } = state;
  const connection = currentConnection(state);
  const current = input.path === options.inputPath ? input : null;
  const context: RestoreContext = {
    connection: connections.find(({ id }) => id === options.connectionId) ?? null,
    server: connection?.server ?? null,
    info: current?.info ?? null,
    tool: connection?.tool ?? null,
    madeHere: current?.madeHere,
    cores: state.cores,
  };
  const { fields, problems, summary } = evaluateRestore(options, context);
  const all = allProblems(problems, state);
  if (current?.problem) {
    all.push({ field: 'inputPath', severity: 'error', message: current.problem.message });
  }
  const { server, info } = context;
  const database =
    isClusterScript(info) && server ? maintenanceDatabase(server) : options.targetDatabase;
  const target = {
    file: connection?.tool?.file ?? (context.info?.format === 'plain' ? 'psql' : 'pg_restore'),
    connectionArgs:
      database === null
        ? (connection?.connectionArgs ?? [])
        : withDatabase(connection?.connectionArgs ?? [], database),
    ...(savedList?.options === options ? { listFile: savedList.path } : {}),
  };
  // Text that is not a number (yet) cannot be an argument.
  const command = hasNaN(options) ? NO_COMMAND : restoreCommand(options, context, target);
  const toolFields = restoreToolOptions(options, context);
  const evaluation = { fields, problems: all, summary };
  return { connection, context, evaluation, toolFields, command };
}

/**
 * Adds to the summary, in a sentence, what the restore will take, once that is known. It comes long
 * after everything else and changes nothing else.
 */
export function withExpectation(
  derived: RestoreDerivedState,
  options: RestoreState['options'],
  expected: RestoreState['expected'],
): RestoreDerivedState {
  if (expected === null || JSON.stringify(expected.options) !== JSON.stringify(options)) {
    return derived;
  }
  const { evaluation } = derived;
  const summary = [...evaluation.summary, expectedText(expected.estimate)];
  return { ...derived, evaluation: { ...evaluation, summary } };
}
