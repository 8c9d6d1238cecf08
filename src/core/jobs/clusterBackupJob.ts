import { listDumpedDatabases } from '../catalog/serverInfo';
import type { ConnectionProfile } from '../connections/profile';
import { evaluateBackup } from '../forms/backupForm';
import { formConnection } from '../forms/formConnection';
import type { BackupOptions } from '../forms/options';
import type { RequestedBackup } from '../forms/requests';
import type { BackupRequest } from './backupJob';
import { chooseTool } from '../pgtools/browser/candidates';
import { buildDumpallArgs } from '../pgtools/browser/dumpallArgs';
import { ErrorCollector } from '../pgtools/errorCollector';
import type { ToolEvent } from '../pgtools/stderr/toolEvents';
import type { ToolCommand } from '../pgtools/types';
import { finishBackup } from './finishBackup';
import { formTool } from './formTool';
import { connect, QUERY_TIMEOUT_MS } from './jobConnection';
import type { JobRun } from './jobContext';
import type { OutputTarget } from './outputTarget';
import { pollOutputSize } from './progress/outputSize';
import type { ProgressTracker } from './progress/progressTracker';
import { refuseInvalid } from './refuseInvalid';
import { toolFailure } from './toolFailure';
import { ToolOutput } from './toolOutput';
import { runTool } from './toolRun';

/**
 * Backs up the whole server, or what all its databases share, by pg_dumpall. All that `runBackup`
 * promises of an output holds: `target` gets its name when the script is whole.
 */
export async function runClusterBackup(
  run: JobRun,
  profile: ConnectionProfile,
  { options: asked, manifest }: BackupRequest,
  target: OutputTarget,
): Promise<'completed'> {
  const { record, signal } = run;
  record.progress.setPhase('reading');
  record.touch();
  const connection = await connect(run, profile, [undefined]);
  const { server, search } = connection;
  const { install } = chooseTool(search.installs, { tool: 'pg_dumpall', server }, asked.toolDir);
  const tool = await formTool(run, install, 'pg_dumpall', asked.toolOptions);
  const options = withoutNames(asked);
  record.options = options;
  const context = {
    connection: formConnection(profile),
    server,
    catalog: null,
    tool,
  };
  refuseInvalid(evaluateBackup(options, context).problems);

  const args = (file: string): string[] =>
    buildDumpallArgs(
      {
        options,
        file,
        connectionArgs: connection.target.dumpallArgs,
        database: server.database,
        databaseEncoding: server.encoding,
        unknownOptions: tool.unknownOptions,
      },
      install.version,
    );
  const command: ToolCommand = {
    tool: 'pg_dumpall',
    file: install.tools.pg_dumpall ?? '',
    args: args(target.partialPath),
    env: connection.target.env,
  };
  // What ran, but for the one name that nobody will ever see.
  record.command = [command.file, ...args(target.finalPath)];
  const progress = new DumpallProgress(record.progress);
  if (options.scope === 'server') {
    const query = { signal, timeoutMs: QUERY_TIMEOUT_MS };
    const all = await listDumpedDatabases(connection.psql, connection.target, query);
    const left = all.filter((name) => !options.excludeDatabases.includes(name));
    // How many the user's own patterns leave out, only pg_dumpall knows.
    const patterns = options.toolOptions['exclude-database'] ?? options.toolOptions['filter'];
    if (patterns === undefined) record.progress.setTotal(left.length);
  }
  record.progress.setPhase('dumping');
  record.touch();

  const output = new ToolOutput(record, new ErrorCollector(), {
    onEvent: (event) => progress.add(event),
  });
  const stopPolling = pollOutputSize(target.partialPath, (bytes) => {
    record.progress.setBytes(bytes);
    record.touch();
  });
  run.cleanups.push(stopPolling);
  const exit = await runTool(run, connection, command, { onChunk: output.write });
  output.end();
  if (exit.code !== 0) throw toolFailure(record, 'pg_dumpall', exit, output);

  record.progress.setPhase('finishing');
  record.touch();
  await finishBackup(run, {
    target,
    manifest,
    options,
    database: '',
    tool: { name: 'pg_dumpall', version: install.version.text },
    serverVersion: server.version,
    catalog: null,
  });
  return 'completed';
}

/** Names of tables that were asked for are refused: what they mean need not be looked up. */
function withoutNames(asked: RequestedBackup): BackupOptions {
  const exact = (names: RequestedBackup['excludeTables']): BackupOptions['excludeTables'] =>
    names.map((name) => (typeof name === 'string' ? { schema: '', name } : name));
  return {
    ...asked,
    tables: asked.tables && exact(asked.tables),
    excludeTables: exact(asked.excludeTables),
    excludeTableData: exact(asked.excludeTableData),
  };
}

/** One unit is one database; the table that is being dumped is shown with it. */
class DumpallProgress {
  private started = 0;
  private database: string | null = null;

  constructor(private readonly tracker: ProgressTracker) {}

  add(event: ToolEvent): void {
    if (event.type === 'dumpingDatabase') {
      this.database = event.database;
      this.tracker.setCompleted(this.started++);
      this.tracker.setCurrent(event.database);
    } else if (event.type === 'dumpingTable' && this.database !== null) {
      this.tracker.setCurrent(`${this.database}: ${event.table}`);
    }
  }
}
