import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { decompressed, openDecompressed } from '../../archive/compression/decompress';
import type { BackupInfo } from '../../model/archive';
import { forCluster, withoutCommands } from '../../archive/script/withoutCommands';
import { readOwnRoles } from '../../catalog/serverInfo';
import { AppError } from '../../errors';
import { knowsRestrict } from '../../forms/form/archiveFacts';
import { buildScriptArgs } from '../../pgtools/args/psqlArgs';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import { isAboutRoles } from '../../pgtools/stderr/restoreErrors';
import type { ToolCommand } from '../../model/tools';
import { QUERY_TIMEOUT_MS } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import { ScriptWatch } from '../progress/restore/scriptWatch';
import { pollReadPositions } from '../tool/readPosition';
import type { RestoreProgressState, RestoreTask } from './restoreTask';
import { findMetaCommand } from './scriptCommands';
import { takeErrors, toolFailure } from '../tool/toolFailure';
import { ToolOutput } from '../tool/toolOutput';
import { runTool } from '../tool/toolRun';

/**
 * Refuses a script that would do something else than fill the target: psql follows `\connect` into
 * other databases, and runs programs by `\!`, `\copy … program` and others, whatever its options
 * (CVE-2025-8714). Throws `scriptSwitchesDatabase`, `scriptRunsCommands`, `archiveDamaged`.
 */
export async function refuseScript(
  info: BackupInfo,
  database: string,
  signal: AbortSignal,
): Promise<void> {
  const { path, compression } = info;
  if (info.warnings.includes('metaCommands')) {
    const encoding = info.warnings.includes('utf16') ? 'utf16le' : 'utf8';
    const found = await findMetaCommand(path, { compression, encoding, signal });
    if (found) throw new AppError('scriptRunsCommands', { path, ...found });
  }
  const elsewhere = info.connects.find((name) => name !== database);
  if (elsewhere !== undefined && !info.cluster) {
    throw new AppError('scriptSwitchesDatabase', { path, database: elsewhere });
  }
  // psql would run a script that was cut at the end of a line without a word.
  if (info.complete === false) {
    const offset = info.sizeBytes;
    throw new AppError('archiveDamaged', { path, offset, reading: 'end of the script' });
  }
}

/** Runs a script by psql. */
export async function runScriptRestore(
  run: JobRun,
  task: RestoreTask,
  state: RestoreProgressState,
): Promise<'completed' | 'completedWithErrors'> {
  const { record, signal } = run;
  const { options, info, connection, install } = task;
  const target = connection.to(task.database);
  const encoding = info.warnings.includes('utf16') ? 'utf16le' : 'utf8';
  // Where psql can be told to refuse all commands, those that pg_dump itself writes are taken out.
  const restricted = knowsRestrict(install.version);
  const ownCommands = info.connects.length > 0 || info.warnings.includes('restrictKeys');
  const withoutOwn = restricted && ownCommands;
  const restrictKey = randomBytes(16).toString('hex');
  const { server } = connection;
  // psql reads no compressed files and no UTF-16: those come through its standard input.
  const asItIs = info.compression === 'none' && encoding === 'utf8' && !withoutOwn;

  const args = buildScriptArgs(
    {
      options,
      file: asItIs ? options.inputPath : null,
      connectionArgs: target.args,
      unknownOptions: task.unknownOptions,
      // Only psql knows for certain what it takes for a command: it refuses what the scan missed.
      ...(restricted ? { restrictKey } : {}),
    },
    install.version,
  );
  const command: ToolCommand = {
    tool: 'psql',
    file: install.tools.psql ?? '',
    args,
    env: target.env,
  };
  record.command = [command.file, ...command.args];
  record.progress.setPhase('restoring');
  record.touch();

  const watch = new ScriptWatch(run, connection, info, task);
  await watch.begin();
  const own = info.cluster
    ? await readOwnRoles(connection.psql, target, server, { signal, timeoutMs: QUERY_TIMEOUT_MS })
    : null;
  const there = new Set(own ? [server.user, own.bootstrap] : []);
  const collector = new ErrorCollector({ harmless: (error) => isAboutRoles(error, there) });
  const output = new ToolOutput(record, collector, {
    onEvent: (event) => {
      // Errors with a line come from the script, not from connecting.
      if (event.type === 'error' && event.line !== null) state.begun = true;
    },
    onStdout: (line) => {
      state.begun = true;
      watch.line(line);
    },
  });
  // Large objects come with transactions of their own, and their COMMIT ends ours.
  state.atomic = options.singleTransaction && !info.contents.hasBlobs;

  let stdin: Readable | undefined;
  let inputFailure: Error | undefined;
  if (!asItIs) {
    const from = { encoding, onRead: watch.read } as const;
    stdin = withoutOwn
      ? Readable.from(
          withoutCommands(
            decompressed(options.inputPath, info.compression, from),
            own
              ? forCluster({ key: restrictKey, role: server.user, password: own.password })
              : undefined,
          ),
          { objectMode: false },
        )
      : openDecompressed(options.inputPath, info.compression, from);
    stdin.once('error', (error: Error) => (inputFailure = error));
  }
  const running = runTool(run, connection, command, {
    onChunk: output.write,
    ...(stdin ? { stdin } : {}),
    onStart: (pid) => {
      if (!asItIs) return;
      const read = pollReadPositions(
        pid,
        options.inputPath,
        ([at]) => at && watch.read(at.position),
      );
      run.cleanups.push(read);
    },
  });
  // A session of ours would be in the way of dropping a database that was made for this.
  const exit = await running.finally(() => watch.finishing());
  output.end();
  if (inputFailure !== undefined) throw inputFailure;
  if (exit.code !== 0) throw toolFailure(record, 'psql', exit, output);
  if (signal.aborted && collector.total > 0) throw new AppError('cancelled', {});
  takeErrors(record, output);
  await watch.completed();
  return collector.total === 0 ? 'completed' : 'completedWithErrors';
}
