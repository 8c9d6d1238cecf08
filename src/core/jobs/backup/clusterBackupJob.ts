import type { ConnectionProfile } from '../../model/profile';
import { evaluateBackup } from '../../forms/backup/backupForm';
import { formConnection } from '../../forms/form/formConnection';
import { BACKUP_RELATIONS, withExactNames } from '../../forms/api/resolveTables';
import type { BackupOptions } from '../../model/options';
import type { RequestedBackup } from '../../forms/api/requests';
import type { BackupRequest } from './backupRequest';
import { dumpAllOptions } from '../../pgtools/catalogue/dumpall';
import { placedTool } from '../../pgtools/args/toolPlace';
import { chooseTool } from '../../pgtools/choose/candidates';
import { formTool } from '../job/formTool';
import { connect } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import type { OutputTarget } from './outputTarget';
import { planClusterBackup } from '../../plans/planClusterBackup';
import { runDump } from './runDump';
import { ClusterMonitor } from '../progress/cluster/clusterMonitor';
import { assertNoErrors } from '../job/assertNoErrors';

/**
 * Backs up the whole server, or what all its databases share, by pg_dumpall. As with `runBackup`,
 * the output gets its final name only when the script is whole.
 */
export async function runClusterBackup(
  run: JobRun,
  profile: ConnectionProfile,
  { options: requested, manifest }: BackupRequest,
  target: OutputTarget,
): Promise<'completed'> {
  const { record } = run;
  record.progress.setPhase('reading');
  record.touch();
  const connection = await connect(run, profile, [undefined]);
  const { server, search } = connection;
  const { install } = chooseTool(
    search.installs,
    { tool: 'pg_dumpall', server },
    requested.toolDir,
  );
  const tool = await formTool(run, install, dumpAllOptions, requested.toolOptions);
  const options = withoutNames(requested);
  record.options = options;
  const context = {
    connection: formConnection(profile),
    server,
    catalog: null,
    tool,
  };
  assertNoErrors(evaluateBackup(options, context).problems);

  return runDump(run, {
    options,
    plan: planClusterBackup(options, {
      version: install.version,
      connectionArgs: connection.target.dumpallArgs,
      database: server.database,
      databaseEncoding: server.encoding,
      unknownOptions: tool.unknownOptions,
      windows: process.platform === 'win32',
      utf8Arguments: tool.utf8Arguments,
      streams: placedTool(install.dir) !== null,
    }),
    install,
    connection,
    target,
    manifest,
    monitor: new ClusterMonitor(run, connection, options, install.version),
    database: '',
    objects: null,
  });
}

/**
 * The options with names of tables as they were given. They are not looked up, because a backup of
 * a whole server that names tables is refused.
 */
function withoutNames(asked: RequestedBackup): BackupOptions {
  return withExactNames(BACKUP_RELATIONS, asked, (names) =>
    names.map((name) => (typeof name === 'string' ? { schema: '', name } : name)),
  );
}
