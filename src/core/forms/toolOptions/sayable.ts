import * as l10n from '@vscode/l10n';
import { isJoined } from '../../model/options';
import type { BackupOptions, OptionValue, RestoreOptions, ToolOptions } from '../../model/options';
import type { ToolName } from '../../model/tools';
import {
  beyondAscii,
  firstUnsayable,
  LONGEST_PATH,
  withAsciiPatterns,
} from '../../pgtools/args/codePage';
import { selectedNames } from '../../pgtools/args/dumpArgs';
import { isUtf8 } from '../../pgtools/args/patterns';
import { optionsOf } from '../../pgtools/catalogue/catalogue';
import { dumpOptions } from '../../pgtools/catalogue/dump';
import { hasOption, rowIn } from '../../pgtools/catalogue/rows';
import { isScript } from '../form/archiveFacts';
import type { BackupContext, RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { BackupField, RestoreField } from '../form/formTypes';
import type { DerivedBackup } from '../selection/derivedBackup';

/** What is said to which tool, and how. */
interface Said {
  tool: ToolName;
  toolOptions: ToolOptions;
  extraArgs: readonly string[];
  /** The tool accepts characters of patterns by their numbers. */
  byNumbers: boolean;
}

/**
 * Refuses at their fields what the tool would get garbled, because it gets its arguments in a code page
 * of Windows: what `assertSayable` would refuse before the job runs.
 */
export function checkBackupSayable(
  options: BackupOptions,
  { tool, server }: BackupContext,
  { dump }: DerivedBackup,
  evaluation: Evaluation<BackupField>,
): void {
  if (tool?.ofWindows !== true) return;
  checkLength('outputPath', options.outputPath, partialRoom(options), evaluation);
  if (tool.utf8Arguments === true) return;
  const byNumbers = isUtf8(server?.encoding ?? 'UTF8');
  const cluster = options.scope !== 'database';
  const name = cluster ? 'pg_dumpall' : 'pg_dump';
  const { toolOptions, extraArgs } = options;
  checkArguments({ tool: name, toolOptions, extraArgs, byNumbers }, evaluation);
  if (cluster || byNumbers) return;
  const extension = (options.extensions ?? []).map(beyondAscii).find((found) => found !== null);
  if (extension) evaluation.error('extensions', unsayableText(name, extension));
  if (hasOption(rowIn(dumpOptions, 'filter'), tool.version)) return;
  for (const selected of selectedNames(dump)) {
    const character = beyondAscii(selected);
    if (character === null) continue;
    const field = (options.tables ?? []).length > 0 ? 'tables' : 'schemas';
    evaluation.error(
      field,
      `${unsayableText(name, character)} ${l10n.t('pg_dump 17 or newer reads such names from a file.')}`,
    );
    return;
  }
}

/** The same for pg_restore and psql. */
export function checkRestoreSayable(
  options: RestoreOptions,
  { tool, info }: RestoreContext,
  evaluation: Evaluation<RestoreField>,
): void {
  if (tool?.ofWindows !== true) return;
  // The job gives a file a short name.
  if (info?.format === 'directory') {
    checkLength('inputPath', options.inputPath, MEMBER_ROOM, evaluation);
  }
  const name = isScript(info) ? 'psql' : 'pg_restore';
  if (tool.utf8Arguments === true) return;
  const { toolOptions, extraArgs } = options;
  checkArguments({ tool: name, toolOptions, extraArgs, byNumbers: false }, evaluation);
}

/** `.….pgbackup-0123456789ab.partial`, as a backup is called until it is whole. */
const PARTIAL_ROOM = 31;
/** `.members` */
const MEMBERS_ROOM = 8;
/** `\\1234567890.dat.lz4` */
const MEMBER_ROOM = 20;

/** Characters by which the paths that pg_dump writes may be longer than the output's. */
function partialRoom(options: BackupOptions): number {
  if (isJoined(options)) return PARTIAL_ROOM + MEMBERS_ROOM + MEMBER_ROOM;
  return PARTIAL_ROOM + (options.format === 'directory' ? MEMBER_ROOM : 0);
}

/** Windows' tools find nothing at longer paths, and say only that. */
function checkLength<F extends string>(
  field: F,
  path: string,
  room: number,
  evaluation: Pick<Evaluation<F>, 'error'>,
): void {
  if (path.length + room <= LONGEST_PATH) return;
  evaluation.error(
    field,
    l10n.t(
      'The path has {0} characters: on Windows, programs of PostgreSQL open at most {1}. Choose a shorter one.',
      path.length,
      LONGEST_PATH - room,
    ),
  );
}

function checkArguments(
  { tool, toolOptions, extraArgs, byNumbers }: Said,
  evaluation: Pick<Evaluation<'extraArgs' | `toolOptions.${string}`>, 'error'>,
): void {
  const unsayable = (args: readonly string[]): string | null =>
    firstUnsayable(byNumbers ? withAsciiPatterns(args) : args)?.character ?? null;
  for (const [id, value] of Object.entries(toolOptions)) {
    const flag = optionsOf(tool).find((row) => row.id === id)?.flag ?? `--${id}`;
    const character = unsayable(textsOf(value).map((text) => `${flag}=${text}`));
    if (character !== null) evaluation.error(`toolOptions.${id}`, unsayableText(tool, character));
  }
  const character = unsayable(extraArgs);
  if (character !== null) evaluation.error('extraArgs', unsayableText(tool, character));
}

function textsOf(value: OptionValue): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function unsayableText(tool: ToolName, character: string): string {
  return l10n.t(
    '{0} cannot be told "{1}": on Windows it takes arguments in a code page, not in Unicode. Use ASCII characters.',
    tool,
    character,
  );
}
