import * as l10n from '@vscode/l10n';
import { watch } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { MachineRecords } from '../../../backups/records/machineRecords';
import type { TunnelPrompts } from '../../../connections/openTunnel';
import { AppError, asAppError, traceOf } from '../../../errors';
import { isFinished, type BackupJob } from '../../../model/job';
import { JobManager } from '../../manager/jobManager';
import type { JobHandle } from '../../manager/jobs';
import { toJobFailure } from '../../job/jobFailure';
import type { JobServices } from '../../job/jobContext';
import type { AskedAhead } from './askedAhead';
import type { StartTool } from '../../job/startTool';
import { markStep } from '../../job/steps';
import { FileReservations } from '../store/fileReservations';
import { Guard, type GroupKind } from './guard';
import { HostLink } from './hostLink';
import { JobFolder, ownershipOf } from '../store/jobFolder';
import { JobLog } from '../store/jobLog';
import type { StartMessage } from '../messages';
import { kindsIn, loadAhead, loadFor, loadUrls } from './loadJobs';
import type { JobKind } from '../startScript';
import { identify } from '../store/processIdentity';
import { StatusWriter } from './statusWriter';
import { historyDir, recordsDir, reservationsDir } from '../store/storeDir';
import { waitForTurn } from './turns';

/** Interval of the fallback poll for a cancel request, in case the system reports no new files. */
const CANCEL_POLL_MS = 200;
/**
 * Interval in milliseconds between attempts to become the job's owner while a window settles it.
 */
const TAKE_OVER_MS = 50;

/** A supervisor's own program. */
export interface SupervisorProgram {
  /** Absolute path of the guard's bundle. */
  guardScript: string;
  /** May name the kind of job: then the code of other kinds is not loaded. */
  args: readonly string[];
  /** Hears of what nobody catches until the job has begun. */
  endUnable: (error: unknown) => void;
}

/**
 * Runs one job from start to end, in a process of its own that outlives the window. Resolves when
 * everything is written, with whether the job was completed.
 */
export async function supervise({
  guardScript,
  args,
  endUnable,
}: SupervisorProgram): Promise<boolean> {
  markStep('codeRuns');
  const window: Window = { cancel: () => undefined, endsJob: false };
  const link = new HostLink({
    cancel: () => window.cancel(),
    gone: () => {
      if (window.endsJob) window.cancel();
    },
  });
  obeySignals(() => window.cancel());
  const kinds = kindsIn(args);
  let ready = kinds.length > 0 ? null : makeReady(guardScript, kinds);
  // No job has come in the first turn, so this process was started ahead of it.
  const later = setImmediate(() => (ready ??= makeReady(guardScript, kinds)));
  const start = await link.start();
  clearImmediate(later);
  if (start === null) {
    ready?.stop();
    return false;
  }
  ready?.begin();
  markStep('startReceived');
  window.endsJob = start.limits.endWithWindow;
  translate(start.translations);

  const folder = JobFolder.of(start.storeDir, start.id);
  // Before all else, which is done while the server answers.
  const [{ AskedAhead }] = await Promise.all([import('./askedAhead'), loadUrls(start)]);
  const askedAhead = await AskedAhead.of(start);
  const guard = ready?.guard ?? new Guard(guardScript);
  const { spawnTool } = await loadFor(start);
  markStep('loaded');
  const release = await takeOver(folder, new FileReservations(reservationsDir(start.storeDir)));
  if (release === null) {
    askedAhead?.dismiss();
    guard.dismiss();
    return false;
  }
  markStep('jobTaken');
  const job = { start, folder, release, askedAhead };
  return carryOut(job, { guardScript, link, window, guard, spawnTool, endUnable });
}

/** What a supervisor has that is started ahead of its job. */
interface Ready {
  readonly guard: Guard;
  /** The job is there. */
  readonly begin: () => void;
  /** There will be none. */
  readonly stop: () => void;
}

