import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { LibpqConnection } from '../../connections/libpq';
import { knowsRestrict } from '../../forms/form/archiveFacts';
import type { ToolCommand } from '../../model/tools';
import { buildScriptArgs } from '../../pgtools/args/psqlArgs';
import type { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import type { JobRun } from '../job/jobContext';
import type { ScriptWatch } from '../progress/restore/scriptWatch';
import { toolFailure } from '../tool/toolFailure';
import { ToolOutput } from '../tool/toolOutput';
import { runTool } from '../tool/toolRun';
import { pollReadPositions } from '../tool/readPosition';
import type { RestoreProgressState, RestoreTask } from './restoreTask';

/** Those who follow what psql does. */
export interface ScriptFollowers {
  state: RestoreProgressState;
  watch: ScriptWatch;
  collector: ErrorCollector;
}

export interface PsqlInput {
  target: LibpqConnection;
  /** The script's bytes; null = psql reads the file itself. */
  bytes: AsyncGenerator<Buffer> | null;
  /** How many lines of the script come before these bytes. */
  linesBefore?: number;
}

/** Runs the psql of a restore, or one after another where a script goes to several databases. */
export class ScriptRun {
  /** Can this psql be told to refuse every backslash command? */
  readonly restricted: boolean;
  /** The first command stands for all: they differ in the database. */
  private shown = false;

  constructor(
    private readonly job: JobRun,
    private readonly task: RestoreTask,
    private readonly followers: ScriptFollowers,
  ) {
    this.restricted = knowsRestrict(task.install.version);
  }

  /**
   * Runs one psql to its end.
   *
   * @throws AppError `toolFailed`; as `runTool`; what `bytes` throws
   */
  async run({ target, bytes, linesBefore = 0 }: PsqlInput): Promise<void> {
    const { record } = this.job;
    const { connection } = this.task;
    const { collector } = this.followers;
    const command = this.command(target, bytes === null);
    if (!this.shown) record.command = [command.file, ...command.args];
    this.shown = true;
    const output = new ToolOutput(record, collector, { linesBefore, ...this.listeners() });
    const stdin = bytes === null ? undefined : Readable.from(bytes, { objectMode: false });
    let inputFailure: Error | undefined;
    stdin?.once('error', (error: Error) => (inputFailure = error));
    const exit = await runTool(this.job, connection, command, {
      onChunk: output.write,
      ...(stdin ? { stdin } : { onStart: (pid) => this.followReading(pid) }),
    });
    output.end();
    if (inputFailure !== undefined) throw inputFailure;
    if (exit.code !== 0) throw toolFailure(record, 'psql', exit, output);
  }

  private command(target: LibpqConnection, takesFile: boolean): ToolCommand {
    const { options, install, unknownOptions } = this.task;
    const args = buildScriptArgs(
      {
        options,
        file: takesFile ? options.inputPath : null,
        connectionArgs: target.args,
        unknownOptions,
        // Only psql knows for certain what it takes for a command: it refuses what the scan missed.
        ...(this.restricted ? { restrictKey: randomBytes(16).toString('hex') } : {}),
      },
      install.version,
    );
    return { tool: 'psql', file: install.tools.psql ?? '', args, env: target.env };
  }

  private listeners(): ConstructorParameters<typeof ToolOutput>[2] {
    const { state, watch } = this.followers;
    return {
      onEvent: (event) => {
        // Errors with a line come from the script, not from connecting.
        if (event.type === 'error' && event.line !== null) state.begun = true;
      },
      onStdout: (line) => {
        state.begun = true;
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
