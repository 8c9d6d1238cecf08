import * as z from 'zod';
import { verificationSchema } from '../../../backups/manifest/manifest';
import { backupDefaults } from '../../../forms/backup/backupForm';
import { restoreDefaults } from '../../../forms/restore/restoreForm';
import type { BackupJob, BackupProgress, JobOrigin, SafetyBackup } from '../../../model/job';
import type { BackupOptions, RestoreOptions, VerifyOptions } from '../../../model/options';
import { failureSchema } from './failureSchema';
import { databaseSwapSchema, jobNoteSchema, jobNotesSchema, lockWaitSchema } from './noteSchema';
import { processIdentity, type ProcessIdentity } from './processIdentity';

/** Contents of `status.json`: a job in the last state that its owner wrote. */
export interface StoredJob {
  version: 1;
  /** Grows with every writing, at least every `HEARTBEAT_MS`: no clock is needed to see it live. */
  beat: number;
  /** The order in which jobs were asked for; clocks can be set back. */
  ticket: number;
  /** Owner of the record: the supervisor, or the window that is starting it. */
  owner: ProcessIdentity;
  /** The owner only keeps the job until its turn, and others with it: it must not be ended for one. */
  keeper?: boolean | undefined;
  /** 12 hexadecimal digits: in the names of partial outputs and in the application name. */
  runId: string;
  /** Leaders of the tools' process groups that run now. */
  tools: ProcessIdentity[];
  /** Absent in records of earlier versions. */
  origin?: JobOrigin | undefined;
  /** Without its output, which is in the log. */
  job: BackupJob;
}

/**
 * Part of the name of a partial output and of a tool's application name: it decides what is ended
 * and what is removed.
 */
export const runIdForm = z.string().regex(/^[0-9a-f]{12}$/);

/** More tools at once than a job can have workers. */
const MAX_TOOLS = 10_000;
/** Milliseconds; 30 years. */
const MAX_DURATION = 1e12;
/** Room for jobs that come later: each is one more than the last. */
const MAX_TICKET = 2 ** 52;

const text = z.string();
const count = z.int().min(0);
const size = z.number().min(0);
const flag = z.boolean();
const names = z.array(text);
/** ISO 8601; a year of four digits, so that a time can be added to it. */
const instant = z
  .string()
  .max(40)
  .regex(/^\d{4}-/)
  .refine((value) => !Number.isNaN(Date.parse(value)));
const table = z.object({ schema: text, name: text });
const toolOptions = z.record(text, z.union([flag, z.number(), text, names]));

/** Every field may be missing: another version may not have had it. */
const backupOptions = z.object({
  connectionId: text,
  // Jobs of earlier versions had no choice.
  database: text.nullable().default(null),
  scope: z.enum(['database', 'server', 'globals', 'roles', 'tablespaces']),
  excludeDatabases: names,
  outputPath: text,
  format: z.enum(['custom', 'plain', 'directory', 'tar']),
  compression: z.number(),
  includeSchema: flag,
  includeData: flag,
  includePrivileges: flag,
  includeOwnership: flag,
  schemas: names.nullable(),
  tables: z.array(table).nullable(),
  excludeSchemas: names,
  excludeTables: z.array(table),
  excludeTableData: z.array(table),
  largeObjects: flag.nullable(),
  extensions: names.nullable(),
  jobs: z.number(),
  lockWaitTimeout: z.number(),
  noSync: flag,
  encoding: text.nullable(),
  toolOptions,
  toolDir: text.nullable(),
  extraArgs: names,
} satisfies Record<keyof BackupOptions, z.ZodType>);

const restoreOptions = z.object({
  connectionId: text,
  inputPath: text,
  // Jobs of earlier versions read nothing that was packed.
  inputMember: text.nullable().default(null),
  wholeServer: flag,
  databases: z
    .array(z.object({ name: text, target: text }))
    .nullable()
    .default(null),
  withoutRoles: flag.default(false),
  targetDatabase: text.nullable(),
  createDatabase: flag,
  // Jobs of earlier versions had no choice.
  swapIn: flag.default(false),
  endSessions: flag.default(false),
  safetyBackup: flag.default(false),
  schemaOnly: flag,
  dataOnly: flag,
  schemas: names.nullable(),
  tables: z.array(table).nullable(),
  dumpIds: z.array(z.number()).nullable(),
  clean: flag,
  ifExists: flag,
  noOwner: flag,
  noPrivileges: flag,
  exitOnError: flag,
  singleTransaction: flag,
  jobs: z.number(),
  disableTriggers: flag,
  subscriptions: flag.default(false),
  checksums: flag.default(false),
  withoutComments: flag.default(false),
  withoutPublications: flag.default(false),
  withoutSecurityLabels: flag.default(false),
  withoutRowsOf: z.array(table).nullable().default(null),
  searchPath: z.enum(['asWritten', 'public']).default('asWritten'),
  toolOptions,
  toolDir: text.nullable(),
  extraArgs: names,
} satisfies Record<keyof RestoreOptions, z.ZodType>);

