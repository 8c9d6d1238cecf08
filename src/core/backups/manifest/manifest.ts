import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { AppError, messageOf } from '../../errors';
import { followLink } from '../../files/followLink';
import { takeJsonApart } from './jsonElements';
import { readBounded, UnusableFile } from '../../files/regularFile';
import { writeAtomically } from '../../files/writeAtomically';

/** What comes behind the name of a backup in that of its manifest. */
export const MANIFEST_ENDING = '.backup.json';

/** Tables and members of 100,000 each fit; nobody's memory is filled by a file that lies around. */
const MAX_MANIFEST_BYTES = 64 << 20;
/** Characters of all but its long lists: the command and the options, which may name 100,000 tables. */
const MAX_REST = 16 << 20;
const MAX_VERIFICATIONS = 100;
/** From this size on a manifest is large. */
const LARGE_BYTES = 1 << 20;
/** Verifications that are kept besides the newest of each level. */
const MAX_HISTORY = 20;

const text = z.string().max(10_000);
const name = z.string().max(1_000);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const instant = z
  .string()
  .max(40)
  .refine((value) => !Number.isNaN(Date.parse(value)));

/** Of a member of a directory archive, or the backup itself: never a path. */
const fileName = z
  .string()
  .min(1)
  .max(255)
  .refine((value) => !/[/\\\0]/.test(value) && value !== '.' && value !== '..');

