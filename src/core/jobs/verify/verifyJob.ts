import { RowStatements } from '../../archive/inspect/rowStatements';
import { detectFile } from '../../archive/file/detectFile';
import { backupFiles } from '../../backups/files/hashFiles';
import type { Manifest } from '../../backups/manifest/manifest';
import { readManifest } from '../../backups/manifest/readManifest';
import { VerifyProblems } from '../../backups/manifest/problems';
import { problemText } from '../../text/files/problemText';
import type { DataCounts } from '../../backups/verify/dataCounts';
import { readArchiveData } from '../../backups/verify/readArchiveData';
import { readScriptData } from '../../backups/verify/readScriptData';
import { backupDigest, backupStamp, untilSettled } from '../../backups/records/backupStamp';
import { storeVerification } from '../../backups/verify/storeVerification';
import type { Verification } from '../../model/backups';
import { verifyStructure, type VerifiedStructure } from '../../backups/verify/verifyStructure';
import { AppError, messageOf } from '../../errors';
import type { VerifyOptions } from '../../model/options';
import type { JobRun } from '../job/jobContext';
import { canonicalPath } from '../backup/outputTarget';
import { asGiven } from '../../archive/packed/asGiven';
import { openInput } from '../restore/input/openInput';
import { VerifyMonitor } from '../progress/verify/verifyMonitor';
import { runTrialRestore, type TrialRequest, type TrialResult } from './verifyTrial';
import { readByTool } from './verifyTool';
import { onlyReads, type VerifyRequest } from './verifyRequest';

interface Findings {
  structure: VerifiedStructure;
  data: DataCounts | null;
  tool: string | null;
  trial: TrialResult | null;
}

/**
 * Verifies one backup. What is found stays with it and is in the record's `verification`; damage
 * makes the job fail with `backupDamaged`. Each level goes on only while the one before found
 * nothing: a truncated tar would make pg_restore loop for ever.
 * @throws AppError `backupDamaged`, `inputChanged`, `optionInvalid`, `outputBusy`, `cancelled`; as
 *   `readByTool` and `runTrialRestore`
 */
export async function runVerify(
  run: JobRun,
  request: VerifyRequest,
): Promise<'completed' | 'completedWithErrors'> {
  const { record, signal } = run;
  const { inputPath: path, level } = request.options;
  const started = performance.now();
  // A backup that is being written to this path would be read half.
  const release = run.reservations.take(`output ${await canonicalPath(path)}`);
  if (!release) throw new AppError('outputBusy', { path });
  run.cleanups.push(release);
  const trial = trialOf(request);
  if (trial !== null && trial.connectionId === '') {
    throw new AppError('optionInvalid', { field: 'connectionId', problem: { code: 'missing' } });
  }
  record.progress.setPhase('verifying');
  record.touch();

  const manifest = await manifestOf(run, path);
  const problems = new VerifyProblems();
  await untilSettled(path, signal);
  const stamp = await backupStamp(path, signal);
  const found = await examine(run, request.options, trial, { manifest, problems });
  if (signal.aborted) throw new AppError('cancelled', {});
  // The file changed while it was read, so the result says nothing about the present file.
  if ((await backupStamp(path, signal)) !== stamp) throw new AppError('inputChanged', { path });
  const verification = {
    ...conclude(request.options, found, problems),
    at: record.now(),
    durationMs: Math.round(performance.now() - started),
  };
  record.verification = verification;
  await recordVerification(run, path, { stamp, digest: digestOf(found.structure) }, verification);
  const begins =
    request.manifest !== false && (await deservesManifest(run, request.options, found.structure));
  if (manifest !== null || begins) {
    const result = { verification, runId: run.runId };
    await storeVerification(path, manifest, found.structure, result).catch((e: unknown) => {
      if (!AppError.is(e)) throw e;
      record.addWarning(e);
    });
  }
  if (verification.outcome === 'failed') {
    const [first] = problems.items;
    throw new AppError('backupDamaged', {
      path,
      level,
      first: first === undefined ? '' : problemText(first),
      count: problems.count,
    });
  }
  return verification.outcome === 'passed' ? 'completed' : 'completedWithErrors';
}

/** null = nothing is restored. */
function trialOf(request: VerifyRequest): Omit<TrialRequest, 'inputPath'> | null {
  if (onlyReads(request)) return null;
  return { permission: request, connectionId: request.options.connectionId ?? '' };
}

function digestOf({ hashed, files }: VerifiedStructure): string {
  return backupDigest(hashed, files.directory);
}

/**
 * May a manifest be written beside the file? Beside an archive always; beside a script only if
 * pg_dump wrote it and, after a trial restore, only if a job of this machine made it. Other results
 * are kept in this machine's records alone.
 */
async function deservesManifest(
  { services, signal }: JobRun,
  { level, inputPath }: VerifyOptions,
  { kind }: VerifiedStructure,
): Promise<boolean> {
  if (kind?.kind !== 'plain') return true;
  if (!kind.byPgDump) return false;
  if (level !== 'trialRestore') return true;
  return (await services.records?.madeHere(inputPath, signal)) === true;
}

/**
 * Keeps the result in this machine's records, which a manifest or a copied backup cannot change.
 * Never throws.
 */
async function recordVerification(
  { record, services }: JobRun,
  path: string,
  files: { stamp: string; digest: string },
  verification: Verification,
): Promise<void> {
  try {
    await services.records?.recordVerification(path, files, verification);
  } catch (error) {
    const text = messageOf(error);
    record.addWarning(new AppError('recordNotWritten', { path, text }, { cause: error }));
  }
}