/** `kinds`: of the job that is expected; none = it may be any. */
function makeReady(guardScript: string, kinds: readonly JobKind[]): Ready {
  const guard = new Guard(guardScript);
  const loaded = loadAhead(kinds);
  let begun = false;
  const begin = (): void => void (begun = true);
  const practise = async (): Promise<void> => {
    // What the window has sent by now is read first.
    await Promise.all([loaded, nextTurn()]);
    if (kinds.length > 0) return;
    const { rehearse } = await import('./rehearse');
    if (!begun) await rehearse();
    if (begun) return;
    const { practiseReading } = await import('../../restore/input/practiseReading');
    await practiseReading(guardScript).catch(() => undefined);
  };
  // What fails to load is loaded once more for the job, which then tells why.
  practise().catch(() => undefined);
  return { guard, begin, stop: () => guard.dismiss() };
}

/** What the window that has started the job can do to it. */
interface Window {
  /** Cancels the job, once it has begun. */
  cancel: () => void;
  /** Does the job end with the window? */
  endsJob: boolean;
}

/** A job that belongs to this process. */
interface TakenJob {
  start: StartMessage;
  folder: JobFolder;
  /** To be called when the job's record says whose it is. */
  release: () => void;
  askedAhead: AskedAhead | null;
}

/** What a job is carried out with. */
interface Means extends Pick<SupervisorProgram, 'guardScript' | 'endUnable'> {
  link: HostLink;
  window: Window;
  guard: Guard;
  spawnTool: StartTool;
}

async function carryOut(
  { start, folder, release, askedAhead }: TakenJob,
  { guardScript, link, window, guard, spawnTool, endUnable }: Means,
): Promise<boolean> {
  folder.setAside();
  const log = new JobLog(folder.log);
  const { runId, ticket, origin } = start;
  const base = { owner: identify(), runId, ticket, origin };
  const status = new StatusWriter(folder, base, () => guard.pid);
  const kept = guarded(spawnTool, guard, status, promptsOf(link, guard, guardScript));
  const manager = createManager(start, folder, link, { askedAhead, ...kept });
  follow(manager, { log, status, link });
  const { job, finished } = begin(manager, start);
  window.cancel = () => void manager.cancel(job.id);
  status.update(job);
  status.write();
  release();
  // Tells the window that the job was taken over.
  link.update(job);
  markStep('jobRecorded');
  const stopWatching = watchForCancel(folder, () => window.cancel());
  if (window.endsJob && !process.connected) window.cancel();

  const fail = (error: unknown): void => void endBroken(error, manager, status, job.id);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.off('uncaughtException', endUnable);

  const ended = await finished;
  askedAhead?.dismiss();
  stopWatching();
  // By now the folder is empty, or holds files that could not be removed one by one.
  await rm(folder.temporary, { recursive: true, force: true }).catch(() => undefined);
  log.close();
  guard.dismiss();
  markStep('cleanedUp');
  // At the same time, so that the window does not wait for a full disk.
  await Promise.all([status.end(ended), link.end(ended)]);
  markStep('endRecorded');
  return ended.status === 'completed';
}

/** Ignores SIGHUP, which comes when a terminal closes; SIGTERM comes when the system shuts down. */
function obeySignals(cancel: () => void): void {
  process.on('SIGHUP', () => undefined);
  process.on('SIGTERM', cancel);
  process.on('SIGINT', cancel);
}

/** Hands on whatever is new of the job. */
function follow(
  manager: JobManager,
  { log, status, link }: { log: JobLog; status: StatusWriter; link: HostLink },
): void {
  manager.onLines((_id, lines) => log.add(lines));
  manager.onUpdate((job) => {
    status.update(job);
    link.update(job);
  });
}

/**
 * Makes sure that nobody settles the job as lost from the moment its record is read to the moment
 * this process has written itself into it: else both would happen, and a job that is said to be
 * lost would run.
 *
 * @returns null when the job was settled as lost, or cancelled, before this process could begin
 */
async function takeOver(
  folder: JobFolder,
  reservations: FileReservations,
): Promise<(() => void) | null> {
  let release = reservations.take(ownershipOf(folder));
  while (release === null) {
    await delay(TAKE_OVER_MS);
    release = reservations.take(ownershipOf(folder));
  }
  // Mostly the record is as the window has written it; only one that has an end is read whole.
  const now = folder.statusNow();
  if (now !== null && !isFinished(now)) return release;
  const before = await folder.read();
  if (before === null || !isFinished(before.job.status)) return release;
  release();
  return null;
}

