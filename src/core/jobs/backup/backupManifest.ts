import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readGitHead } from '../../backups/manifest/gitHead';
import { backupFiles, hashFiles, type KnownHashes } from '../../backups/files/hashFiles';
import { HashFollower } from '../../backups/files/hashFollower';
import { QuietHash } from '../../backups/files/quietHash';
import type { Manifest, ManifestTable } from '../../backups/manifest/manifest';
import { removeManifest, writeManifest } from '../../backups/manifest/writeManifest';
import { tableKey } from '../../backups/manifest/tableKey';
import { AppError, messageOf } from '../../errors';
import { relationKey } from '../../forms/selection/catalogIndex';
import type { BackupOptions } from '../../model/options';
import { dumpedLargeObjects } from '../../forms/selection/dumpSelection';
import type { ObjectSelection } from '../../forms/selection/objectSelection';
import type { ToolName } from '../../model/tools';
import type { JobRun } from '../job/jobContext';
import { CATALOG_GRACE_MS } from '../progress/dump/backupMonitor';

/** Input of a manifest, beyond the backup's own files. */
export interface ManifestRequest {
  /** Directory whose Git branch and commit are recorded; null = none. */
  workspaceDir: string | null;
  /** Left out = made on demand. */
  purpose?: 'safety' | undefined;
}

/** Facts about a finished backup that has its final name. */
export interface BackupFacts {
  path: string;
  options: BackupOptions;
  database: string;
  tool: { name: ToolName; version: string };
  serverVersion: string;
  /** ISO 8601, UTC; null = not known. */
  snapshot?: string | null | undefined;
  /** May still be running; null = not requested. */
  objects: ObjectSelection | null | Promise<ObjectSelection | null>;
  /** Rows that were copied, by `tableKey`. */
  exactRows?: ReadonlyMap<string, number> | undefined;
  /** Checksums that were computed while the files were written. */
  hashes?: KnownHashes | undefined;
}

/** Hashes an output before its tool has ended. */
export type OutputHash = Pick<HashFollower, 'finish' | 'stop'> &
  Partial<Pick<HashFollower, 'whenWritten'>>;

/**
 * Begins to compute the checksums of a backup that is being written, where that helps. Before the
 * backup gets its final name the follower is to be finished; the job's end stops it.
 */
export function followHashes(
  run: JobRun,
  wish: ManifestRequest | null | undefined,
  partialPath: string,
  { format, noSync }: Pick<BackupOptions, 'format' | 'noSync'>,
): OutputHash | null {
  if (!wish) return null;
  // Without a flush at its end the file rests only while the tool waits for something else. On
  // Windows the times of an open file may lag behind.
  if (format === 'custom' && (noSync || process.platform === 'win32')) return null;
  const follower = format === 'custom' ? new QuietHash(partialPath) : new HashFollower(partialPath);
  run.cleanups.push(() => follower.stop());
  return follower;
}

/**
 * Writes a finished backup's manifest beside it; when no manifest is requested, removes the one of
 * the backup that was replaced. Never throws: the backup is whole without its manifest, so a
 * failure is a warning of the job. A cancel during this step skips the manifest.
 */
export async function storeManifest(
  run: JobRun,
  wish: ManifestRequest | null | undefined,
  facts: BackupFacts,
): Promise<void> {
  try {
    // The old manifest does not describe this backup, whatever happens next.
    await removeManifest(facts.path);
    if (wish) await write(run, wish, facts);
  } catch (error) {
    if (AppError.is(error, 'cancelled')) return;
    const text = messageOf(error);
    const known = AppError.is(error, 'manifestNotWritten');
    run.record.addWarning(
      known
        ? error
        : new AppError('manifestNotWritten', { path: facts.path, text }, { cause: error }),
    );
  }
}

async function write(run: JobRun, wish: ManifestRequest, facts: BackupFacts): Promise<void> {
  const { record, signal } = run;
  const finished = record.now();
  const [git, objects, files] = await Promise.all([
    wish.workspaceDir === null ? null : readGitHead(wish.workspaceDir),
    Promise.race([facts.objects, delay(CATALOG_GRACE_MS, null, { ref: false })]),
    backupFiles(facts.path, signal),
  ]);
  const { options } = facts;
  const manifest: Manifest = {
    manifestVersion: 1,
    format: options.format,
    backup: {
      connectionId: options.connectionId,
      database: facts.database,
      command: [...record.command],
      tool: facts.tool,
      serverVersion: facts.serverVersion,
      options: { ...options, outputPath: path.basename(facts.path) },
      started: record.snapshot().startTime ?? finished,
      finished,
      snapshot: facts.snapshot ?? null,
      tables: objects ? tablesOf(options, objects, facts.exactRows) : [],
      largeObjects: objects && dumpedLargeObjects(options, objects),
      ...(wish.purpose === undefined ? {} : { purpose: wish.purpose }),
      git,
    },
    modified: new Date(files.modifiedMs).toISOString(),
    files: await hashFiles(facts.path, files, { signal, known: facts.hashes }),
    verifications: [],
  };
  await writeManifest(facts.path, manifest, run.runId);
}

/** The tables whose rows are in the backup. */
function tablesOf(
  options: BackupOptions,
  { index, included, withoutRows }: ObjectSelection,
  exactRows: ReadonlyMap<string, number> | undefined,
): ManifestTable[] {
  if (!options.includeData) return [];
  return index.catalog.relations
    .filter(
      (relation) =>
        relation.kind === 'table' &&
        included.has(relationKey(relation)) &&
        !withoutRows.has(relationKey(relation)),
    )
    .map(({ schema, name, rows, bytes }) => {
      const copied = exactRows?.get(tableKey(schema, name));
      const exact = copied !== undefined;
      return { schema, name, rows: exact ? copied : rows && Math.max(0, rows), exact, bytes };
    });
}
