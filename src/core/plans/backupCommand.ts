import type { HelpOption, ToolVersion } from '../model/tools';
import { assertSayable, withAsciiPatterns } from '../pgtools/args/codePage';
import { isUtf8 } from '../pgtools/args/patterns';
import type { CommandPlan } from './commandPlan';

/** Inputs of a backup's command besides its options, whichever tool makes it. */
export interface BackupCommandContext {
  version: ToolVersion;
  /** `--host=… --dbname=…`, without a secret; as pg_dumpall takes them for whole servers. */
  connectionArgs: readonly string[];
  databaseEncoding: string | null;
  unknownOptions: readonly HelpOption[] | undefined;
  /** Windows takes shorter command lines. */
  windows: boolean;
  /** Every character reaches the tool all the same. */
  utf8Arguments?: boolean | undefined;
  /** The tool writes its standard output, because it runs elsewhere. */
  streams?: boolean;
}

export interface BackupPlan extends CommandPlan {
  tool: 'pg_dump' | 'pg_dumpall';
  /** Content of the filter file that the command reads; null = none. */
  filterText: string | null;
  /** The command writes a directory beside the output (`membersPath`), which the job joins. */
  joined: boolean;
}

/**
 * Refuses arguments that do not reach the tool as they are: it gets them in a code page. One that runs
 * elsewhere does not.
 * @throws AppError `argumentUnsayable`
 */
export function assertReachable(
  args: readonly string[],
  { windows, utf8Arguments, streams }: BackupCommandContext,
): void {
  if (windows && utf8Arguments !== true && streams !== true) assertSayable(args);
}

/** How patterns are spelled: only a database in UTF-8 accepts characters by their numbers. */
export function spelling({
  windows,
  databaseEncoding,
}: BackupCommandContext): (args: string[]) => string[] {
  return windows && isUtf8(databaseEncoding ?? 'UTF8') ? withAsciiPatterns : (args) => args;
}
