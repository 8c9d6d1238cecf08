import type { ConnectionProfile } from '../../model/profile';
import { evaluateBackup } from '../../forms/backup/backupForm';
import { formConnection } from '../../forms/form/formConnection';
import type { BackupOptions } from '../../model/options';
import type { RequestedBackup } from '../../forms/api/requests';
import type { BackupRequest } from './backupRequest';
import { followHashes } from './backupManifest';
import { chooseTool } from '../../pgtools/choose/candidates';
import { buildDumpallArgs } from '../../pgtools/args/dumpallArgs';
import { ErrorCollector } from '../../pgtools/stderr/errorCollector';
import type { ToolCommand } from '../../model/tools';
import { finishBackup } from './finishBackup';
import { formTool } from '../job/formTool';
import { connect } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import type { OutputTarget } from './outputTarget';
import { ClusterWatch } from '../progress/cluster/clusterWatch';
import { refuseInvalid } from '../job/refuseInvalid';
import { toolFailure } from '../tool/toolFailure';
import { ToolOutput } from '../tool/toolOutput';
import { runTool } from '../tool/toolRun';

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
  const { record } = run;
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
  record.progress.setPhase('dumping');
  record.touch();

  const watch = new ClusterWatch(run, connection, options, install.version);
  const output = new ToolOutput(record, new ErrorCollector(), { onEvent: watch.onEvent });
  watch.begin(target.partialPath);
  const follower = followHashes(run, manifest, target.partialPath, options.format);
  const exit = await runTool(run, connection, command, { onChunk: output.write });
  output.end();
  if (exit.code !== 0) throw toolFailure(record, 'pg_dumpall', exit, output);

  record.progress.setPhase('finishing');
  await watch.finishing();
  record.touch();
  await finishBackup(run, {
    target,
    manifest,
    follower,
    options,
    database: '',
    tool: { name: 'pg_dumpall', version: install.version.text },
    serverVersion: server.version,
    catalog: null,
  });
  await watch.completed();
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