const verifyOptions = z.object({
  inputPath: text,
  inputMember: text.optional(),
  level: z.enum(['structure', 'fullRead', 'trialRestore']),
  connectionId: text.optional(),
} satisfies Record<keyof VerifyOptions, z.ZodType>);

const progress = z.object({
  phase: text,
  currentObject: text.nullable(),
  objectsTotal: size.nullable(),
  objectsCompleted: size,
  bytesWritten: size,
  elapsedMs: z.number().min(0).max(MAX_DURATION),
  percent: z.number().nullable(),
  remainingMs: z.number().nullable(),
  currentObjects: names,
  rows: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
  lockWait: lockWaitSchema.optional(),
} satisfies Record<keyof BackupProgress, z.ZodType>);

/**
 * All but the options, whose form depends on the type, and the origin, which the record has itself.
 * A field that is added to a job is added here.
 */
const jobFields = {
  id: z.string().min(1).max(1000),
  status: z.enum([
    'pending',
    'running',
    'cancelling',
    'completed',
    'completedWithErrors',
    'failed',
    'cancelled',
    'lost',
  ]),
  startTime: instant.nullable(),
  endTime: instant.nullable(),
  output: names,
  errors: z.array(
    z.object({
      message: text,
      object: text.optional(),
      sql: text.optional(),
      note: jobNoteSchema.optional().catch(undefined),
    }),
  ),
  progress: progress.nullable(),
  exitCode: z.number().nullable(),
  command: names,
  outputPath: text.nullable(),
  sizeBytes: size.nullable(),
  targetState: z
    .enum(['untouched', 'rolledBack', 'partial', 'databaseDropped', 'unknown'])
    .nullable(),
  failure: failureSchema.nullable(),
  errorCount: count.optional(),
  harmlessErrors: count.optional(),
  warnings: z.array(failureSchema).optional(),
  notes: jobNotesSchema.optional(),
  verification: verificationSchema.optional(),
  createdDatabase: text.optional(),
  swap: databaseSwapSchema.optional(),
  safetyBackup: z
    .object({
      path: text,
      database: text,
      schemas: names.nullable(),
      tables: z.array(table).nullable(),
      whole: flag,
    } satisfies Record<keyof SafetyBackup, z.ZodType>)
    .optional(),
} satisfies Record<Exclude<keyof BackupJob, 'type' | 'options' | 'origin'>, z.ZodType>;

/** Without what is missing: a value that is not there takes no default's place. */
function present<T extends object>(given: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

/** Options of other versions: missing fields take the form's defaults. */
const job = z.discriminatedUnion('type', [
  z.object({
    ...jobFields,
    type: z.literal('backup'),
    options: backupOptions.partial().transform((given): BackupOptions => {
      const defaults = { ...backupDefaults(given.format), connectionId: '', outputPath: '' };
      return { ...defaults, ...present<BackupOptions>(given) };
    }),
  }),
  z.object({
    ...jobFields,
    type: z.literal('restore'),
    options: restoreOptions.partial().transform((given): RestoreOptions => {
      const defaults = { ...restoreDefaults(), connectionId: '', inputPath: '' };
      return { ...defaults, ...present<RestoreOptions>(given) };
    }),
  }),
  z.object({
    ...jobFields,
    type: z.literal('verify'),
    options: verifyOptions.partial().transform((given): VerifyOptions => {
      return { inputPath: '', level: 'structure', ...present<VerifyOptions>(given) };
    }),
  }),
]);

const storedJob = z.object({
  version: z.literal(1),
  beat: count,
  ticket: z.number().min(0).max(MAX_TICKET),
  owner: processIdentity,
  keeper: flag.optional(),
  runId: runIdForm,
  tools: z.array(processIdentity).max(MAX_TOOLS),
  origin: z
    .object({ workspace: text, workspaceName: text, connection: text.nullable() })
    .optional(),
  job,
});

/**
 * Decodes a record, or returns null. Its values decide which processes are ended and which files
 * are removed, so each is validated.
 */
export function decodeStoredJob(value: unknown): StoredJob | null {
  const decoded = storedJob.safeParse(value);
  if (!decoded.success) return null;
  return decoded.data as StoredJob;
}

/** Is the record of a later version, which then handles it? */
export function isLaterRecord(value: unknown): boolean {
  const version = (value as { version?: unknown } | null)?.version;
  return typeof version === 'number' && version > 1;
}
