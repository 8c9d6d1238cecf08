import { evaluateBackup } from '../../src/core/forms/backupForm';
import type { BackupContext } from '../../src/core/forms/context';
import type { FormEvaluation } from '../../src/core/forms/formTypes';
import type { BackupOptions } from '../../src/core/forms/options';
import { backupCommand } from '../../src/core/forms/preview';
import type { ConnectionState } from '../../src/protocol/types';
import { withHostProblems } from '../shared/pageTools';
import type { BackupState } from './state';

/** What follows from a state by the form model's rules. */
export interface BackupJudgement {
  /** What is known of the connection that is chosen now. */
  connection: ConnectionState | null;
  evaluation: FormEvaluation<keyof BackupOptions>;
  /** Program and arguments. */
  command: string[];
}

type Judged = Pick<
  BackupState,
  'options' | 'connections' | 'connection' | 'hostProblems' | 'extraError'
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
  const all = withHostProblems(problems, hostProblems);
  if (extraError !== null) all.push({ field: 'extraArgs', severity: 'error', message: extraError });
  const target = {
    file: connection?.tool?.file ?? 'pg_dump',
    connectionArgs: connection?.connectionArgs ?? [],
  };
  // Text that is no number (yet) is none of a command's arguments.
  const numbers = [options.compression, options.jobs, options.lockWaitTimeout];
  const command = numbers.some(Number.isNaN) ? [] : backupCommand(options, context, target);
  return { connection, evaluation: { fields, problems: all, summary }, command };
}
