import type { BackupInfo } from '../../model/archive';
import type { ServerInfo } from '../../model/catalog';
import type { RestoreOptions } from '../../model/options';
import type { LeftOutKind, ScriptEdits } from '../../model/scriptEdits';
import { readRestoreSelection } from '../selection/restoreSelection';

/** The facts of a script that its changes depend on. */
export type EditFacts = Pick<
  BackupInfo,
  'cluster' | 'ownDatabase' | 'settings' | 'plainDrops' | 'warnings'
> &
  Partial<Pick<BackupInfo, 'contents'>>;

/** What the target is: its own name of the database, and which settings it knows. */
export type EditTarget = Pick<ServerInfo, 'database' | 'settings'>;

/** The options that decide what is changed in a script. */
export type EditOptions = Pick<
  RestoreOptions,
  | 'targetDatabase'
  | 'databases'
  | 'schemaOnly'
  | 'dataOnly'
  | 'schemas'
  | 'tables'
  | 'clean'
  | 'noOwner'
  | 'noPrivileges'
  | 'subscriptions'
  | 'withoutComments'
  | 'withoutPublications'
  | 'withoutSecurityLabels'
  | 'withoutRowsOf'
  | 'searchPath'
  | 'mapRoles'
>;

/** Changes that are made in a script: those that the options ask for, and those that the target needs. */
export function scriptEdits(
  options: EditOptions,
  info: EditFacts,
  target: EditTarget | null,
): ScriptEdits {
  const { ownDatabase: own } = info;
  const into = options.targetDatabase ?? target?.database;
  const selection = readRestoreSelection({ ...options, dumpIds: null });
  return {
    settings: unknownSettings(info, target),
    database: own === undefined ? 'asWritten' : own === into ? 'notMade' : 'leftOut',
    ifExists: info.plainDrops === true,
    dropFirst: options.clean,
    leaveOut: leftOutKinds(options, info),
    selection:
      selection.mode === 'only' ? { schemas: selection.schemas, tables: selection.tables } : null,
    withoutRowsOf: options.withoutRowsOf ?? [],
    searchPath: options.searchPath,
    schemas: info.contents?.schemas ?? [],
    mapRoles: options.mapRoles ?? [],
  };
}

function leftOutKinds(options: EditOptions, { warnings, cluster }: EditFacts): LeftOutKind[] {
  const left: Readonly<Record<LeftOutKind, boolean>> = {
    definitions: options.dataOnly,
    rows: options.schemaOnly,
    owners: options.noOwner,
    privileges: options.noPrivileges,
    comments: options.withoutComments,
    publications: options.withoutPublications,
    // Subscriptions in a copy would receive the changes that are meant for the original.
    subscriptions:
      (!cluster || options.databases !== null) &&
      !options.subscriptions &&
      warnings.includes('subscriptions'),
    securityLabels: options.withoutSecurityLabels,
  };
  return (Object.keys(left) as LeftOutKind[]).filter((kind) => left[kind]);
}

/** Settings that a script sets and the target does not know: of a newer major, or of a fork. */
function unknownSettings(
  { settings = [] }: Pick<EditFacts, 'settings'>,
  target: EditTarget | null,
): string[] {
  if (target?.settings === undefined) return [];
  const known = new Set(target.settings);
  return settings.filter((name) => !known.has(name));
}
