import { NOT_OURS } from '../sessions';
import { endClients } from './clients';
import type { LibpqConnection } from '../../connections/libpq';
import type { ChangingStep } from '../../model/findings/findings';
import { notValidSql } from '../../pgtools/stderr/problems/foreignKeySql';
import { SET_SEQUENCES } from './sequencesBehind';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql';
import { runCommand, type QueryOptions } from '../psql';

/**
 * Runs the remedy that a pre-flight finding offers. It is committed at once, not with the restore.
 *
 * @param connection to the target database of the restore
 * @throws AppError as `runCommand`, and as `endClients`
 */
export async function doPreflightStep(
  psql: string,
  connection: LibpqConnection,
  step: ChangingStep,
  options: QueryOptions,
): Promise<void> {
  if (step.do === 'endSessions' || step.do === 'endAllSessions') {
    const whose = clientsOf(step);
    if (whose !== '') await endClients(psql, connection, whose, options);
    return;
  }
  const sql = preflightSql(step);
  if (sql !== '') await runCommand(psql, connection, sql, options);
}

type EndingStep = Extract<ChangingStep, { do: 'endSessions' | 'endAllSessions' }>;

/** The condition on sessions that are to be ended; '' = there are none. */
function clientsOf(step: EndingStep): string {
  if (step.do === 'endSessions') {
    if (step.pids.length === 0) return '';
    // The condition on the database guards against process ids that were reused since the check.
    const pids = step.pids.map((pid) => String(Math.trunc(pid))).join(', ');
    return `a.pid IN (${pids}) AND a.datname = pg_catalog.current_database()`;
  }
  const databases =
    step.databases === null
      ? 'pg_catalog.current_database()'
      : step.databases.map(quoteLiteral).join(', ');
  return databases === '' ? '' : `a.datname IN (${databases}) AND ${NOT_OURS}`;
}

/** SQL for another step, run in one transaction; '' = there is nothing to do. */
function preflightSql(step: Exclude<ChangingStep, EndingStep>): string {
  switch (step.do) {
    case 'createRoles':
      return together(step.names.map((name) => `CREATE ROLE ${quoteIdentifier(name)} NOLOGIN`));
    case 'createSchemas':
      return together(step.names.map((name) => `CREATE SCHEMA ${quoteIdentifier(name)}`));
    case 'createExtensions':
      return together(
        step.extensions.map(({ name, schema }) => {
          const where = schema === null ? '' : ` SCHEMA ${quoteIdentifier(schema)}`;
          return `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)}${where} CASCADE`;
        }),
      );
    case 'addForeignKeys':
      return together(step.keys.map(notValidSql));
    case 'setSequences':
      return SET_SEQUENCES;
    case 'emptyTables': {
      if (step.tables.length === 0) return '';
      return `TRUNCATE ${step.tables.map(quoteQualified).join(', ')}`;
    }
  }
}

function together(statements: readonly string[]): string {
  return statements.length === 0 ? '' : ['BEGIN', ...statements, 'COMMIT'].join(';\n');
}
