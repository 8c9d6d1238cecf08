import { isJoined, membersPath, writtenFormat, type BackupOptions } from '../model/options';
import type { DumpSelection } from '../model/tools';
import { buildDumpArgs, selectedNames } from '../pgtools/args/dumpArgs';
import { filterFileText, fitArguments, type SelectionForm } from '../pgtools/args/longSelection';
import { hasNonAscii, isUtf8 } from '../pgtools/args/patterns';
import {
  assertReachable,
  spelling,
  type BackupCommandContext,
  type BackupPlan,
} from './backupCommand';
import type { PlanNames } from './commandPlan';

/**
 * Placeholder for the filter file with a selection that is too long for arguments; it is written
 * when a backup starts.
 */
export const FILTER_PLACEHOLDER = 'selected-objects.filter';

/** Inputs of pg_dump's command. */
export interface DumpCommandContext extends BackupCommandContext {
  /** The selection by exact names. */
  selection: DumpSelection;
}

/**
 * The command of a backup of one database.
 *
 * @throws AppError `argumentsTooLong`, `argumentUnsayable`; those of `buildDumpArgs` for options that no command
 *   can say
 */
export function planBackup(options: BackupOptions, context: DumpCommandContext): BackupPlan {
  const { selection, version, windows, streams = false } = context;
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
  const { form, args } = fitArguments((each) => build(each, shown), version, {
    windows,
    inFile:
      windows &&
      !isUtf8(context.databaseEncoding ?? 'UTF8') &&
      hasNonAscii(selectedNames(selection)),
  });
  assertReachable(args, context);
  return {
    tool: 'pg_dump',
    args: (names) => build(form, names),
    filterText: form === 'filterFile' ? filterFileText(selection) : null,
    joined,
    streams,
  };
}
