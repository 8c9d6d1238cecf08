/** The page harness's data about a restore that succeeded in part. */
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupJob } from '../../../src/core/model/job';
import type { RestoreOptions } from '../../../src/core/model/options';
import type { DatabaseSwap } from '../../../src/core/model/ways/databaseSwap';
import { jobProblems } from '../../../src/core/pgtools/stderr/problems/jobProblems';
import type { JobUpdate, ProblemReport } from '../../../src/protocol/types';

/** The problem of a backup whose role lacks a privilege. */
const REFUSED: ProblemReport = {
  message: 'The backup stopped: permission denied for table “secrets”.',
  detail:
    'pg_dump: error: query failed: ERROR:  permission denied for table secrets\npg_dump: detail: Query was: LOCK TABLE app.secrets IN ACCESS SHARE MODE',
  actions: ['showOutput'],
};

/** What a restore that took the place of a database has left. */
export const SWAP: DatabaseSwap = {
  database: 'shop',
  copy: 'shop_restored_20261122_134000',
  aside: 'shop_before_20261122_134000',
  ...{ oldOid: 16_384, newOid: 16_999 },
  state: 'swapped',
};

/** The job as that problem ended it, with what helps. */
export function refused(job: BackupJob): JobUpdate {
  const sql = 'LOCK TABLE app.secrets IN ACCESS SHARE MODE';
  const error = { message: 'permission denied for table secrets', sql, sqlState: '42501' };
  const ended: BackupJob = {
    ...job,
    ...{ exitCode: 1, errors: [error], command: ['pg_dump', '--username=deploy'] },
    targetState: job.type === 'restore' ? 'rolledBack' : null,
  };
  return { job: ended, problem: REFUSED, causes: jobProblems(ended) };
}

const ERRORS = [
  { message: 'role "deploy" does not exist', object: 'TABLE app.orders' },
  {
    message: 'insert or update on table "orders" violates foreign key constraint "orders_customer"',
    object: 'FK CONSTRAINT app.orders orders_customer',
    sql: 'ALTER TABLE ONLY app.orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES app.customers(id);',
  },
  {
    message:
      'COPY failed for table "big": relation "limits" does not exist\nCONTEXT:  PL/pgSQL function app.allowed(integer) line 1 at RETURN',
    object: 'TABLE DATA app.big',
  },
];

/** The job as it ended, with its causes and the way to restore the rest. */
export function restoredInPart(job: BackupJob, options: RestoreOptions): JobUpdate {
  const ended: BackupJob = {
    ...{ ...job, options: { ...restoreDefaults(), ...options } },
    status: 'completedWithErrors',
    errors: ERRORS,
    errorCount: 10_000,
    failedEntries: [3, 4, 5],
    notes: [{ code: 'sequencesBehind', names: ['app.orders_id_seq'] }],
  };
  return { job: ended, problem: null, causes: jobProblems(ended) };
}
