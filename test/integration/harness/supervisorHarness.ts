import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { backupDefaults } from '../../../src/core/forms/backup/backupDefaults';
import type { BackupOptions, RestoreOptions, VerifyOptions } from '../../../src/core/model/options';
import { restoreDefaults } from '../../../src/core/forms/restore/restoreDefaults';
import type { BackupJob } from '../../../src/core/model/job';
import { isLeftoverOutput } from '../../../src/core/archive/file/unfinished';
import { JobFolder, type StoredJob } from '../../../src/core/jobs/supervisor/store/jobFolder';
import { lastLogLines } from '../../../src/core/jobs/supervisor/store/jobLogReader';
import type { SupervisedJobs } from '../../../src/core/jobs/supervisor/window/supervisedJobs';
import { type HeldLock, holdLock } from '../../support/machine/heldLock';
import { runs } from '../../support/hold/processState';
import type { ServerCoordinates } from '../../support/machine/server';
import { StoppingTools } from '../../support/hold/stoppingTools';
import { repoPaths } from '../../support/repoPaths';
import { supervisedJobs, type WindowSetup } from '../../support/jobs/supervisedJobs';
import { until } from '../../support/until';
import { jobBackends, processesWith } from './jobHarness';

export const windowScript = path.join(repoPaths.builtTests, 'support/jobWindow.main.js');

/** A store, an output directory, and the windows on them: processes of their own, or this one. */
export class SupervisorHarness {
  private readonly windows: JobWindow[] = [];
  private readonly here: SupervisedJobs[] = [];
  private readonly locks: HeldLock[] = [];

  private constructor(
    readonly dir: string,
    readonly setup: WindowSetup,
    private readonly tools: StoppingTools,
    private readonly source: { server: ServerCoordinates; database: string },
  ) {}

  static async create(server: ServerCoordinates, database: string): Promise<SupervisorHarness> {
    const dir = await mkdtemp(path.join(tmpdir(), 'pg-supervisor-'));
    const { host, port, user, password, binDir } = server;
    const tools = await StoppingTools.create(binDir, path.join(dir, 'tools'));
    const setup = {
      storeDir: path.join(dir, 'store'),
      binDirs: [tools.binDir],
      profiles: [{ id: 'main', host, port, user, database }],
      passwords: { main: password },
    };
    return new SupervisorHarness(dir, setup, tools, { server, database });
  }

  path(name: string): string {
    return path.join(this.dir, name);
  }

  /** Bundles of its own, so that their processes can be told from all others; the supervisor's path. */
  ownBundles(): string {
    const dir = this.path('bundles');
    mkdirSync(dir);
    for (const name of ['supervisor.js', 'guard.js', 'askpass.js', 'chunks']) {
      cpSync(path.join(repoPaths.root, 'dist', name), path.join(dir, name), { recursive: true });
    }
    return path.join(dir, 'supervisor.js');
  }

  /** A window in a process of its own, which can be killed. `command`: a script, or a program. */
  async window(more: Partial<WindowSetup> = {}, command = [windowScript]): Promise<JobWindow> {
    const window = new JobWindow({ ...this.setup, ...more }, command);
    this.windows.push(window);
    assert.ok(await until(() => window.opened));
    return window;
  }

  /** A window in this process; resolves when it knows what earlier ones have left. */
  async open(more: Partial<WindowSetup> = {}, asked: string[] = []): Promise<SupervisedJobs> {
    const jobs = supervisedJobs({ ...this.setup, ...more }, (text) => asked.push(text));
    this.here.push(jobs);
    await jobs.ready;
    return jobs;
  }

  folder(id: string): JobFolder {
    return JobFolder.of(this.setup.storeDir, id);
  }

  async stored(id: string): Promise<StoredJob> {
    const stored = await this.folder(id).read();
    assert.ok(stored, 'there is a status');
    return stored;
  }

  /** The tool's process id, once it has printed what it does. It may end at any moment. */
  async toolOf(id: string): Promise<number> {
    const tool = await this.startedTool(this.folder(id));
    await until(() => lastLogLines(this.folder(id).log, 1).length > 0, 'the tool says something');
    return tool;
  }

  /** The tool of the job that is started next stops before its first step: {@link stoppedTool}. */
  stopNextTool(): void {
    this.tools.stopNext();
  }

  /** The tool's process, which has stopped because of {@link stopNextTool} until it is continued. */
  async stoppedTool(id: string, storeDir = this.setup.storeDir): Promise<number> {
    const tool = await this.startedTool(JobFolder.of(storeDir, id));
    await this.tools.stopped(tool);
    return tool;
  }

  /** From now on no dump of the sample database comes to its end; it waits in its middle. */
  async holdDumps(): Promise<void> {
    const { server, database } = this.source;
    this.locks.push(await holdLock(server, database, 'LOCK TABLE app.orders;'));
  }

