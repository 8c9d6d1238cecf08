import { assertReportWhole } from '../../archive/data/checkStructure';
import { attachedIndexIds } from '../../archive/toc/attachedIndexes';
import { refreshedEmpty } from '../../archive/selection/refreshRows';
import { writeListLines } from '../../archive/selection/restoreList';
import { restorePlan } from '../../archive/selection/restorePlan';
import type { Toc } from '../../archive/toc/toc';
import { readToc } from '../../archive/file/tocReader';
import type { RestoreOptions } from '../../model/options';
import type { ToolPlace } from '../../model/tools';
import { placedTool } from '../../pgtools/args/toolPlace';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { classifyFailure } from '../../pgtools/stderr/failureCause';
import type { JobRun } from '../job/jobContext';
import { rememberRun } from '../job/jobMonitor';
import type { JobRecord } from '../job/jobRecord';
import { markStep } from '../job/steps';
import { tellNote } from '../job/tellNote';
import { failedEntries } from './again/failedEntries';
import type { RestoreProgressState, RestoreTask } from './restoreTask';
import { describeEntry } from '../progress/restore/restoreProgress';
import { RestoreMonitor } from '../progress/restore/restoreMonitor';
import type { ToolEvent } from '../../pgtools/stderr/toolEvents';
import { partsOf } from './chosenEntries';
import { restoredEntries } from './leaveOut';
import { changedArchive } from './changedArchive';
import { runRewrittenRestore } from './restoreRewritten';
import { checkArchive, type RestoreArchive } from './input/restoreInput';
import { salvageInput } from './input/salvageInput';
import { NO_NAMES, type CommandPlan } from '../../plans/commandPlan';
import { planArchive } from '../../plans/planRestore';
import { writePlacedFile } from '../tool/placedFile';
import { PrivateFile } from '../tool/privateFile';
import { runPlan } from '../tool/runPlan';
import { takeErrors } from '../tool/toolFailure';

/** The events by which pg_restore shows that it begins another entry. */
const BEGINS: ReadonlySet<ToolEvent['type']> = new Set([
  'creating',
  'dropping',
  'executing',
  'processingData',
  'processingLargeObjects',
]);

/** Restores an archive by pg_restore. */
export async function runArchiveRestore(
  run: JobRun,
  given: RestoreTask,
  state: RestoreProgressState,
): Promise<'completed' | 'completedWithErrors'> {
  const { record } = run;
  const { task, toc, structure, lost } = await readable(run, given);
  const { options, connection, install } = task;
  const { order, listFile, command } = await prepare(run, task, { toc, lost });
  record.progress.setPhase('restoring');
  const watch = new RestoreMonitor(run, connection, {
    toc,
    order,
    dataSizes: structure.dataSizes,
    options,
    database: task.database,
  });
  watch.begin();
  const changed = await changedArchive(run, task, toc, order);
  if (changed !== null) {
    const archive = { ...changed, listFile, monitor: watch };
    return await finishing(watch, runRewrittenRestore(run, task, archive, state));
  }
  const collector = collectErrors(record, toc, options.clean);
  state.atomic = options.singleTransaction;
  let begun = 0;
  const running = runPlan(run, {
    plan: command,
    names: { ...NO_NAMES, list: listFile ?? '' },
    install,
    connection,
    target: connection.to(task.database),
    collector,
    ...(command.streams ? { stdin: options.inputPath } : {}),
    listeners: {
      onEvent: (event) => {
        watch.onEvent(event);
        if (watch.anythingBegun) state.begun = true;
        if (BEGINS.has(event.type)) begun++;
      },
    },
    onStart: watch.onStart,
  });
  // A session of ours would be in the way of dropping a database that was made for this.
  const { exit, failure } = await finishing(watch, running);
  if (exit.code === 0) {
    rememberRun(run, watch);
    return 'completed';
  }
  state.failedAtOnce = exit.code === 1 && begun === 1 && failedAtFirst(collector, options);
  // Workers that lost the server go through the whole list too, with one error for each entry that
  // was left. Told to exit on errors, pg_restore ignores none, whatever stands in its output.
  const stops = exitsOnError(record.command);
  const through = exit.code === 1 && !stops && collector.wentThrough && !lostServer(collector);
  const stopped = exit.code === 1 && stops;
  if (through || stopped) {
    record.failedEntries = failedEntries(toc, { options, order, collector, stopped });
  }
  if (!through) throw failure();
  takeErrors(record, { collector });
  return collector.total === 0 ? 'completed' : 'completedWithErrors';
}

/** The outcome of a run, once the monitor's session on the server has ended. */
async function finishing<T>(watch: RestoreMonitor, run: Promise<T>): Promise<T> {
  try {
    return await run;
  } finally {
    await watch.finishing();
    markStep('monitorEnded');
  }
}

