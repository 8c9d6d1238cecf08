import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { refusingCommands } from '../../archive/script/commandGuard';
import { editedScript } from '../../archive/script/edit/editScript';
import { LineMap } from '../../archive/script/edit/lineMap';
import { withoutParameters } from '../../archive/script/edit/parameters';
import { mapRoles } from '../../archive/script/edit/roles/mapRoles';
import { aroundTransaction, type Around } from '../../archive/script/edit/aroundTransaction';
import { inOneDatabase } from '../../archive/script/edit/scriptParts';
import { withoutSettings } from '../../archive/script/edit/settings';
import { withSearchPath } from '../../archive/script/edit/statementRules';
import { INTERNAL_PARAMETERS } from '../../archive/toc/internalParameters';
import { KEY_PASSPHRASE } from '../../connections/clientKey/passphraseFile';
import { AppError } from '../../errors';
import { knowsRestrict } from '../../pgtools/catalogue/restrict';
import { buildRestoreArgs } from '../../pgtools/args/restoreArgs';
import { placedTool } from '../../pgtools/args/toolPlace';
import { startProgram } from '../../pgtools/locate/startProgram';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { StderrParser } from '../../pgtools/stderr/stderrParser';
import { NO_NAMES } from '../../plans/commandPlan';
import { planChanged } from '../../plans/planRestore';
import type { JobRun } from '../job/jobContext';
import { rememberRun } from '../job/jobMonitor';
import { tellNote } from '../job/tellNote';
import type { RestoreMonitor } from '../progress/restore/restoreMonitor';
import { runPlan } from '../tool/runPlan';
import { takeErrors } from '../tool/toolFailure';
import type { RestoreProgressState, RestoreTask } from './restoreTask';
import { commandRefusal } from './script/refuseScript';
import { ScriptEffect } from './script/scriptEffect';

/** An archive whose statements are changed on their way to the server. */
export interface RewrittenArchive {
  /** Path of the list of what is restored; null = everything. */
  listFile: string | null;
  monitor: RestoreMonitor;
  /** Are there parameters in it that the server keeps for itself? */
  internalParameters: boolean;
  /** What its transaction begins and ends with; null = nothing of ours. */
  around: Around | null;
  /** The schemas that it makes. */
  schemas: readonly string[];
}

/**
 * Restores an archive by the script that pg_restore makes of it, without what the server does not
 * take and with the changes that the options ask for, run by psql: pg_restore itself cannot be told
 * to change a statement. By one process, whatever the number of jobs.
 *
 * @throws AppError `toolFailed`, `cancelled`; `scriptNeedsRestrict`; as `runPlan`
 */
export async function runRewrittenRestore(
  run: JobRun,
  task: RestoreTask,
  archive: RewrittenArchive,
  state: RestoreProgressState,
): Promise<'completed' | 'completedWithErrors'> {
  const { record } = run;
  const { options, connection, install, database } = task;
  if (archive.internalParameters) {
    tellNote(record, { code: 'rewritten', names: [...INTERNAL_PARAMETERS] });
  }
  const target = connection.to(database);
  const collector = new ErrorCollector();
  const effect = (state.effect = new ScriptEffect());
  effect.begin(options.singleTransaction);
  const lines = new LineMap();
  const stdin = inputOf(task, archive, scriptOf(run, task, archive), lines);
  let inputFailure: Error | undefined;
  stdin.once('error', (error: Error) => (inputFailure = error));
  const { exit, failure } = await runPlan(run, {
    plan: planChanged(options, { version: install.version, connectionArgs: target.args }),
    names: { ...NO_NAMES, restrictKey: randomBytes(16).toString('hex') },
    install,
    connection,
    target,
    collector,
    stdin,
    listeners: {
      lineOf: lines.lineOf,
      onEvent: (event) => {
        if (event.type === 'error' && event.line !== null) effect.failed();
      },
      onStdout: (line) => effect.line(line),
    },
  });
  effect.exited(exit.code);
  if (inputFailure !== undefined) throw inputFailure;
  if (exit.code !== 0) throw failure();
  takeErrors(record, { collector });
  rememberRun(run, archive.monitor);
  return collector.total === 0 ? 'completed' : 'completedWithErrors';
}

/** What psql reads: the script with its changes. */
function inputOf(
  { options, connection, install: { version } }: RestoreTask,
  { around, schemas }: RewrittenArchive,
  script: AsyncGenerator<Buffer>,
  lines: LineMap,
): Readable {
  const known = connection.server.settings && new Set(connection.server.settings);
  const { mapRoles: roles, searchPath } = options;
  const rules = [
    withoutParameters(INTERNAL_PARAMETERS),
    ...(known ? [withoutSettings((name) => !known.has(name))] : []),
    ...(roles === null ? [] : [mapRoles(roles)]),
    ...(searchPath === 'asWritten' ? [] : [withSearchPath(searchPath === 'public' ? [] : schemas)]),
    ...(around === null ? [] : [aroundTransaction(around)]),
  ];
  const edited = inOneDatabase(editedScript(script, rules), lines);
  // A definition may hold a command of psql, and this is where an old psql would run it.
  const bytes = knowsRestrict(version)
    ? edited
    : refusingCommands(edited, commandRefusal(options.inputPath, version));
  return Readable.from(bytes, { objectMode: false });
}

/**
 * What pg_restore writes as a script; it goes on as fast as it is read.
 *
 * @throws AppError `toolFailed` at its end; `toolNotStarted`
 */
async function* scriptOf(
  run: JobRun,
  { options, install, unknownOptions, connection, database }: RestoreTask,
  { listFile, monitor }: Pick<RewrittenArchive, 'listFile' | 'monitor'>,
): AsyncGenerator<Buffer> {
  const file = install.tools.pg_restore ?? '';
  const serial = { ...options, jobs: 1 };
  const streams = placedTool(file) !== null;
  const args = buildRestoreArgs(
    {
      options: serial,
      listFile,
      archive: streams ? null : options.inputPath,
      connectionArgs: ['--file=-'],
      unknownOptions,
    },
    install.version,
  );
  const words: string[] = [];
  const parser = new StderrParser((line, events) => {
    run.record.addLines([line.text]);
    for (const event of events) {
      monitor.onEvent(event);
      if (event.type === 'error') words.push(line.text);
    }
  });
  const child = startProgram(file, args, {
    shell: false,
    reject: false,
    cwd: path.dirname(file),
    extendEnv: false,
    env: withoutSecrets(connection.to(database).env),
    stdin: streams ? { file: options.inputPath } : 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    windowsHide: true,
    cancelSignal: run.signal,
  });
  if (child.pid !== undefined) monitor.onStart(child.pid);
  child.stderr.on('data', (chunk: Buffer) => parser.push(chunk));
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const { exitCode = null, isCanceled } = await child;
    parser.end();
    if (isCanceled) throw new AppError('cancelled', {});
    if (exitCode !== 0) {
      const text = words.join('\n');
      throw new AppError('toolFailed', { tool: 'pg_restore', exitCode, cause: 'other', text });
    }
  } finally {
    // psql may have ended before pg_restore had written everything.
    child.kill('SIGKILL');
  }
}

/** pg_restore connects to nothing here. The rest stays: its process is found by the job's name. */
function withoutSecrets(env: Readonly<Record<string, string>>): Record<string, string> {
  const isSecret = (name: string): boolean => name === 'PGPASSWORD' || name === KEY_PASSPHRASE;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecret(name)));
}
