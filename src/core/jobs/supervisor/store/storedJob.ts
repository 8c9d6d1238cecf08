import * as z from 'zod/mini';
import { verificationSchema } from '../../../backups/manifest/manifestSchema';
import { backupDefaults } from '../../../forms/backup/backupDefaults';
import { restoreDefaults } from '../../../forms/restore/restoreDefaults';
import {
  JOB_STATUSES,
  type BackupJob,
  type BackupProgress,
  type JobOrigin,
  type SafetyBackup,
} from '../../../model/job';
import type { BackupOptions, RestoreOptions, VerifyOptions } from '../../../model/options';
import { isPlaceName } from '../../../pgtools/args/toolPlace';
import type { PlacedRun } from '../../../pgtools/locate/startPlaced';
import { failureSchema } from './failureSchema';
import { databaseSwapSchema, jobNoteSchema, jobNotesSchema, lockWaitSchema } from './noteSchema';
import { identityShape, type ProcessIdentity } from './processIdentity';

/** Contents of `status.json`: a job in the last state that its owner wrote. */
export interface StoredJob {
  version: 1;
  /**
   * Grows with every write, which comes at least every `HEARTBEAT_MS`: a window sees by it that the
   * owner lives, whatever the clocks say.
   */
  beat: number;
  /** The order in which jobs were asked for; clocks can be set back. */
  ticket: number;
  /** Owner of the record: the supervisor, or the window that is starting it. */
  owner: ProcessIdentity;
  /**
   * The owner is the keeper of the queue, which holds other jobs as well, so it is not ended to end
   * this job.
   */
  keeper?: boolean | undefined;
  /** 12 hexadecimal digits: in the names of partial outputs and in the application name. */
  runId: string;
  /** Leaders of the tools' process groups that run now. */
  tools: ProcessIdentity[];
  /** Those tools of the job that run elsewhere. */
  placed?: PlacedRun[] | undefined;
  /** The process that ends the tools when the owner is killed; absent before it is started. */
  guard?: ProcessIdentity | undefined;
  /** Absent in records of earlier versions. */
  origin?: JobOrigin | undefined;
  /** Without its output, which is in the log. */
  job: BackupJob;
}

/**
 * Part of the name of a partial output and of a tool's application name: it decides what is ended
 * and what is removed.
 */
const runIdForm = z.string().check(z.regex(/^[0-9a-f]{12}$/));

/** More tools at once than a job can have workers. */
const MAX_TOOLS = 10_000;
/** Milliseconds; 30 years. */
const MAX_DURATION = 1e12;
/** Room for jobs that come later: each is one more than the last. */
const MAX_TICKET = 2 ** 52;

const text = z.string();
const count = z.int().check(z.gte(0));
const size = z.number().check(z.gte(0));
const flag = z.boolean();
const names = z.array(text);
/** ISO 8601; a year of four digits, so that a time can be added to it. */
const instant = z.string().check(
  z.maxLength(40),
  z.regex(/^\d{4}-/),
  z.refine((value) => !Number.isNaN(Date.parse(value))),
);
const table = z.object({ schema: text, name: text });
const toolOptions = z.record(text, z.union([flag, z.number(), text, names]));

/** Every field may be missing: another version may not have had it. */
const backupOptions = z.object({
  connectionId: text,
  // Jobs of earlier versions had no choice.
  database: z._default(z.nullable(text), null),
  scope: z.enum(['database', 'server', 'globals', 'roles', 'tablespaces']),
  excludeDatabases: names,
  outputPath: text,
  // Jobs of earlier versions had no profiles.
  profile: z._default(
    z.enum(['recommended', 'smallest', 'fastest', 'portable', 'custom']),
    'custom',
  ),
  format: z.enum(['custom', 'plain', 'directory', 'tar']),
  compression: z.number(),
  includeSchema: flag,
  includeData: flag,
  includePrivileges: flag,
  includeOwnership: flag,
  schemas: z.nullable(names),
  tables: z.nullable(z.array(table)),
  excludeSchemas: names,
  excludeTables: z.array(table),
  excludeTableData: z.array(table),
  largeObjects: z.nullable(flag),
  extensions: z.nullable(names),
  jobs: z.number(),
  lockWaitTimeout: z.number(),
  noSync: flag,
  encoding: z.nullable(text),
  toolOptions,
  toolDir: z.nullable(text),
  extraArgs: names,
} satisfies Record<keyof BackupOptions, z.ZodMiniType>);

const restoreOptions = z.object({
  connectionId: text,
  inputPath: text,
  // Jobs of earlier versions read nothing that was packed.
  inputMember: z._default(z.nullable(text), null),
  wholeServer: flag,
  salvage: z._default(flag, false),
  salvageRows: z._default(flag, false),
  databases: z._default(z.nullable(z.array(z.object({ name: text, target: text }))), null),
  withoutRoles: z._default(flag, false),
  targetDatabase: z.nullable(text),
  createDatabase: flag,
  // Jobs of earlier versions had no choice.
  swapIn: z._default(flag, false),
  endSessions: z._default(flag, false),
  safetyBackup: z._default(flag, false),
  schemaOnly: flag,
  dataOnly: flag,
  schemas: z.nullable(names),
  tables: z.nullable(z.array(table)),
  dumpIds: z.nullable(z.array(z.number())),
  clean: flag,
  ifExists: flag,
  noOwner: flag,
  noPrivileges: flag,
  exitOnError: flag,
  singleTransaction: flag,
  jobs: z.number(),
  disableTriggers: flag,
  subscriptions: z._default(flag, false),
  checksums: z._default(flag, false),
  withoutComments: z._default(flag, false),
  withoutPublications: z._default(flag, false),
  withoutSecurityLabels: z._default(flag, false),
  withoutRowsOf: z._default(z.nullable(z.array(table)), null),
  searchPath: z._default(z.enum(['asWritten', 'public', 'allSchemas']), 'asWritten'),
  mapRoles: z._default(z.nullable(z.array(z.object({ name: text, target: text }))), null),
  remakeKeys: z._default(flag, false),
  replaceRows: z._default(flag, false),
  toolOptions,
  toolDir: z.nullable(text),
  extraArgs: names,
} satisfies Record<keyof RestoreOptions, z.ZodMiniType>);