const file = z.object({
  name: fileName,
  sizeBytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const table = z.object({
  schema: name,
  name,
  /** null = never analysed. */
  rows: count.nullable(),
  /** Counted while they were copied; else the planner's estimate. */
  exact: z.boolean(),
  /** On disk, with TOAST. */
  bytes: count.nullable(),
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
  object: text.nullable(),
  detail: text,
  offset: count.nullable(),
});

/** One verification as it is kept, here and wherever else verifications are kept. */
export const verificationSchema = z.object({
  level: z.enum(['structure', 'fullRead', 'trialRestore']),
  outcome: z.enum(['passed', 'passedWithErrors', 'failed']),
  at: instant,
  durationMs: z.number().min(0),
  tool: name.nullable(),
  checksums: z.enum(['matched', 'mismatch', 'none']),
  blind: z.boolean(),
  problems: z.array(problem).max(1_000),
  problemCount: count,
  tables: count.nullable(),
  rows: count.nullable(),
});

const toolVersion = z.object({ name, version: name });

const manifest = z.object({
  /** Of this very form. */
  manifestVersion: z.literal(1),
  format: z.enum(['custom', 'directory', 'tar', 'plain']),
  /** Written when the backup was made; null where a verification began the manifest later. */
  backup: z
    .object({
      connectionId: name,
      database: name,
      /** argv, without any secret. */
      command: z.array(z.string().max(1_000_000)).max(500_000),
      tool: toolVersion,
      serverVersion: name,
      /** The form's options, `outputPath` as the mere name. */
      options: z.record(z.string().max(1_000), z.unknown()),
      started: instant,
      finished: instant,
      /** When the snapshot was taken that all rows are of; null where nobody knows. */
      snapshot: instant.nullable(),
      tables: z.array(table).max(1_000_000),
      largeObjects: count.nullable(),
      git: z.object({ branch: name.nullable(), commit: name.nullable() }).nullable(),
    })
    .nullable(),
  /** Time of the newest of the files. */
  modified: instant,
  files: z.array(file).max(5_000_000),
  /** The newest first. */
  verifications: z.array(verificationSchema).max(MAX_VERIFICATIONS),
});

/** What is known of a backup, kept in a file beside it. */
export type Manifest = z.infer<typeof manifest>;
/** A file of the backup with its size in bytes and its SHA-256. */
export type ManifestFile = z.infer<typeof file>;
/** A table whose rows are in the backup. */
export type ManifestTable = z.infer<typeof table>;

/** Where the manifest of a backup is: `shop.dump.backup.json` beside `shop.dump`. */
export function manifestPath(backupPath: string): string {
  return path.resolve(backupPath) + MANIFEST_ENDING;
}

/** The same where the backup may be reached by a link: its manifest is beside the backup itself. */
async function manifestOf(backupPath: string): Promise<string> {
  return manifestPath(await followLink(backupPath).catch(() => backupPath));
}

/**
 * Reads the manifest of a backup; null when there is none. Anybody may have written it: nothing in
 * it is believed without a look at the files (`manifestState`).
 * Throws `manifestInvalid` (what is there is none) and `inputUnreadable`.
 */
export async function readManifest(backupPath: string): Promise<Manifest | null> {
  const file = await manifestOf(backupPath);
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  return size > LARGE_BYTES ? inTurn(() => readFrom(file)) : readFrom(file);
}

let largeReads: Promise<unknown> = Promise.resolve();

/** One large manifest at a time: each takes several times its size while it is decoded. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = largeReads.then(work, work);
  // Without the manifest: it is not to be kept until the next one is read.
  largeReads = turn.then(
    () => undefined,
    () => undefined,
  );
  return turn;
}

async function readFrom(file: string): Promise<Manifest | null> {
  const invalid = (problem: string, cause?: unknown): AppError =>
    new AppError('manifestInvalid', { path: file, problem }, { cause });
  let bytes: Buffer;
  try {
    bytes = await readBounded(file, MAX_MANIFEST_BYTES);
  } catch (e) {
    if (e instanceof UnusableFile) throw invalid(e.message, e);
    const { code, message } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AppError('inputUnreadable', { path: file, text: message }, { cause: e });
  }
  return parseManifest(bytes, invalid);
}

type Invalid = (problem: string, cause?: unknown) => AppError;

/** The long arrays: with 100,000 members, decoding all at once would hold the host for seconds. */
const LISTS = { files: file, verifications: verificationSchema, 'backup.tables': table } as const;

/** Decodes a manifest in slices, the elements of its lists one by one. */
async function parseManifest(bytes: Buffer, invalid: Invalid): Promise<Manifest> {
  const lists = new Map<string, unknown[]>();
  const fail = (where: string, error: z.ZodError): AppError => {
    const written = /"manifestVersion"\s*:\s*(\d+)/.exec(bytes.toString('latin1', 0, 4096))?.[1];
    if (Number(written) > 1) return invalid('newer version', error);
    const [issue] = error.issues;
    const path = [where, ...(issue?.path ?? []).map(String)].filter((part) => part !== '');
    return invalid(path.join('.').slice(0, 200), error);
  };
  let rest: unknown;
  try {
    const text = await takeJsonApart(bytes, {
      paths: Object.keys(LISTS),
      begin: (path) => lists.set(path, []),
      element: (path, value) => {
        const list = lists.get(path) ?? [];
        const decoded = LISTS[path as keyof typeof LISTS].safeParse(value);
        if (!decoded.success) throw fail(`${path}.${list.length}`, decoded.error);
        list.push(decoded.data);
      },
    });
    if (text.length > MAX_REST) throw invalid('too large');
    rest = JSON.parse(text);
  } catch (e) {
    throw AppError.is(e) ? e : invalid('no JSON', e);
  }
  const parsed = manifest.safeParse(rest);
  if (!parsed.success) throw fail('', parsed.error);
  const { data } = parsed;
  data.files = (lists.get('files') ?? []) as ManifestFile[];
  const verifications = lists.get('verifications') ?? [];
  data.verifications = verifications as Manifest['verifications'];
  if (data.backup) data.backup.tables = (lists.get('backup.tables') ?? []) as ManifestTable[];
  if (verifications.length > MAX_VERIFICATIONS) throw invalid('verifications');
  return data;
}

/**
 * Writes a manifest beside its backup in one step: whoever reads it sees the old or the new one.
 * What stands there is replaced only if it looks like a manifest.
 * Throws `manifestNotWritten`.
 */
export async function writeManifest(backupPath: string, content: Manifest): Promise<void> {
  const target = await manifestOf(backupPath);
  const dir = path.dirname(target);
  // The name of a leftover, should this never end: it is recognised as one.
  const partial = path.join(dir, `.manifest.pgbackup-${randomBytes(6).toString('hex')}.partial`);
  try {
    if (!(await isReplaceable(target))) throw new Error('something else has this name');
    const how = { partial, mode: 0o644, sync: true };
    await writeAtomically(target, `${JSON.stringify(content, null, 1)}\n`, how);
  } catch (e) {
    throw new AppError('manifestNotWritten', { path: target, text: messageOf(e) }, { cause: e });
  }
}

/** Removes the manifest of a backup that is no more; what is no manifest stays. */
export async function removeManifest(backupPath: string): Promise<void> {
  const file = await manifestOf(backupPath);
  if (await isReplaceable(file)) await rm(file, { force: true });
}

/** Nothing there, or a manifest. */
async function isReplaceable(file: string): Promise<boolean> {
  try {
    return await looksLikeManifest(file);
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/**
 * Is this file a manifest, whole or not, and not somebody else's file (or directory) of such a name?
 * false where it cannot be read.
 *
 * @param file the manifest's own path
 */
export async function isManifest(file: string): Promise<boolean> {
  return looksLikeManifest(file).catch(() => false);
}

/** An empty file, or one that begins as `writeManifest` begins. Throws system errors. */
async function looksLikeManifest(file: string): Promise<boolean> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return false;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return bytesRead === 0 || buffer.toString('latin1', 0, bytesRead).includes('"manifestVersion"');
  } finally {
    await handle.close();
  }
}

/** The verifications with one more: the newest of each level stay, of the others the newest 20. */
export function withVerification(
  verifications: Manifest['verifications'],
  added: Manifest['verifications'][number],
): Manifest['verifications'] {
  const all = [added, ...verifications];
  const seen = new Set<string>();
  let history = 0;
  return all.filter((each) => {
    if (!seen.has(each.level)) {
      seen.add(each.level);
      return true;
    }
    return history++ < MAX_HISTORY;
  });
}
