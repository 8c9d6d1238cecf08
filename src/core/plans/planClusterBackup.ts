import type { BackupOptions } from '../model/options';
import { buildDumpallArgs } from '../pgtools/args/dumpallArgs';
import {
  assertReachable,
  spelling,
  type BackupCommandContext,
  type BackupPlan,
} from './backupCommand';

/** Inputs of pg_dumpall's command. */
export interface ClusterCommandContext extends BackupCommandContext {
  /** The database that is connected to; null = unknown. */
  database: string | null;
}

/**
 * The command of a backup of a whole server, or of what its databases share.
 *
 * @throws AppError `argumentUnsayable`; that of `buildDumpallArgs` for options that no command can say
 */
export function planClusterBackup(
  options: BackupOptions,
  context: ClusterCommandContext,
): BackupPlan {
  const { version, connectionArgs, database, databaseEncoding, unknownOptions } = context;
  const { streams = false } = context;
  const say = spelling(context);
  const build = (output: string): string[] =>
    say(
      buildDumpallArgs(
        {
          ...{ options, connectionArgs, database, databaseEncoding, unknownOptions },
          file: streams ? null : output,
        },
        version,
      ),
    );
  assertReachable(build(options.outputPath), context);
  return {
    tool: 'pg_dumpall',
    args: ({ output }) => build(output),
    filterText: null,
    joined: false,
    streams,
  };
}