/** The backup's manifest; null = none. One that cannot be read counts as none, with a warning. */
async function manifestOf(run: JobRun, path: string): Promise<Manifest | null> {
  try {
    return await readManifest(path, run.signal);
  } catch (error) {
    if (!AppError.is(error, 'manifestInvalid')) throw error;
    run.record.addWarning(error);
    return null;
  }
}

async function examine(
  run: JobRun,
  options: VerifyOptions,
  trial: Omit<TrialRequest, 'inputPath'> | null,
  { manifest, problems }: { manifest: Manifest | null; problems: VerifyProblems },
): Promise<Findings> {
  const { signal } = run;
  const { inputPath: path, level } = options;
  const size = await sizeOf(path, signal);
  const content = await contentOf(run, options, problems);
  const isScript = content !== null && (await detectFile(content)).kind === 'plain';
  const watch = new VerifyMonitor(run, {
    level,
    sizeBytes: size,
    isScript,
  });
  watch.begin('checksums');
  const structure = await verifyStructure(path, manifest, problems, {
    signal,
    content,
    alone: level === 'structure',
    onProgress: (bytes) => watch.read('checksums', bytes, size),
  });
  watch.end('checksums');
  const found: Findings = { structure, data: null, tool: null, trial: null };
  if (level === 'structure' || problems.count > 0 || content === null) return found;

  const file = { content, size: content === path ? size : await sizeOf(content, signal) };
  const rows = new RowStatements();
  const statements = trial === null ? undefined : rows;
  found.data = await readRows(run, file, structure, { problems, watch, statements });
  if (problems.count > 0) return found;

  if (trial === null) {
    // The only tool that reads a script is psql, which would run it.
    if (structure.toc && found.data) {
      const archive = { path: content, header: structure.toc.header };
      found.tool = await readByPgRestore(run, archive, found.data, { problems, watch });
    }
    return found;
  }
  const known = { manifest, data: found.data, rows };
  const restored = { ...trial, inputPath: content };
  found.trial = await runTrialRestore(run, restored, known, { problems, watch }).catch((error) => {
    throw asGiven(error, path, content);
  });
  found.tool = found.trial.tool;
  return found;
}

interface Watch {
  problems: VerifyProblems;
  watch: VerifyMonitor;
}

/** Reads all data by our own reader. */
async function readRows(
  { record, signal }: JobRun,
  file: { content: string; size: number },
  { toc, kind }: VerifiedStructure,
  { problems, watch, statements }: Watch & { statements: RowStatements | undefined },
): Promise<DataCounts | null> {
  watch.begin('rows');
  const onProgress = (bytes: number, of = file.size): void => watch.read('rows', bytes, of);
  const onTable = (name: string): void => {
    record.progress.setCurrent(name);
    record.touch();
  };
  let data: DataCounts | null = null;
  if (toc) {
    data = await readArchiveData(toc, problems, { signal, onProgress, onTable, statements });
  } else if (kind?.kind === 'plain') {
    data = await readScriptData(file.content, kind, problems, { signal, onProgress });
  }
  watch.end('rows');
  record.progress.setCurrent(null);
  return data;
}

/** Lets pg_restore read all data; returns its version. */
async function readByPgRestore(
  run: JobRun,
  archive: Parameters<typeof readByTool>[1],
  { rowBytes }: DataCounts,
  { problems, watch }: Watch,
): Promise<string> {
  watch.begin('tool');
  const { tool, bytes } = await readByTool(run, archive, problems, {
    onBytes: (read) => watch.read('tool', read, rowBytes),
  });
  watch.end('tool');
  if (bytes !== null && bytes < rowBytes) {
    problems.add('toolReadLess', null, `${bytes} < ${rowBytes}`);
  }
  return tool;
}

/**
 * The path of the backup itself, unpacked where it has to be; null = it is damaged, which is added
 * to the problems.
 */
async function contentOf(
  run: JobRun,
  { inputPath, inputMember }: VerifyOptions,
  problems: VerifyProblems,
): Promise<string | null> {
  try {
    return (await openInput(run, { file: inputPath, member: inputMember ?? null })).path;
  } catch (error) {
    if (!AppError.is(error, 'archiveDamaged')) throw error;
    problems.add('damaged', null, error.details.reading, error.details.offset);
    return null;
  }
}

async function sizeOf(path: string, signal: AbortSignal): Promise<number> {
  const { sizes } = await backupFiles(path, signal);
  let sum = 0;
  for (const size of sizes.values()) sum += size;
  return sum;
}

function conclude(
  { level }: VerifyOptions,
  { structure, data, tool, trial }: Findings,
  problems: VerifyProblems,
): Omit<Verification, 'at' | 'durationMs'> {
  const { checksums, kind } = structure;
  const isPackedScript = kind?.kind === 'plain' && kind.compression === 'gzip';
  const harmless = problems.items.every((problem) => problem.kind === 'restoreError');
  let outcome: Verification['outcome'] = 'passed';
  if (problems.count > 0)
    outcome = trial?.wentThrough === true && harmless ? 'passedWithErrors' : 'failed';
  const counted = trial ?? (data && countsOf(data));
  return {
    level,
    outcome,
    tool,
    checksums,
    // gzip has checksums of its own; pg_dump's zstd and lz4 frames have none, nor has the table of
    // contents with all definitions. So without a manifest, only a gzip script that was read to its
    // end has every byte checked.
    blind: checksums === 'none' && !(isPackedScript && level !== 'structure'),
    problems: problems.items,
    problemCount: problems.count,
    tables: counted?.tables ?? null,
    rows: counted?.rowCount ?? null,
  };
}

function countsOf(data: DataCounts): { tables: number; rowCount: number } {
  let rowCount = 0;
  for (const rows of data.rows.values()) rowCount += rows ?? 0;
  return { tables: data.rows.size, rowCount };
}