const verifyOptions = z.object({
  inputPath: text,
  inputMember: z.optional(text),
  level: z.enum(['structure', 'fullRead', 'trialRestore']),
  connectionId: z.optional(text),
} satisfies Record<keyof VerifyOptions, z.ZodMiniType>);

const progress = z.object({
  phase: text,
  currentObject: z.nullable(text),
  objectsTotal: z.nullable(size),
  objectsCompleted: size,
  bytesWritten: size,
  elapsedMs: z.number().check(z.gte(0), z.lte(MAX_DURATION)),
  percent: z.nullable(z.number()),
  remainingMs: z.nullable(z.number()),
  currentObjects: names,
  rows: z.nullable(z.number()),
  bytesPerSecond: z.nullable(z.number()),
  lockWait: z.optional(lockWaitSchema),
} satisfies Record<keyof BackupProgress, z.ZodMiniType>);

/**
 * All but the options, whose form depends on the type, and the origin, which the record has itself.
 * A field that is added to a job is added here.
 */
const jobFields = {
  id: z.string().check(z.minLength(1), z.maxLength(1000)),
  status: z.enum(JOB_STATUSES),
  startTime: z.nullable(instant),
  endTime: z.nullable(instant),
  output: names,
  errors: z.array(
    z.object({
      message: text,
      object: z.optional(text),
      sql: z.optional(text),
      sqlState: z.optional(text),
      dumpId: z.optional(z.number()),
      note: z.catch(z.optional(jobNoteSchema), undefined),
    }),
  ),
  progress: z.nullable(progress),
  exitCode: z.nullable(z.number()),
  command: names,
  outputPath: z.nullable(text),
  sizeBytes: z.nullable(size),
  targetState: z.nullable(
    z.enum(['untouched', 'rolledBack', 'partial', 'databaseDropped', 'unknown']),
  ),
  failure: z.nullable(failureSchema),
  errorCount: z.optional(count),
  failedEntries: z.optional(z.array(z.number())),
  harmlessErrors: z.optional(count),
  warnings: z.optional(z.array(failureSchema)),
  notes: z.optional(jobNotesSchema),
  verification: z.optional(verificationSchema),
  createdDatabase: z.optional(text),
  swap: z.optional(databaseSwapSchema),
  estimate: z.optional(
    z.object({
      bytes: z.nullable(size),
      milliseconds: size,
      basis: z.enum(['sameBackup', 'connection', 'tables']),
    }),
  ),
  safetyBackup: z.optional(
    z.object({
      path: text,
      database: text,
      schemas: z.nullable(names),
      tables: z.nullable(z.array(table)),
      whole: flag,
    } satisfies Record<keyof SafetyBackup, z.ZodMiniType>),
  ),
} satisfies Record<Exclude<keyof BackupJob, 'type' | 'options' | 'origin'>, z.ZodMiniType>;

/** The fields that have a value, so that missing ones do not replace defaults. */
function present<T extends object>(given: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

/** Options of other versions: missing fields take the form's defaults. */
const job = z.discriminatedUnion('type', [
  z.object({
    ...jobFields,
    type: z.literal('backup'),
    options: z.pipe(
      z.partial(backupOptions),
      z.transform((given): BackupOptions => {
        const defaults = { ...backupDefaults(given.format), connectionId: '', outputPath: '' };
        return { ...defaults, ...present<BackupOptions>(given) };
      }),
    ),
  }),
  z.object({
    ...jobFields,
    type: z.literal('restore'),
    options: z.pipe(
      z.partial(restoreOptions),
      z.transform((given): RestoreOptions => {
        const defaults = { ...restoreDefaults(), connectionId: '', inputPath: '' };
        return { ...defaults, ...present<RestoreOptions>(given) };
      }),
    ),
  }),
  z.object({
    ...jobFields,
    type: z.literal('verify'),
    options: z.pipe(
      z.partial(verifyOptions),
      z.transform((given): VerifyOptions => {
        return { inputPath: '', level: 'structure', ...present<VerifyOptions>(given) };
      }),
    ),
  }),
]);

/** A run of a tool elsewhere. Its values decide which processes are ended in which container. */
const placedRun = z.object({
  by: z.enum(['docker', 'podman', 'wsl']),
  name: z.string().check(z.refine(isPlaceName)),
  mark: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
});

/** As whoever reads of processes alone checks it. */
const processIdentity = z.pipe(
  z.custom((value) => identityShape.safeParse(value).success),
  z.transform((value): ProcessIdentity => identityShape.parse(value)),
);

const storedJob = z.object({
  version: z.literal(1),
  beat: count,
  ticket: z.number().check(z.gte(0), z.lte(MAX_TICKET)),
  owner: processIdentity,
  keeper: z.optional(flag),
  runId: runIdForm,
  tools: z.array(processIdentity).check(z.maxLength(MAX_TOOLS)),
  placed: z.optional(z.array(placedRun).check(z.maxLength(MAX_TOOLS))),
  guard: z.optional(processIdentity),
  origin: z.optional(
    z.object({ workspace: text, workspaceName: text, connection: z.nullable(text) }),
  ),
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
