import { isJoined, membersPath, writtenFormat, type BackupOptions } from '../model/options';
import type { DumpSelection, HelpOption, ToolVersion } from '../model/tools';
import { buildDumpallArgs } from '../pgtools/args/dumpallArgs';
import { assertSayable, withAsciiPatterns } from '../pgtools/args/codePage';
import { buildDumpArgs, selectedNames } from '../pgtools/args/dumpArgs';
import { filterFileText, fitArguments, type SelectionForm } from '../pgtools/args/longSelection';
import { hasNonAscii, isUtf8 } from '../pgtools/args/patterns';
import type { CommandPlan, PlanNames } from './commandPlan';

/**
 * Placeholder for the filter file with a selection that is too long for arguments; it is written
 * when a backup starts.
 */
export const FILTER_PLACEHOLDER = 'selected-objects.filter';

/** Inputs of a backup's command besides its options. */
export interface BackupCommandContext {
  version: ToolVersion;
  /** `--host=… --dbname=…`, without a secret; as pg_dumpall takes them for whole servers. */
  connectionArgs: readonly string[];
  /** The selection by exact names; null where pg_dumpall makes the backup. */
  selection: DumpSelection | null;
  /** The database that is connected to; null = unknown. */
  database: string | null;
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
 * The command of a backup.
 *
 * @throws AppError `argumentsTooLong`, `argumentUnsayable`; those of the argument builders for options that no command
 *   can say
 */
export function planBackup(options: BackupOptions, context: BackupCommandContext): BackupPlan {
  const { selection, version, windows, streams = false } = context;
  if (selection === null) return planDumpall(options, context);
  const joined = isJoined(options);
  // Only the joined file is synced to the disk; its members need not be.
  const noSync = options.noSync || joined;
  const written = { ...options, format: writtenFormat(options), noSync };
  const say = spelling(context);
  const build = (form: SelectionForm, names: Pick<PlanNames, 'output' | 'filter'>): string[] =>
    say(
      buildDumpArgs(
        {
          options: written,
          selection,
          file: streams ? null : joined ? membersPath(names.output) : names.output,
          connectionArgs: context.connectionArgs,
          databaseEncoding: context.databaseEncoding,
          unknownOptions: context.unknownOptions,
          selectionForm: form,
          filterFile: form !== 'filterFile' ? null : streams ? '-' : names.filter,
        },
        version,
      ),
    );
  const shown = { output: options.outputPath, filter: FILTER_PLACEHOLDER };
  const { form } = fitArguments((each) => build(each, shown), version, {
    windows,
    inFile:
      windows &&
      !isUtf8(context.databaseEncoding ?? 'UTF8') &&
      hasNonAscii(selectedNames(selection)),
  });
  if (isLimited(context)) assertSayable(build(form, shown));
  return {
    tool: 'pg_dump',
    args: (names) => build(form, names),
    filterText: form === 'filterFile' ? filterFileText(selection) : null,
    joined,
    streams,
  };
}

function planDumpall(options: BackupOptions, context: BackupCommandContext): BackupPlan {
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
  const args = build(options.outputPath);
  if (isLimited(context)) assertSayable(args);
  return {
    tool: 'pg_dumpall',
    args: ({ output }) => build(output),
    filterText: null,
    joined: false,
    streams,
  };
}

/** Does the tool get its arguments in a code page? One that runs elsewhere does not. */
function isLimited({ windows, utf8Arguments, streams }: BackupCommandContext): boolean {
  return windows && utf8Arguments !== true && streams !== true;
}

/** How patterns are spelled: only a database in UTF-8 accepts characters by their numbers. */
function spelling({
  windows,
  databaseEncoding,
}: BackupCommandContext): (args: string[]) => string[] {
  return windows && isUtf8(databaseEncoding ?? 'UTF8') ? withAsciiPatterns : (args) => args;
}
