// What a manifest has to look like; apart, because a backup's job writes one and reads none.
import * as z from 'zod/mini';

export const MAX_VERIFICATIONS = 100;

const text = z.string().check(z.maxLength(10_000));
const name = z.string().check(z.maxLength(1_000));
const count = z.int().check(z.gte(0), z.lte(Number.MAX_SAFE_INTEGER));
const instant = z.string().check(
  z.maxLength(40),
  z.refine((value) => !Number.isNaN(Date.parse(value))),
);

/** File name of a member of a directory archive, or of the backup itself: never a path. */
const fileName = z.string().check(
  z.minLength(1),
  z.maxLength(255),
  z.refine((value) => !/[/\\\0]/.test(value) && value !== '.' && value !== '..'),
);

export const fileSchema = z.object({
  name: fileName,
  sizeBytes: count,
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

export const tableSchema = z.object({
  schema: name,
  name,
  /** null = never analysed. */
  rows: z.nullable(count),
  /** true = counted while the rows were copied; false = the planner's estimate. */
  exact: z.boolean(),
  /** Size on disk, with TOAST. */
  bytes: z.nullable(count),
});

const problem = z.object({
  kind: z.enum([
    'missing',
    'truncated',
    'damaged',
    'noEnd',
    'badRow',
    'sizeChanged',
    'checksumMismatch',
    'extraFile',
    'toolFailed',
    'toolStalled',
    'toolReadLess',
    'restoreError',
    'rowsDiffer',
    'tableMissing',
    'rowsUncounted',
  ]),
  object: z.nullable(text),
  detail: text,
  offset: z.nullable(count),
});

/** One verification, as manifests and machine records store it. */
export const verificationSchema = z.object({
  level: z.enum(['structure', 'fullRead', 'trialRestore']),
  outcome: z.enum(['passed', 'passedWithErrors', 'failed']),
  at: instant,
  durationMs: z.number().check(z.gte(0)),
  tool: z.nullable(name),
  checksums: z.enum(['matched', 'mismatch', 'none']),
  blind: z.boolean(),
  problems: z.array(problem).check(z.maxLength(1_000)),
  problemCount: count,
  tables: z.nullable(count),
  rows: z.nullable(count),
});

const toolVersion = z.object({ name, version: name });

export const manifestSchema = z.object({
  /** Version of this format. */
  manifestVersion: z.literal(1),
  format: z.enum(['custom', 'directory', 'tar', 'plain']),
  /** Facts from the backup job; null where a verification created the manifest later. */
  backup: z.nullable(
    z.object({
      connectionId: name,
      database: name,
      /** The tool's arguments, without any secret. */
      command: z.array(z.string().check(z.maxLength(1_000_000))).check(z.maxLength(500_000)),
      tool: toolVersion,
      serverVersion: name,
      /** The form's options; `outputPath` is a file name without its directory. */
      options: z.record(z.string().check(z.maxLength(1_000)), z.unknown()),
      started: instant,
      finished: instant,
      /** Time of the snapshot that pg_dump read from; null where unknown. */
      snapshot: z.nullable(instant),
      tables: z.array(tableSchema).check(z.maxLength(1_000_000)),
      largeObjects: z.nullable(count),
      /** `safety`: made before a restore dropped objects; left out = requested by the user. */
      purpose: z.optional(z.literal('safety')),
      git: z.nullable(z.object({ branch: z.nullable(name), commit: z.nullable(name) })),
    }),
  ),
  /** Modification time of the newest file. */
  modified: instant,
  files: z.array(fileSchema).check(z.maxLength(5_000_000)),
  /** Newest first. */
  verifications: z.array(verificationSchema).check(z.maxLength(MAX_VERIFICATIONS)),
});
