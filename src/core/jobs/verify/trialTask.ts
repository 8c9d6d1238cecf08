import { isOfSubscription, reachOfArchive } from '../../archive/inspect/archiveReach';
import type { RowStatements } from '../../archive/inspect/rowStatements';
import { AppError } from '../../errors';
import { knowsRestrict } from '../../pgtools/catalogue/restrict';
import { formConnection } from '../../forms/form/formConnection';
import { DISCARDS_ROWS } from '../../forms/restore/restoreTarget';
import { restoreDefaults } from '../../forms/restore/restoreDefaults';
import { evaluateRestore } from '../../forms/restore/restoreForm';
import type { BackupInfo, Reach } from '../../model/archive';
import type { RestoreOptions } from '../../model/options';
import type { ToolInstall } from '../../model/tools';
import { psqlOptions } from '../../pgtools/catalogue/psql';
import { restoreOptions } from '../../pgtools/catalogue/restore';
import { chooseTool } from '../../pgtools/choose/candidates';
import { formTool } from '../job/formTool';
import type { JobConnection } from '../job/jobConnection';
import type { JobRun } from '../job/jobContext';
import { assertNoErrors } from '../job/assertNoErrors';
import { refuseScript } from '../restore/script/refuseScript';
import type { RestoreInput } from '../restore/input/restoreInput';
import type { Permission } from '../restore/restorePermission';
import type { RestoreTask } from '../restore/restoreTask';

/** What a trial restore is made of. */
export interface TrialInput {
  permission: Permission;
  input: RestoreInput;
  connection: JobConnection;
  /** The scratch database. */
  database: string;
  /** What was found in rows that are statements. */
  rows: RowStatements;
}

/**
 * Decides how a backup is restored into a scratch database, by the same rules as every restore.
 * Owners and privileges of an archive are left out, because their roles belong to the server that the
 * backup is of; subscriptions, because they would come to life.
 *
 * @throws AppError `trialReachesOut` for what a scratch database cannot hold; `optionInvalid`; as
 *   `refuseScript` and `chooseTool`
 */
export async function decideTrial(run: JobRun, trial: TrialInput): Promise<RestoreTask> {
  const { permission, input, connection, database } = trial;
  const { info, archive } = input;
  const { signal } = run;
  const install = chooseInstall(connection, info);
  const { version } = install;
  if (archive === null) await refuseScript(info, database, version, signal);
  await refuseReach(trial, signal);
  const options: RestoreOptions = {
    ...restoreDefaults(),
    inputPath: info.path,
    connectionId: connection.profile.id,
    targetDatabase: database,
    createDatabase: true,
    exitOnError: archive === null && version.major < DISCARDS_ROWS,
    ...(archive ? { noOwner: true, noPrivileges: true } : {}),
  };
  const table = archive ? restoreOptions : psqlOptions;
  const tool = await formTool(run, install, table, options.toolOptions);
  const { server, profile } = connection;
  const context = { connection: formConnection(profile), server, info, tool };
  assertNoErrors(evaluateRestore(options, context).problems);
  return { permission, options, info, archive, connection, database, install, created: null };
}

async function refuseReach({ input, rows }: TrialInput, signal: AbortSignal): Promise<void> {
  const { info, archive } = input;
  const { path } = info;
  const texts = archive
    ? await reachOfArchive(archive.toc, (i) => isOfSubscription(archive.toc, i), signal)
    : (info.reach ?? []);
  const statements = rows.found.map((each): Reach => ({ ...each, line: null, object: null }));
  const found = [...texts, ...statements];
  const [first] = found;
  if (first === undefined) return;
  const { kind, statement, line, object } = first;
  throw new AppError('trialReachesOut', {
    ...{ path, kind, statement, line, object },
    count: found.length,
  });
}

function chooseInstall({ server, search }: JobConnection, info: BackupInfo): ToolInstall {
  const { archiveVersion } = info;
  if (info.format !== 'plain') {
    return chooseTool(search.installs, { tool: 'pg_restore', server, archiveVersion }, null)
      .install;
  }
  const task = { tool: 'psql', server, script: info } as const;
  const careful = search.installs.filter(
    ({ tools, version }) =>
      tools.psql !== undefined && version.major >= DISCARDS_ROWS && knowsRestrict(version),
  );
  return chooseTool(careful.length > 0 ? careful : search.installs, task, null).install;
}
