import type * as z from 'zod/mini';
import { AppError } from '../../errors';
import { readPieces, UnusableFile } from '../../files/regularFile';
import { JsonTooLarge, takeJsonApart } from './jsonElements';
import { manifestOf, type Manifest, type ManifestFile, type ManifestTable } from './manifest';
import {
  fileSchema,
  manifestSchema,
  MAX_VERIFICATIONS,
  tableSchema,
  verificationSchema,
} from './manifestSchema';

/** Enough for 100,000 tables and 100,000 members. */
const MAX_MANIFEST_BYTES = 64 << 20;
/** Limit for everything but the long lists: command and options may name 100,000 tables. */
const MAX_REST = 16 << 20;
/** Limit for `readManifestHead`, which skips both. */
const MAX_HEAD = 256 << 10;
/** Limit for one element of a list: a verification with its problems is the largest. */
const MAX_ELEMENT = 4 << 20;
/** The version is looked for in this many first bytes, because a newer version may change the rest. */
const VERSION_BYTES = 4096;

type Backup = NonNullable<Manifest['backup']>;

/** The short part of a manifest: a few kilobytes, whatever the size of the file. */
export interface ManifestHead extends Omit<Manifest, 'files' | 'backup'> {
  backup: Omit<Backup, 'command' | 'options' | 'tables'> | null;
}

export interface HeadOptions {
  signal?: AbortSignal | undefined;
  /** Called with each file that the manifest lists. */
  onFile?: ((file: ManifestFile) => void) | undefined;
}

/**
 * Reads the whole manifest of a backup; null when there is none. Anybody may have written the
 * manifest, so compare it with the files (`FilesMatch`) before relying on it. A large manifest takes
 * several times its size in memory, so this is for processes that run a single job.
 *
 * @throws AppError `manifestInvalid` (the file is not a manifest), `inputUnreadable`, `cancelled`
 */
export async function readManifest(
  backupPath: string,
  signal?: AbortSignal,
): Promise<Manifest | null> {
  const files: ManifestFile[] = [];
  const tables: ManifestTable[] = [];
  const verifications: Manifest['verifications'] = [];
  const rest = await read(await manifestOf(backupPath), {
    lists: {
      files: listOf(fileSchema, (file) => files.push(file)),
      'backup.tables': listOf(tableSchema, (table) => tables.push(table)),
      verifications: listOf(verificationSchema, (one) => verifications.push(one)),
    },
    omitted: [],
    maxRest: MAX_REST,
    signal,
  });
  if (rest === null) return null;
  return { ...rest, backup: rest.backup && { ...rest.backup, tables }, files, verifications };
}

/**
 * Reads the short fields of a backup's manifest; null when there is no manifest. Of a file of any
 * size, only one piece is in memory at a time, and the event loop is not blocked. Damage in the
 * skipped fields is not noticed.
 *
 * @throws AppError `manifestInvalid` (the file is not a manifest), `inputUnreadable`, `cancelled`;
 * the errors of `onFile`
 */
export async function readManifestHead(
  backupPath: string,
  { signal, onFile }: HeadOptions = {},
): Promise<ManifestHead | null> {
  const verifications: Manifest['verifications'] = [];
  const omitted = ['backup.command', 'backup.options', 'backup.tables'];
  const rest = await read(await manifestOf(backupPath), {
    lists: {
      verifications: listOf(verificationSchema, (one) => verifications.push(one)),
      ...(onFile && { files: listOf(fileSchema, onFile) }),
    },
    omitted: onFile ? omitted : [...omitted, 'files'],
    maxRest: MAX_HEAD,
    signal,
  });
  if (rest === null) return null;
  const { manifestVersion, format, backup, modified } = rest;
  return { manifestVersion, format, backup: backup && headOf(backup), modified, verifications };
}

/**
 * `readManifestHead`, but a manifest that cannot be read gives 'unreadable' instead of an error.
 *
 * @throws AppError `cancelled`; the errors of `onFile`
 */