  private async startedTool(folder: JobFolder): Promise<number> {
    let tool: number | undefined;
    await until(async () => {
      tool = (await folder.read())?.tools[0]?.pid;
      return tool !== undefined;
    }, 'the tool was started');
    assert.ok(tool !== undefined);
    return tool;
  }

  guardsOf(supervisor: number): number[] {
    const guards = childrenOf(supervisor).filter(({ command }) => command.includes('guard.js'));
    return guards.map(({ pid }) => pid);
  }

  filesBelow(dir: string): string[] {
    const entries = readdirSync(dir, { withFileTypes: true, recursive: true });
    return entries.filter((e) => e.isFile()).map((e) => path.join(e.parentPath, e.name));
  }

  /** Holds that a job has left no process, no session on the server and no unfinished file. */
  async nothingIsLeft(id: string, server: ServerCoordinates): Promise<void> {
    const { owner, job } = await this.stored(id);
    // A lost job's record was last written by a window. A job that was cancelled before its turn
    // has no supervisor: its window is its owner.
    const owned = job.status !== 'lost' && owner.pid !== process.pid;
    if (owned) await until(() => !runs(owner.pid), 'the supervisor ends');
    assert.ok(await until(() => processesWith(this.dir).length === 0), 'no process');
    assert.ok(await until(async () => (await jobBackends(server)).length === 0), 'no backend');
    assert.deepEqual(this.leftovers(), []);
  }

  /** Names of unfinished outputs, and of temporary files of jobs. */
  leftovers(): string[] {
    const names = readdirSync(this.dir).filter(isLeftoverOutput);
    for (const entry of readdirSync(this.setup.storeDir)) {
      if (!JobFolder.isName(entry)) continue;
      for (const name of readdirSync(path.join(this.setup.storeDir, entry))) {
        if (!['status.json', 'log', 'cancel'].includes(name)) names.push(`${entry}/${name}`);
      }
    }
    return names;
  }

  async dispose(): Promise<void> {
    for (const window of this.windows) window.kill();
    for (const jobs of this.here) {
      const running = jobs.list().filter((job) => job.endTime === null);
      await Promise.all(running.map((job) => jobs.cancel(job.id)));
      await jobs.dispose();
    }
    await Promise.all(this.locks.map((lock) => lock.release()));
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A window in a process of its own. */
export class JobWindow {
  readonly process: ChildProcess;
  opened = false;
  disposed = false;
  /** The window's questions to the user, and the newest state of each of its jobs. */
  readonly asked: string[] = [];
  readonly jobs = new Map<string, BackupJob>();
  lines = 0;

  constructor(setup: WindowSetup, command: string[]) {
    const [file = '', ...args] = command.length > 1 ? command : [process.execPath, ...command];
    this.process = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.stdin?.on('error', () => undefined);
    createInterface({ input: this.process.stdout! }).on('line', (line) => {
      const said = JSON.parse(line) as {
        opened?: true;
        disposed?: true;
        asked?: string;
        job?: BackupJob;
        lines?: number;
      };
      this.opened ||= said.opened === true;
      this.disposed ||= said.disposed === true;
      if (said.asked !== undefined) this.asked.push(said.asked);
      if (said.job) this.jobs.set(said.job.id, said.job);
      this.lines += said.lines ?? 0;
    });
    this.send({ do: 'open', setup });
  }

  startBackup(
    options: Partial<BackupOptions> & { outputPath: string },
    overwrite = false,
    jobId: string = randomUUID(),
  ): string {
    const defaults = backupDefaults(options.format ?? 'custom');
    const whole = { ...defaults, connectionId: 'main', ...options };
    this.send({ do: 'backup', request: { options: whole, overwrite, jobId } });
    return jobId;
  }

  startRestore(options: Partial<RestoreOptions> & { inputPath: string }): string {
    const jobId = randomUUID();
    const whole = { ...restoreDefaults(), connectionId: 'main', ...options };
    this.send({ do: 'restore', request: { options: whole, jobId } });
    return jobId;
  }

  startVerify(options: VerifyOptions): string {
    const jobId = randomUUID();
    this.send({ do: 'verify', request: { options, jobId } });
    return jobId;
  }

  cancel(jobId: string): void {
    this.send({ do: 'cancel', jobId });
  }

  /** Ends it in order. */
  async close(): Promise<void> {
    this.send({ do: 'dispose' });
    assert.ok(await until(() => this.disposed));
  }

  /** Like a crash of the extension host. */
  kill(): void {
    this.process.kill('SIGKILL');
  }

  private send(command: unknown): void {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
  }
}

/** Direct children of a process (Linux). */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      if (Number(ppid) === parent && state !== 'Z') found.push({ pid: Number(name), command });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}
