import { AppError } from '../errors';
import { buildDumpallArgs } from '../pgtools/args/dumpallArgs';
import { buildDumpArgs } from '../pgtools/args/dumpArgs';
import { fitArguments } from '../pgtools/args/longSelection';
import { buildScriptArgs } from '../pgtools/args/psqlArgs';
import { buildRestoreArgs } from '../pgtools/args/restoreArgs';
import type { ToolVersion } from '../model/tools';
import { isScript } from '../forms/form/archiveFacts';
import { isClusterBackup } from '../forms/backup/clusterBackup';
import type { BackupContext, RestoreContext } from '../forms/form/context';
import type { BackupOptions, RestoreOptions } from '../model/options';
import { resolveSelection } from '../forms/selection/selection';
import { selectsObjects } from '../forms/selection/selectsObjects';

/** Where the tool is and how it reaches the server; never a secret. */
export interface CommandTarget {
  /** Path of the executable. */
  file: string;
  /** `--host=… --dbname=…`, as the host made them; of the target database for a restore. */
  connectionArgs: readonly string[];
}

/** Stands for the list of what is selected, a file that is made when the restore starts. */
export const LIST_PLACEHOLDER = 'selected-objects.list';

/** Stands for a selection that is too long for arguments, likewise. */
export const FILTER_PLACEHOLDER = 'selected-objects.filter';

/** Before a tool is found, its newest form is shown. */
const NEWEST: ToolVersion = { major: 18, minor: 0, text: '18' };

/**
 * argv of the backup with its final path, which differs from what runs by the name of the partial
 * file alone. Empty when the options cannot be put into a command; `evaluateBackup` says why.
 */
export function backupCommand(
  options: BackupOptions,
  context: BackupContext,
  target: CommandTarget,
): string[] {
  const version = context.tool?.version ?? NEWEST;
  if (isClusterBackup(options)) {
    return orNothing(() => [
      target.file,
      ...buildDumpallArgs(
        {
          options,
          file: options.outputPath,
          connectionArgs: target.connectionArgs,
          database: context.server?.database ?? null,
          databaseEncoding: context.server?.encoding ?? null,
          unknownOptions: context.tool?.unknownOptions,
        },
        version,
      ),
    ]);
  }
  return orNothing(() => [
    target.file,
    ...fitArguments(
      (form) =>
        buildDumpArgs(
          {
            options,
            selection: resolveSelection(options, context.catalog),
            file: options.outputPath,
            connectionArgs: target.connectionArgs,
            databaseEncoding: context.server?.encoding ?? null,
            unknownOptions: context.tool?.unknownOptions,
            selectionForm: form,
            filterFile: form === 'filterFile' ? FILTER_PLACEHOLDER : null,
          },
          version,
        ),
      version,
      target.file.includes('\\'),
    ).args,
  ]);
}

/**
 * argv of the restore: pg_restore, or psql for scripts. A selection shows as `LIST_PLACEHOLDER`
 * unless `listFile` is given. Empty when the options cannot be put into a command.
 */
export function restoreCommand(
  options: RestoreOptions,
  context: RestoreContext,
  target: CommandTarget & { listFile?: string },
): string[] {
  const version = context.tool?.version ?? NEWEST;
  const { connectionArgs } = target;
  const unknownOptions = context.tool?.unknownOptions;
  return orNothing(() => {
    if (isScript(context.info)) {
      // psql reads no compressed files and no UTF-16: those come through its standard input.
      const asItIs =
        context.info?.compression === 'none' && !context.info.warnings.includes('utf16');
      const file = asItIs ? options.inputPath : null;
      return [
        target.file,
        ...buildScriptArgs({ options, file, connectionArgs, unknownOptions }, version),
      ];
    }
    const selects = selectsObjects(options);
    const listFile = selects ? (target.listFile ?? LIST_PLACEHOLDER) : null;
    const archive = options.inputPath;
    const restore = { options, listFile, archive, connectionArgs, unknownOptions };
    return [target.file, ...buildRestoreArgs(restore, version)];
  });
}

function orNothing(build: () => string[]): string[] {
  try {
    return build();
  } catch (error) {
    if (AppError.is(error)) return [];
    throw error;
  }
}
