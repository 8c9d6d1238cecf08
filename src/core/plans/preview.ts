import { AppError } from '../errors';
import { isScript } from '../forms/form/archiveFacts';
import type { BackupContext, RestoreContext } from '../forms/form/context';
import { changesArchive } from '../forms/restore/byScript';
import { leftOutByRule } from '../forms/restore/leftOutByRule';
import { deriveBackup, type DerivedBackup } from '../forms/selection/derivedBackup';
import { isNothing } from '../forms/selection/selection';
import { isClusterBackup, type BackupOptions, type RestoreOptions } from '../model/options';
import { NEWEST_MAJOR, type ToolVersion } from '../model/tools';
import { placedTool, typedCommand } from '../pgtools/args/toolPlace';
import { NO_NAMES, type CommandPlan, type PlanNames, type ScriptInput } from './commandPlan';
import { FILTER_PLACEHOLDER, planBackup } from './planBackup';
import { planClusterBackup } from './planClusterBackup';
import { planArchive, planChanged, planScript } from './planRestore';

/** Where the tool is and how it reaches the server; never a secret. */
export interface CommandTarget {
  /** Path of the executable. */
  file: string;
  /** `--host=… --dbname=…`, as the host made them; of the target database for a restore. */
  connectionArgs: readonly string[];
}

/** A command as a form shows it. */
export interface ShownCommand {
  /** Executable and arguments; empty when the options cannot be put into a command. */
  argv: string[];
  /** Its standard input; null = nothing, or `input`. */
  stdin: ScriptInput | null;
  /** Paths of the files that are its standard input and output. */
  input?: string;
  output?: string;
  /** Its standard input is the script that pg_restore makes of the archive, changed on its way. */
  changed?: true;
  /** A file in the command that is written when the job starts; null = none. */
  madeLater: string | null;
  /** The SSH server through which the job reaches the database server; null = directly. */
  ssh: string | null;
}

/** Shown when no command can express the options. */
export const NO_COMMAND: ShownCommand = { argv: [], stdin: null, madeLater: null, ssh: null };

/** Placeholder for the list file, which is written when the restore starts. */
export const LIST_PLACEHOLDER = 'selected-objects.list';
/** Placeholder for the restrict key, which is generated when the restore starts. */
export const KEY_PLACEHOLDER = 'KEY';

/** Before a tool is found, its newest form is shown. */
const NEWEST: ToolVersion = { major: NEWEST_MAJOR, minor: 0, text: String(NEWEST_MAJOR) };

/**
 * The backup's command with its final path, which differs from what runs by the name of the partial
 * file alone. `evaluateBackup` says why it is empty.
 */
export function backupCommand(
  options: BackupOptions,
  context: BackupContext,
  target: CommandTarget,
  derived: DerivedBackup = deriveBackup(options, context),
): ShownCommand {
  const cluster = isClusterBackup(options);
  if (!cluster && isNothing(derived.selection)) return NO_COMMAND;
  const ssh = context.connection?.ssh ?? null;
  const streams = placedTool(target.file) !== null;
  return shown(target.file, { output: options.outputPath }, () => {
    const command = {
      version: context.tool?.version ?? NEWEST,
      connectionArgs: target.connectionArgs,
      databaseEncoding: context.server?.encoding ?? null,
      unknownOptions: context.tool?.unknownOptions,
      windows: target.file.includes('\\'),
      utf8Arguments: context.tool?.utf8Arguments,
      streams,
    };
    const plan = cluster
      ? planClusterBackup(options, { ...command, database: context.server?.database ?? null })
      : planBackup(options, { ...command, selection: derived.dump });
    const madeLater = plan.filterText === null ? null : FILTER_PLACEHOLDER;
    const output = streams ? { output: options.outputPath } : {};
    return { plan, stdin: null, madeLater, ssh, ...output };
  });
}

/** Stands for a dump that the job unpacks before. */
const UNPACKED_PLACEHOLDER = 'unpacked.dump';

/** The command of a restore: pg_restore's, or psql's for scripts. */
export function restoreCommand(
  options: RestoreOptions,
  context: RestoreContext,
  target: CommandTarget & { listFile?: string },
): ShownCommand {
  const { info, tool } = context;
  const streams = placedTool(target.file) !== null;
  const command = {
    streams,
    version: tool?.version ?? NEWEST,
    connectionArgs: target.connectionArgs,
    unknownOptions: tool?.unknownOptions,
    server: context.server,
  };
  const unsaved = target.listFile === undefined ? LIST_PLACEHOLDER : null;
  const list = target.listFile ?? LIST_PLACEHOLDER;
  // The tool reads what the job unpacks.
  const unpacked = info?.packed ? UNPACKED_PLACEHOLDER : null;
  const read = unpacked === null ? options : { ...options, inputPath: unpacked };
  const ssh = context.connection?.ssh ?? null;
  if (!isScript(info) && changesArchive(options)) {
    return shown(psqlBeside(target.file), {}, () => {
      const plan = planChanged(read, command);
      return { plan, stdin: null, changed: true, madeLater: null, ssh };
    });
  }
  return shown(target.file, { list }, () => {
    if (info !== null && isScript(info)) {
      const plan = planScript(read, info, command);
      return { plan, stdin: plan.stdin, madeLater: unpacked, ssh };
    }
    const leavesOut = leftOutByRule(options, info, context.server).length > 0;
    const plan = planArchive(read, { ...command, leavesOut });
    const madeLater = plan.usesList ? unsaved : unpacked;
    return { plan, stdin: null, madeLater, ssh, ...(streams ? { input: read.inputPath } : {}) };
  });
}

/** The psql of the same tools. */
function psqlBeside(file: string): string {
  return file.replace(/pg_restore(?=(?:\.exe)?$)/i, 'psql');
}

function shown(
  file: string,
  known: Partial<PlanNames>,
  make: () => { plan: CommandPlan } & Omit<ShownCommand, 'argv'>,
): ShownCommand {
  const names = { ...NO_NAMES, filter: FILTER_PLACEHOLDER, restrictKey: KEY_PLACEHOLDER, ...known };
  try {
    const { plan, ...rest } = make();
    return { argv: typedCommand(file, plan.args(names)), ...rest };
  } catch (error) {
    if (AppError.is(error)) return NO_COMMAND;
    throw error;
  }
}
