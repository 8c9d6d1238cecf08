import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import type { RestoreOptions } from '../../model/options';
import type { ScriptEdits } from '../../model/scriptEdits';

/** The facts of a script that its changes depend on. */
export type EditFacts = Pick<BackupInfo, 'ownDatabase' | 'settings' | 'plainDrops'>;

/** What the target is: its own name of the database, and which settings it knows. */
export type EditTarget = Pick<ServerInfo, 'database' | 'settings'>;

/** What is changed in a script so that the target takes it. */
export function scriptEdits(
  options: Pick<RestoreOptions, 'targetDatabase'>,
  info: EditFacts,
  target: EditTarget | null,
): ScriptEdits {
  const { ownDatabase: own } = info;
  const into = options.targetDatabase ?? target?.database;
  return {
    settings: unknownSettings(info, target),
    database: own === undefined ? 'asWritten' : own === into ? 'notMade' : 'leftOut',
    ifExists: info.plainDrops === true,
  };
}

/** Settings that a script sets and the target does not know: of a newer major, or of a fork. */
export function unknownSettings(
  { settings = [] }: Pick<EditFacts, 'settings'>,
  target: EditTarget | null,
): string[] {
  if (target?.settings === undefined) return [];
  const known = new Set(target.settings);
  return settings.filter((name) => !known.has(name));
}
