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
 * What of a backup's options is kept. Not what is dumped: objects come and go, and a backup that
 * leaves some out, or all rows, has to be asked for each time; so has one that is not waited for until
 * it is on the disk. Not the user's own arguments: nobody can say what they do, or whether a secret is
 * among them.
 */
export function rememberableBackup(options: BackupOptions): RememberedBackup {
  const toolOptions = rememberableToolOptions(toolForScope(options.scope), options.toolOptions);
  return { ...rememberedOf(backupFields, options), toolOptions };
}

/**
 * What of a restore's options is kept. Never what destroys, nor into what, nor what of the file:
 * clean, if-exists, create, the target database, a selection, the user's own arguments. Nor what makes
 * errors matter less: going on after them, disabled triggers.
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