/** Sets the language of the window that started the job for all texts from now on. */
function translate(fsPath: string | null): void {
  if (fsPath === null) return;
  try {
    l10n.config({ fsPath });
  } catch {
    // An update of the extension has removed the file: the texts are English then.
  }
}

function createManager(
  start: StartMessage,
  folder: JobFolder,
  link: HostLink,
  handed: Handed,
): JobManager {
  const { limits, profiles, tools, inherited, storeDir, id, ticket, runId } = start;
  const reservations = new FileReservations(reservationsDir(storeDir));
  return new JobManager({
    connections: {
      get: (wanted) => {
        const profile = profiles.find((candidate) => candidate.id === wanted);
        if (!profile) throw new AppError('connectionUnknown', { id: wanted });
        return profile;
      },
    },
    passwords: link.passwords(start),
    tools: { find: async () => tools },
    inherited,
    tempDir: folder.temporary,
    historyDir: historyDir(storeDir),
    records: new MachineRecords(recordsDir(storeDir)),
    connectTimeoutSeconds: limits.connectTimeoutSeconds,
    stallTimeoutSeconds: limits.stallTimeoutSeconds,
    ...handed,
    reservations,
    admit: waitForTurn(storeDir, { ticket, id }, limits.concurrency, reservations),
    newRunId: () => runId,
  });
}

function begin(manager: JobManager, { id, request }: StartMessage): JobHandle {
  switch (request.kind) {
    case 'backup':
      return manager.startBackup({ ...request.request, jobId: id });
    case 'restore':
      return manager.startRestore({ ...request.request, jobId: id });
    case 'verify':
      return manager.startVerify({ ...request.request, jobId: id });
  }
}

type Kept = Required<Pick<JobServices, 'startTool' | 'startTunnel' | 'keepRecord'>> &
  Pick<JobServices, 'sshPrompts'>;
type Handed = Kept & Pick<JobServices, 'askedAhead'>;

/** Reports processes to the guard and to the record, from which a later window can end them. */
function guarded(
  spawnTool: StartTool,
  guard: Guard,
  status: StatusWriter,
  sshPrompts: TunnelPrompts,
): Kept {
  const startAs =
    (kind: GroupKind): StartTool =>
    (command, options) => {
      const tool = spawnTool(command, options);
      const { pid, placed } = tool;
      if (pid !== undefined) {
        guard.add(pid, kind, placed);
        status.addTool(pid, placed);
        void tool.exit.then(() => {
          guard.remove(pid);
          status.removeTool(pid);
        });
      }
      return tool;
    };
  const keepRecord = (job: BackupJob): void => {
    status.update(job);
    status.write();
  };
  return { startTool: startAs('tools'), startTunnel: startAs('tunnels'), keepRecord, sshPrompts };
}

/** What `ssh` asks goes to the window. */
function promptsOf(link: HostLink, guard: Guard, guardScript: string): TunnelPrompts {
  return {
    answers: link.sshAnswers(),
    program: path.join(path.dirname(guardScript), 'askpass.js'),
    guardFolder: (made) => guard.addFolder(made),
  };
}

/** Calls `wanted` once as soon as a cancel request exists. */
function watchForCancel(folder: JobFolder, wanted: () => void): () => void {
  let done = false;
  const look = (): void => {
    if (done || !folder.isAskedToCancel()) return;
    stop();
    wanted();
  };
  const timer = setInterval(look, CANCEL_POLL_MS);
  let stopEvents = (): void => undefined;
  const stop = (): void => {
    done = true;
    clearInterval(timer);
    stopEvents();
  };
  try {
    const watcher = watch(folder.dir, (_event, name) => {
      if (name === null || name === path.basename(folder.cancel)) look();
    });
    watcher.on('error', () => watcher.close());
    stopEvents = () => watcher.close();
  } catch {
    // Without the watcher, the timer finds the request.
  }
  look();
  return stop;
}

/** Ends the tools and the job after an error in the supervisor's own code. */
async function endBroken(
  error: unknown,
  manager: JobManager,
  status: StatusWriter,
  id: string,
): Promise<void> {
  const ended: BackupJob | undefined = await manager.cancel(id).catch(() => manager.get(id));
  if (ended) {
    const failure = toJobFailure(asAppError(error, traceOf));
    await status.end({ ...ended, status: 'failed', failure });
  }
  process.exit(1);
}
