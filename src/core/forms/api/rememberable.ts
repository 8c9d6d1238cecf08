import { optionsOf } from '../../pgtools/catalogue/catalogue';
import { toolForScope } from '../../pgtools/args/dumpallArgs';
import type { ToolName } from '../../model/tools';
import { backupFields } from '../../model/backupFields';
import type {
  BackupOptions,
  RememberedBackup,
  RememberedRestore,
  RestoreOptions,
  ToolOptions,
} from '../../model/options';
import { restoreFields } from '../../model/restoreFields';
import { rememberedOf } from '../fields/fieldValues';

/**
 * The backup options that are remembered. Not the selection: objects come and go, and a backup that
 * leaves out some objects, or all rows, has to be chosen each time; the same holds for a backup
 * that is not synced to disk. Not the user's own arguments: their effect is unknown, and they may
 * contain a secret.
 */
export function rememberableBackup(options: BackupOptions): RememberedBackup {
  const toolOptions = rememberableToolOptions(toolForScope(options.scope), options.toolOptions);
  return { ...rememberedOf(backupFields, options), toolOptions };
}

/**
 * The restore options that are remembered. Never destructive ones, the target or the selection:
 * clean, if-exists, create, the target database, a selection, the user's own arguments. Nor those
 * that hide errors: continuing after them, disabled triggers.
 */
export function rememberableRestore(options: RestoreOptions): RememberedRestore {
  const toolOptions = rememberableToolOptions('pg_restore', options.toolOptions);
  return { ...rememberedOf(restoreFields, options), toolOptions };
}

/** Groups whose options choose what is dumped or restored, or what a script does to its target. */
const NOT_REMEMBERED: ReadonlySet<string> = new Set(['selection', 'content', 'script', 'other']);

/** Without what is dangerous, limits what is in the dump, or belongs to one run (a snapshot, a file). */
function rememberableToolOptions(tool: ToolName, toolOptions: ToolOptions): ToolOptions {
  const rows = optionsOf(tool);
  const kept = Object.entries(toolOptions).filter(([id]) => {
    const row = rows.find((each) => each.id === id);
    if (row === undefined || row.dangerous || row.onceOnly) return false;
    if (NOT_REMEMBERED.has(row.group)) return false;
    return row.kind.kind !== 'file' && !(row.kind.kind === 'text' && row.kind.of === 'snapshot');
  });
  return Object.fromEntries(kept);
}
