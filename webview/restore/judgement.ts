import type { RestoreContext } from '../../src/core/forms/context';
import type { FormEvaluation } from '../../src/core/forms/formTypes';
import type { RestoreOptions } from '../../src/core/forms/options';
import { restoreCommand } from '../../src/core/forms/preview';
import { evaluateRestore } from '../../src/core/forms/restoreForm';
import { withDatabase } from '../../src/core/forms/targetArgs';
import type { ConnectionState } from '../../src/protocol/types';
import { withHostProblems } from '../shared/pageTools';
import type { RestoreState } from './state';

/** What follows from a state by the form model's rules. */
export interface RestoreJudgement {
  /** What is known of the connection that is chosen now. */
  connection: ConnectionState | null;
  context: RestoreContext;
  evaluation: FormEvaluation<keyof RestoreOptions>;
  /** Program and arguments. */
  command: string[];
}

type Judged = Pick<
  RestoreState,
  'options' | 'connections' | 'connection' | 'input' | 'hostProblems' | 'extraError'
>;

/** Pure, and not cheap with a large file: ask once for a state. */
export function judgeRestore(state: Judged): RestoreJudgement {
  const { options, connections, input, hostProblems, extraError } = state;
  const connection =
    state.connection?.connectionId === options.connectionId ? state.connection : null;
  const current = input.path === options.inputPath ? input : null;
  const context: RestoreContext = {
    connection: connections.find(({ id }) => id === options.connectionId) ?? null,
    server: connection?.server ?? null,
    info: current?.info ?? null,
    tool: connection?.tool ?? null,
  };
  const { fields, problems, summary } = evaluateRestore(options, context);
  const all = withHostProblems(problems, hostProblems);
  if (extraError !== null) all.push({ field: 'extraArgs', severity: 'error', message: extraError });
  if (current?.problem) {
    all.push({ field: 'inputPath', severity: 'error', message: current.problem.message });
  }
  const target = {
    file: connection?.tool?.file ?? (context.info?.format === 'plain' ? 'psql' : 'pg_restore'),
    connectionArgs:
      options.targetDatabase === null
        ? (connection?.connectionArgs ?? [])
        : withDatabase(connection?.connectionArgs ?? [], options.targetDatabase),
  };
  // Text that is no number (yet) is none of a command's arguments.
  const command = Number.isNaN(options.jobs) ? [] : restoreCommand(options, context, target);
  return { connection, context, evaluation: { fields, problems: all, summary }, command };
}