export async function tryManifestHead(
  backupPath: string,
  options: HeadOptions = {},
): Promise<ManifestHead | 'unreadable' | null> {
  return readManifestHead(backupPath, options).catch((error: unknown) => {
    const unreadable =
      AppError.is(error, 'manifestInvalid') || AppError.is(error, 'inputUnreadable');
    if (unreadable) return 'unreadable';
    throw error;
  });
}

function headOf(backup: Backup): ManifestHead['backup'] {
  const { connectionId, database, tool, serverVersion } = backup;
  const { started, finished, snapshot, largeObjects, git } = backup;
  return {
    ...{ connectionId, database, tool, serverVersion },
    ...{ started, finished, snapshot, largeObjects, git },
  };
}

/** Decodes one element of a list and passes it on; returns the decoding error, if there is one. */
type List = (value: unknown) => z.core.$ZodError | null;

function listOf<T>(schema: z.ZodMiniType<T>, take: (element: T) => unknown): List {
  return (value) => {
    const decoded = schema.safeParse(value);
    if (decoded.success) take(decoded.data);
    return decoded.error ?? null;
  };
}

interface Wanted {
  lists: Record<string, List>;
  omitted: readonly string[];
  maxRest: number;
  signal: AbortSignal | undefined;
}

/** Reads a manifest. Its lists come back empty: their elements have been passed to `wanted.lists`. */
async function read(file: string, wanted: Wanted): Promise<Manifest | null> {
  const reader = new Reader(file, wanted);
  try {
    return await reader.read();
  } catch (error) {
    if (AppError.is(error)) throw error;
    if (error instanceof UnusableFile) throw reader.invalid(error.message, error);
    if (error instanceof JsonTooLarge) throw reader.invalid('too large', error);
    if (error instanceof SyntaxError) throw reader.invalid('no JSON', error);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AppError('inputUnreadable', { path: file, text: message }, { cause: error });
  }
}

class Reader {
  private readonly counts = new Map<string, number>();
  private beginning = '';

  constructor(
    private readonly file: string,
    private readonly wanted: Wanted,
  ) {}

  invalid(problem: string, cause?: unknown): AppError {
    return new AppError('manifestInvalid', { path: this.file, problem }, { cause });
  }

  async read(): Promise<Manifest> {
    const { lists, omitted, maxRest, signal } = this.wanted;
    const text = await takeJsonApart(
      this.pieces(),
      {
        ...{ paths: Object.keys(lists), omitted, maxRest, maxElement: MAX_ELEMENT },
        begin: (path) => this.begin(path),
        element: (path, value) => this.element(path, value),
      },
      signal,
    );
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    if (!parsed.success) throw this.wrong([], parsed.error);
    return parsed.data;
  }

  private async *pieces(): AsyncGenerator<Buffer> {
    for await (const piece of readPieces(this.file, MAX_MANIFEST_BYTES)) {
      if (this.beginning === '') this.beginning = piece.toString('latin1', 0, VERSION_BYTES);
      yield piece;
    }
  }

  private begin(path: string): void {
    // A second list with this path: the elements of the first have already been passed on.
    if (this.counts.has(path)) throw this.invalid(path);
    this.counts.set(path, 0);
  }

  private element(path: string, value: unknown): void {
    const index = this.counts.get(path) ?? 0;
    const error = this.wanted.lists[path]?.(value) ?? null;
    if (error !== null) throw this.wrong([path, String(index)], error);
    this.counts.set(path, index + 1);
    if (path === 'verifications' && index >= MAX_VERIFICATIONS) throw this.invalid(path);
  }

  /** The error for the first issue; a newer version of the format is reported as that. */
  private wrong(where: string[], error: z.core.$ZodError): AppError {
    const written = /"manifestVersion"\s*:\s*(\d+)/.exec(this.beginning)?.[1];
    if (Number(written) > 1) return this.invalid('newer version', error);
    const path = [...where, ...(error.issues[0]?.path ?? []).map(String)];
    return this.invalid(path.join('.').slice(0, 200), error);
  }
}
