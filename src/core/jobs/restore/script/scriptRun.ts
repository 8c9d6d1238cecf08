import { randomBytes } from 'node:crypto';
import type { LineMap } from '../../../archive/script/edit/lineMap';
import type { LibpqConnection } from '../../../connections/libpq';
import type { ErrorCollector } from '../../../pgtools/stderr/errorCollector';
import type { JobRun } from '../../job/jobContext';
import type { ScriptMonitor } from '../../progress/restore/scriptMonitor';
import { NO_NAMES } from '../../../plans/commandPlan';
import { planScript, type ScriptPlan } from '../../../plans/planRestore';
import { placedTool } from '../../../pgtools/args/toolPlace';
import { PieceStream } from '../../tool/pieceStream';
import { runPlan } from '../../tool/runPlan';
import type { ToolOutputOptions } from '../../tool/toolOutput';
import { pollReadPositions } from '../../tool/readPosition';
import type { RestoreTask } from '../restoreTask';
import type { ScriptEffect } from './scriptEffect';

/** Followers of psql's output. */
export interface ScriptFollowers {
  effect: ScriptEffect;
  watch: ScriptMonitor;
  collector: ErrorCollector;
}

export interface PsqlInput {
  target: LibpqConnection;
  /** The script's bytes; null = psql reads the file itself. */
  bytes: AsyncGenerator<Buffer> | null;
  /** Maps psql's line numbers to those of the script. */
  lines: LineMap;
}

/** Runs psql for a restore, several times where a script goes to several databases. */
export class ScriptRun {
  /** The first command is shown for all: they differ only in the database. */
  private shown: readonly string[] | null = null;

  constructor(
    private readonly job: JobRun,
    private readonly task: RestoreTask,
    private readonly followers: ScriptFollowers,
  ) {}

  /** The command for this database. */
  plan(target: LibpqConnection): ScriptPlan {
    const { options, info, install, unknownOptions, connection, database } = this.task;
    return planScript(options, info, {
      version: install.version,
      connectionArgs: target.args,
      unknownOptions,
      streams: placedTool(install.dir) !== null,
      server: { ...connection.server, database },
    });
  }

  /**
   * Runs one psql to its end.
   *
   * @throws AppError `toolFailed`; as `runPlan`; what `bytes` throws
   */
  async run({ target, bytes, lines }: PsqlInput): Promise<void> {
    const { connection, install } = this.task;
    const stdin = bytes === null ? undefined : new PieceStream(bytes);
    let inputFailure: Error | undefined;
    stdin?.once('error', (error: Error) => (inputFailure = error));
    const { effect } = this.followers;
    effect.begin(this.task.options.singleTransaction);
    const running = runPlan(this.job, {
      plan: this.plan(target),
      names: { ...NO_NAMES, restrictKey: randomBytes(16).toString('hex') },
      install,
      connection,
      target,
      collector: this.followers.collector,
      listeners: { lineOf: lines.lineOf, ...this.listeners() },
      ...(stdin ? { stdin } : { onStart: (pid) => this.followReading(pid) }),
    });
    this.shown ??= this.job.record.command;
    this.job.record.command = [...this.shown];
    const { exit, failure } = await running;
    effect.exited(exit.code);
    if (inputFailure !== undefined) throw inputFailure;
    if (exit.code !== 0) throw failure();
  }

  private listeners(): ToolOutputOptions {
    const { effect, watch } = this.followers;
    return {
      onEvent: (event) => {
        // Errors with a line come from the script, not from connecting.
        if (event.type === 'error' && event.line !== null) effect.failed();
      },
      onStdout: (line) => {
        effect.line(line);
        watch.line(line);
      },
    };
  }

  private followReading(pid: number): void {
    const stop = pollReadPositions(
      pid,
      this.task.options.inputPath,
      ([at]) => at && this.followers.watch.read(at.position),
    );
    this.job.cleanups.push(stop);
  }
}
