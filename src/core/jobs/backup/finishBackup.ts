import path from 'node:path';
import type { StructureReport } from '../../archive/data/structureReport';
import { isWholeCustom } from '../../archive/data/wholeCustom';
import type { JoinedArchive } from '../../archive/join/joinDirectory';
import { throwIfCancelled } from '../../abort';
import type { KnownHashes } from '../../backups/files/hashFiles';
import { AppError, messageOf } from '../../errors';
import {
  storeManifest,
  type BackupFacts,
  type ManifestRequest,
  type OutputHash,
} from './backupManifest';
import type { JobRun } from '../job/jobContext';
import { markStep } from '../job/steps';
import type { OutputTarget } from './outputTarget';
import { outputSize } from '../progress/dump/outputSize';

/** A backup whose tool has ended well. */
export interface WrittenBackup extends Omit<BackupFacts, 'path' | 'hashes'> {
  target: OutputTarget;
  manifest: ManifestRequest | null | undefined;
  /** Hashes the output while it grows. */
  follower?: OutputHash | null | undefined;
  /** What is known of an output that was joined from its members. */
  joined?: JoinedArchive | null;
  /** Remembers what the backup took, once it has its name. */
  remember: () => Promise<void>;
}

/**
 * Checks that the output is whole. `checked`: the report if that is known.
 * @throws what `assertWhole` throws; AppError `outputRemoved`, `cancelled`
 */
export async function checkOutput(
  { record, signal }: JobRun,
  target: OutputTarget,
  checked?: StructureReport | null,
): Promise<void> {
  try {
    const { totalBytes } = checked ?? (await assertWritten(target, signal));
    if (signal.aborted) throw new AppError('cancelled', {});
    record.sizeBytes = totalBytes ?? (await outputSize(target.partialPath));
  } catch (error) {
    throw AppError.is(error, 'inputMissing') ? outputGone(target) : error;
  }
  record.progress.setBytes(record.sizeBytes);
}

/**
 * What is known of an output that is whole.
 * @throws what `assertWhole` throws
 */
async function assertWritten(
  { partialPath, format }: OutputTarget,
  signal: AbortSignal,
): Promise<Pick<StructureReport, 'totalBytes'>> {
  if (format === 'custom' && (await isWholeCustom(partialPath, signal))) return {};
  const { assertWhole } = await import('../../archive/data/checkStructure');
  return assertWhole(partialPath, { signal, written: true });
}

/**
 * Gives an output that was checked its final name, and writes its manifest.
 * @throws AppError `cancelled` until it has its name; what `OutputTarget.commit` throws
 */
export async function finishBackup(
  run: JobRun,
  { target, manifest, follower, joined, remember, ...facts }: WrittenBackup,
): Promise<void> {
  const hashes = joined ? new Map([['', joined]]) : await finishHash(follower ?? null, run.signal);
  throwIfCancelled(run.signal);
  await target.commit(!facts.options.noSync);
  markStep('outputNamed');
  await Promise.all([
    recordMade(run, target.finalPath),
    storeManifest(run, manifest, { ...facts, path: target.finalPath, hashes }),
    remember(),
  ]);
  markStep('manifestWritten');
}

/** What was hashed of the output while it was written; less, and at once, when the job is cancelled. */
async function finishHash(
  follower: OutputHash | null,
  signal: AbortSignal,
): Promise<KnownHashes | undefined> {
  if (follower === null) return undefined;
  const stop = (): void => void follower.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    return await follower.finish();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The tool has written the output, but it is missing: it or its folder was removed. */
export function outputGone({ finalPath }: OutputTarget): AppError {
  return new AppError('outputRemoved', { path: path.dirname(finalPath) });
}

/** Notes that this machine has made these files, and replaces what is known of older ones. */
async function recordMade({ record, services }: JobRun, path: string): Promise<void> {
  try {
    await services.records?.recordMade(path, record.now());
  } catch (error) {
    const text = messageOf(error);
    record.addWarning(new AppError('recordNotWritten', { path, text }, { cause: error }));
  }
}
