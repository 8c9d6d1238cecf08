import { Readable } from 'node:stream';
import { AppError } from '../../errors';
import type { ObjectSelection } from '../../forms/selection/objectSelection';
import { membersPath, type BackupOptions } from '../../model/options';
import type { ToolInstall } from '../../model/tools';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { NO_NAMES } from '../../plans/commandPlan';
import type { BackupPlan } from '../../plans/backupCommand';
import type { JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import type { JobMonitor } from '../job/jobMonitor';
import { markStep } from '../job/steps';
import { PrivateFile } from '../tool/privateFile';
import { runPlan } from '../tool/runPlan';
import { AheadCheck } from './checkAhead';
import { followHashes, type ManifestRequest } from './backupManifest';
import { checkOutput, finishBackup, outputGone } from './finishBackup';
import type { OutputTarget } from './outputTarget';

/** A backup of which everything is decided and checked. */
export interface DumpTask {
  options: BackupOptions;
  plan: BackupPlan;
  install: ToolInstall;
  connection: JobConnection;
  target: OutputTarget;
  manifest: ManifestRequest | null | undefined;
  monitor: JobMonitor & {
    /**
     * Begins to look at the output before the tool starts. `onWritten`: to be called when all data seem
     * to be written, and are put on the disk.
     */
    begin(partialPath: string, onWritten: () => void): void;
    onEvent: NonNullable<JobMonitor['onEvent']>;
    /** When the dump's transaction began: ISO 8601, UTC; null = not known. */
    readonly snapshot?: string | null;
  };
  /** Database name for the manifest; '' = the whole server. */
  database: string;
  /** Row counts for the manifest; may still be pending. */
  objects: ObjectSelection | Promise<ObjectSelection | null> | null;
}

/**
 * Runs pg_dump or pg_dumpall into the partial file, and gives the backup its name when it is whole.
 *
 * @throws AppError `toolFailed`, `outputRemoved`; as `runPlan` and `finishBackup`
 */
export async function runDump(run: JobRun, task: DumpTask): Promise<'completed'> {
  try {
    return await dump(run, task);
  } catch (error) {
    if (AppError.is(error, 'cancelled')) throw error;
    // The tool names a file that only jobs know, in words that sound like an object of the database.
    throw (await task.target.folderIsGone()) ? outputGone(task.target) : error;
  }
}

async function dump(run: JobRun, task: DumpTask): Promise<'completed'> {
  const { record } = run;
  const { options, plan, install, connection, target, monitor } = task;
  const filter = new PrivateFile(run, 'selected-objects.filter');
  const { filterText, streams = false } = plan;
  if (filterText !== null && !streams) await filter.write(filterText);
  record.progress.setPhase('dumping');
  // Loaded before the tool runs: an update of the extension may remove the files meanwhile.
  const joining = plan.joined ? await import('./joinMembers') : null;
  const ahead = joining ? new joining.GzipAhead(membersPath(target.partialPath)) : null;
  if (ahead) run.cleanups.push(() => ahead.stop());
  const { follower, check: aheadCheck } = followOutput(run, task);
  const { exit, failure } = await runPlan(run, {
    plan,
    names: {
      ...NO_NAMES,
      output: target.partialPath,
      filter: filterText === null || streams ? '' : filter.path,
    },
    ...(streams ? { stdoutFile: target.partialPath } : {}),
    ...(streams && filterText !== null ? { stdin: Readable.from([filterText]) } : {}),
    shownNames: { output: target.finalPath },
    install,
    connection,
    target: connection.target,
    collector: new ErrorCollector(),
    listeners: { onEvent: (event) => monitor.onEvent(event) },
  });
  if (exit.code !== 0) throw failure();

  const watched = monitor.finishing().then(() => markStep('monitorEnded'));
  const check = async (): Promise<void> => {
    record.progress.setPhase('finishing');
    record.touch();
    await checkOutput(run, target, await aheadCheck.report());
  };
  const sync = !options.noSync;
  const whole = joining
    ? joining.joinMembers(run, target, { ahead, sync, onWritten: check })
    : check().then(() => null);
  // The session that has watched the server ends meanwhile.
  const [joined] = await Promise.all([whole, watched]);
  markStep('outputChecked');
  await finishBackup(run, {
    target,
    manifest: task.manifest,
    follower,
    joined,
    options,
    database: task.database,
    tool: { name: plan.tool, version: install.version.text },
    serverVersion: connection.server.version,
    ...(monitor.snapshot === undefined ? {} : { snapshot: monitor.snapshot }),
    objects: task.objects,
    remember: () => monitor.completed(),
  });
  return 'completed';
}

/** What is found out about the output before the tool has ended. */
function followOutput(run: JobRun, { options, plan, target, manifest, monitor }: DumpTask) {
  const { partialPath } = target;
  // What is joined from its members is hashed while it is joined.
  const follower = plan.joined ? null : followHashes(run, manifest, partialPath, options);
  const check = new AheadCheck(run);
  const written = plan.joined ? membersPath(partialPath) : partialPath;
  monitor.begin(written, () => {
    void follower?.whenWritten?.();
    if (options.format === 'directory') check.begin(written);
  });
  return { follower, check };
}