/** An archive as pg_restore gets it. */
interface ReadableArchive extends RestoreArchive {
  task: RestoreTask;
  /** Entries whose data are not there; of an archive that is saved in part only. */
  lost: ReadonlySet<number> | undefined;
}

/**
 * The archive itself, if it is whole: pg_restore would restore the first part of a truncated custom
 * archive, and loop for ever at a truncated tar. Otherwise what can be salvaged, where that is
 * wanted.
 */
async function readable(run: JobRun, task: RestoreTask): Promise<ReadableArchive> {
  const { options } = task;
  const { signal } = run;
  const read =
    task.archive ?? (await checkArchive(await readToc(options.inputPath, { signal }), signal));
  if (!options.salvage) {
    assertReportWhole(options.inputPath, read.structure);
    return { ...read, task, lost: undefined };
  }
  const { path, archive, lost } = await salvageInput(run, task, read);
  return { ...archive, task: { ...task, options: { ...options, inputPath: path } }, lost };
}

/** What is restored, in which order, and by which command. */
async function prepare(
  run: JobRun,
  task: RestoreTask,
  { toc, lost }: { toc: Toc; lost: ReadonlySet<number> | undefined },
): Promise<{ order: number[]; listFile: string | null; command: CommandPlan }> {
  const { options, connection, install, unknownOptions } = task;
  const target = connection.to(task.database);
  const { indexes, leftOut } = await restoredEntries(toc, {
    ...{ options, info: task.info, server: connection.server, psql: connection.psql, target },
    created: task.created !== null,
    lost,
    signal: run.signal,
  });
  for (const left of leftOut) tellNote(run.record, { code: 'leftOut', ...left });
  const empty = options.schemaOnly ? [] : refreshedEmpty(toc, indexes ?? []);
  if (empty.length > 0) tellNote(run.record, { code: 'refreshedEmpty', names: empty });
  const { order } = await restorePlan(toc, indexes, partsOf(options));
  const place = placedTool(install.dir);
  const listFile = indexes && (await writeList(run, place, writeListLines(toc, indexes)));
  const command = planArchive(options, {
    version: install.version,
    connectionArgs: target.args,
    unknownOptions,
    leavesOut: indexes !== null,
    streams: place !== null,
  });
  return { order, listFile, command };
}

/** Where pg_restore runs. */
async function writeList(
  run: JobRun,
  place: ToolPlace | null,
  lines: Parameters<PrivateFile['write']>[0],
): Promise<string> {
  if (place) return writePlacedFile(run, place, 'restore.list', lines);
  const list = new PrivateFile(run, 'restore.list');
  await list.write(lines);
  return list.path;
}

/** Collects pg_restore's errors; harmless ones are only counted. */
function collectErrors(record: JobRecord, toc: Toc, clean: boolean): ErrorCollector {
  const attached = clean ? attachedIndexIds(toc) : new Set<number>();
  return new ErrorCollector({
    describe: (dumpId) => describeEntry(toc, dumpId),
    harmless: ({ dumpId, sql = '' }) => {
      // An index that was not dropped goes with its parent's; if it did not, creating it would fail
      // and be reported.
      const drops = /^DROP INDEX |^ALTER TABLE .* DROP CONSTRAINT /s.test(sql);
      if (!drops || !attached.has(dumpId ?? 0)) return false;
      record.harmlessErrors++;
      return true;
    },
  });
}

/**
 * Was the only failure that of an entry's first statement? Then nothing of the entry exists: the
 * statement creates an object, where later ones, such as the one for the owner, begin differently; or
 * it is the COPY of rows, which the server refused as a whole. Triggers that were disabled for the
 * rows stay so.
 */
function failedAtFirst(collector: ErrorCollector, { disableTriggers }: RestoreOptions): boolean {
  const { errors, total, harmless } = collector;
  const [error] = errors;
  if (error === undefined || total !== 1 || harmless !== 0) return false;
  const { message, sql = '' } = error;
  if (/^CREATE /.test(sql)) return true;
  const isOfRows = /^COPY /.test(sql) || /^COPY failed for table "/.test(message);
  return isOfRows && !disableTriggers && !lostServer(collector);
}

/** Does pg_restore exit on errors? The other options here imply `--exit-on-error`. */
function exitsOnError(args: readonly string[]): boolean {
  return args.some((arg) =>
    /^(?:--exit-on-error|-e|--single-transaction|-1|--transaction-size(?:=.*)?)$/.test(arg),
  );
}

function lostServer(collector: ErrorCollector): boolean {
  return collector.errors.some(
    ({ message }) => classifyFailure(`pg_restore: error: ${message}`) === 'connectionLost',
  );
}
