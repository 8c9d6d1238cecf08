// Every budget of the benches, in one table: what is measured, against what, and what it may be.

/** A figure and its limit. */
export interface Budget {
  readonly name: string;
  /** What it is compared with; '' = it stands for itself. */
  readonly against: string;
  readonly unit: 'ratio' | 'ms' | 's' | 'MB';
  readonly budget: number;
}

const SHELL = 'the same command from a shell';
const ratioTo = (name: string, budget: number, against = SHELL): Budget => ({
  ...{ name, against, unit: 'ratio', budget },
});
const milliseconds = (name: string, budget: number, against = ''): Budget => ({
  ...{ name, against, unit: 'ms', budget },
});

export const BUDGETS = {
  backupGzip: ratioTo('backup, custom, gzip 6', 1.02),
  backupZstd: ratioTo('backup, custom, zstd 3', 1.02),
  backupUncompressed: ratioTo('backup, custom, uncompressed', 1.05),
  backupDirectory: ratioTo('backup, directory, 2 jobs', 1.05),
  backupPlain: ratioTo('backup, plain', 1.02),
  joinedGzip: ratioTo('one file by 2 jobs, gzip 6', 0.6, 'pg_dump -Fc, same method'),
  joinedZstd: ratioTo('one file by 2 jobs, zstd 3', 0.6, 'pg_dump -Fc, same method'),
  restoreCustom: ratioTo('restore, custom', 1.02),
  restoreDirectory: ratioTo('restore, directory, 2 jobs', 1.05),
  restoreScript: ratioTo('restore, plain script', 1.02),
  fixedBackup: milliseconds('fixed cost of a backup, no form', 150, 'pg_dump alone'),
  fixedBackupForm: milliseconds('fixed cost of a backup, open form', 60, 'pg_dump alone'),
  fixedRestore: milliseconds('fixed cost of a restore, no form', 150, 'pg_restore alone'),
  fixedRestoreForm: milliseconds('fixed cost of a restore, open form', 60, 'pg_restore alone'),
} as const satisfies Record<string, Budget>;

export type BudgetName = keyof typeof BUDGETS;
