import { scriptEncoding } from '../forms/form/archiveFacts';
import { knowsRestrict } from '../pgtools/catalogue/restrict';
import { DISCARDS_ROWS } from '../forms/restore/restoreTarget';
import { scriptEdits, type EditFacts, type EditTarget } from '../forms/restore/scriptEdits';
import { restoresPart } from '../forms/selection/restoreSelection';
import type { BackupInfo } from '../model/archive';
import type { RestoreOptions } from '../model/options';
import { changesStatements, type ScriptEdits } from '../model/scriptEdits';
import type { HelpOption, ToolVersion } from '../model/tools';
import { buildScriptArgs } from '../pgtools/args/psqlArgs';
import { buildRestoreArgs } from '../pgtools/args/restoreArgs';
import type { CommandPlan, ScriptInput } from './commandPlan';

/** Inputs of a restore's command besides its options. */
export interface RestoreCommandContext {
  version: ToolVersion;
  /** Connection arguments of the target database, without a secret. */
  connectionArgs: readonly string[];
  unknownOptions: readonly HelpOption[] | undefined;
  /** Entries are left out by rule, so a list names those that are restored. */
  leavesOut?: boolean;
  /** Of a script: what is known of the target; null = nothing yet. */
  server?: EditTarget | null;
  /** The tool reads its standard input, because it runs elsewhere. */
  streams?: boolean;
}

export interface ArchivePlan extends CommandPlan {
  tool: 'pg_restore';
  /** Does the command read a list of entries, which has to be made before? */
  usesList: boolean;
}

/**
 * The command that restores an archive.
 *
 * @throws AppError those of `buildRestoreArgs`
 */
export function planArchive(options: RestoreOptions, context: RestoreCommandContext): ArchivePlan {
  const { connectionArgs, unknownOptions, version, leavesOut = false } = context;
  const usesList = leavesOut || restoresPart(options);
  const { streams = false } = context;
  const archive = streams ? null : options.inputPath;
  return {
    tool: 'pg_restore',
    usesList,
    streams,
    args: ({ list }) => {
      const listFile = usesList ? list : null;
      const restore = { options, listFile, archive, connectionArgs, unknownOptions };
      return buildRestoreArgs(restore, version);
    },
  };
}

/**
 * The psql that runs the script which pg_restore makes of an archive, changed on its way: it has
 * its transaction in itself, because pg_restore knows of large objects.
 *
 * @throws AppError those of `buildScriptArgs`
 */
export function planChanged(
  { exitOnError, singleTransaction }: Pick<RestoreOptions, 'exitOnError' | 'singleTransaction'>,
  { version, connectionArgs }: Pick<RestoreCommandContext, 'version' | 'connectionArgs'>,
): CommandPlan {
  const restricted = knowsRestrict(version);
  const stops = exitOnError || singleTransaction || version.major < DISCARDS_ROWS;
  return {
    tool: 'psql',
    args: ({ restrictKey }) =>
      buildScriptArgs(
        {
          options: { exitOnError: stops, singleTransaction: false, toolOptions: {}, extraArgs: [] },
          file: null,
          connectionArgs,
          ...(restricted ? { restrictKey } : {}),
        },
        version,
      ),
  };
}

export interface ScriptPlan extends CommandPlan {
  tool: 'psql';
  /** Does psql refuse every backslash command? Old releases cannot. */
  restricted: boolean;
  /** Its standard input; null = it reads the file itself. */
  stdin: ScriptInput | null;
}

/** The facts of a script that its plan depends on. */
export type ScriptFacts = EditFacts &
  Pick<BackupInfo, 'compression' | 'connects' | 'strays' | 'warnings'>;

/**
 * The command that runs a script; of one of pg_dumpall, the command for each of its databases.
 *
 * @throws AppError those of `buildScriptArgs`
 */
export function planScript(
  options: RestoreOptions,
  script: ScriptFacts,
  context: RestoreCommandContext,
): ScriptPlan {
  const { connectionArgs, unknownOptions, version, streams = false } = context;
  const restricted = knowsRestrict(version);
  const edits = scriptEdits(options, script, context.server ?? null);
  const stdin =
    scriptInput(options.inputPath, script, edits, restricted) ??
    (streams ? unchanged(options.inputPath) : null);
  const file = stdin === null ? options.inputPath : null;
  return {
    tool: 'psql',
    restricted,
    stdin,
    streams,
    args: ({ restrictKey }) =>
      buildScriptArgs(
        {
          options,
          file,
          connectionArgs,
          unknownOptions,
          // psql itself refuses commands that a scan of the script missed.
          ...(restricted ? { restrictKey } : {}),
        },
        version,
      ),
  };
}

function unchanged(path: string): ScriptInput {
  return { path, compression: 'none', encoding: 'utf8', edits: null };
}

function scriptInput(
  path: string,
  script: ScriptFacts,
  edits: ScriptEdits,
  restricted: boolean,
): ScriptInput | null {
  const { compression, connects, strays, warnings } = script;
  const edited =
    // A psql that refuses commands refuses those of pg_dump as well; one that cannot refuse them
    // must get none.
    !restricted ||
    connects.length > 0 ||
    warnings.includes('restrictKeys') ||
    strays !== undefined ||
    changesStatements(edits);
  const encoding = scriptEncoding(script);
  // psql reads no compressed files and no UTF-16.
  if (!edited && compression === 'none' && encoding === 'utf8') return null;
  return { path, compression, encoding, edits: edited ? edits : null };
}
