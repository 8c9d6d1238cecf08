// Every budget of the benches, in one table: what is measured, against what, and what it may be.

/** A figure and its limit. */
export interface Budget {
  readonly name: string;
  /** What it is compared with; '' = it stands for itself. */
  readonly against: string;
  readonly unit: 'ratio' | 'ms' | 's' | 'kB' | 'MB' | 'points' | '%' | 'count';
  readonly budget: number;
}

const SHELL = 'the same command from a shell';
const LESS_TOOL = 'start to result, less the time in which its pg_dump ran';
const PGADMIN = "pgAdmin's default";
const ratioTo = (name: string, budget: number, against = SHELL): Budget => ({
  ...{ name, against, unit: 'ratio', budget },
});
const milliseconds = (name: string, budget: number, against = ''): Budget => ({
  ...{ name, against, unit: 'ms', budget },
});

const megabytes = (name: string, budget: number): Budget => ({
  ...{ name, against: '', unit: 'MB', budget },
});

const kilobytes = (name: string, budget: number): Budget => ({
  ...{ name, against: '', unit: 'kB', budget },
});

const ofTruth = (name: string, budget: number, unit: 'points' | '%' = 'points'): Budget => ({
  ...{ name, against: 'the truth afterwards', unit, budget },
});

export const BUDGETS = {
  backupGzip: ratioTo('backup, custom, gzip 6', 1.02),
  backupZstd: ratioTo('backup, custom, zstd 3', 1.02),
  backupUncompressed: ratioTo('backup, custom, uncompressed', 1.05),
  backupDirectory: ratioTo('backup, directory, 2 jobs', 1.05),
  backupPlain: ratioTo('backup, plain', 1.02),
  joinedGzip: ratioTo('one file by 2 jobs, gzip 6', 0.6, 'pg_dump -Fc, same method'),
  joinedZstd: ratioTo('one file by 2 jobs, zstd 3', 0.6, 'pg_dump -Fc, same method'),
  joinedAdds: ratioTo('one file by 2 jobs', 1.2, 'pg_dump -Fd, 2 jobs'),
  recommendedZstd: ratioTo('Recommended, with Zstandard', 0.25, PGADMIN),
  recommendedZstdSize: ratioTo('  its size', 0.9, PGADMIN),
  recommendedGzip: ratioTo('Recommended, without Zstandard', 0.45, PGADMIN),
  recommendedGzipSize: ratioTo('  its size', 1.1, PGADMIN),
  smallestSize: ratioTo('Smallest, its size', 1, 'the smallest of the other profiles'),
  fastestTime: ratioTo('Fastest', 1, 'the fastest of the other profiles'),
  recommendedRestore: ratioTo('Recommended restore', 0.6, PGADMIN),
  restoreCustom: ratioTo('restore, custom', 1.02),
  restoreDirectory: ratioTo('restore, directory, 2 jobs', 1.05),
  restoreScript: ratioTo('restore, plain script', 1.02),
  fixedBackup: milliseconds('fixed cost of a backup, no form', 150, LESS_TOOL),
  fixedBackupForm: milliseconds('fixed cost of a backup, open form', 60, LESS_TOOL),
  fixedRestore: milliseconds('fixed cost of a restore, no form', 150, 'pg_restore alone'),
  fixedRestoreForm: milliseconds('fixed cost of a restore, open form', 60, 'pg_restore alone'),
  partOfScript: ratioTo('restore, half of a script', 1.1),
  packedArchive: ratioTo('restore, a custom archive in gzip', 1.05),
  partOfScriptMemory: megabytes('memory while half of a script is restored', 40),
  contentsFew: ratioTo('contents, 182 entries', 0.5, 'pg_restore --list'),
  contentsMany: ratioTo('contents, many tables', 1.2, 'pg_restore --list'),
  contentsTenTimes: ratioTo('contents, 10 times the data', 1.2, 'a tenth of the data'),
  hostHeld: milliseconds('how long the host is held at a time', 50),
  scriptDocument: ratioTo('a script as a document', 2, 'wc -l'),
  scriptDocumentMemory: megabytes('memory while a script is read', 32),
  pageTask: milliseconds('longest task of the page of an archive', 100),
  percentFirst: ofTruth('percent, first run of a job, on average', 8),
  percentSecond: ofTruth('percent, second run, on average', 4),
  percentFirstMost: ofTruth('percent, first run, at most', 20),
  percentSecondMost: ofTruth('percent, second run, at most', 20),
  leftFirst: ofTruth('time left after a fifth, first run', 25, '%'),
  leftSecond: ofTruth('time left after a fifth, second run', 25, '%'),
  activation: milliseconds('activation', 15, 'an empty extension in the same host'),
  formOpens: milliseconds('command to usable form', 150, 'an empty webview panel'),
  formOfMany: {
    name: '20,000 tables: tree to use',
    against: 'its queries',
    unit: 's',
    budget: 1,
  },
  startBundle: kilobytes('read at the start of VS Code', 250),
  pageBundle: kilobytes('read by the largest page', 400),
  jobBundle: kilobytes('read by the process of a backup', 300),
  vsix: kilobytes('the package', 1000),
  hostAfterJobs: megabytes('memory of the extension host after 100 jobs, beyond the first', 10),
  idle: { name: 'timers and processes of ours while idle', against: '', unit: 'count', budget: 0 },
  manyLines: ratioTo('200,000 lines', 1.05, 'the tool alone into a file'),
  manyLinesHeld: milliseconds('  how long the host is held at a time meanwhile', 100),
  manyLinesAnswer: milliseconds(
    '  a click answered meanwhile, with the Output channel visible',
    100,
  ),
  manyLinesMemory: megabytes('  memory of the extension host for them', 30),
  growth: ratioTo('exponent of its growth', 1.25, 'the size before'),
  preflightMany: { name: 'pre-flight, 20,000 tables', against: '', unit: 's', budget: 5 },
  preflightFew: { name: 'pre-flight, 1,000 tables', against: '', unit: 's', budget: 1 },
  jobsKnown: { name: '10,000 old jobs are known', against: '', unit: 's', budget: 2 },
} as const satisfies Record<string, Budget>;

export type BudgetName = keyof typeof BUDGETS;
