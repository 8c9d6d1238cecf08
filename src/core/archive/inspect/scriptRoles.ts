import type { ScriptRoles } from '../../model/archive';
import type { ScriptScan } from '../script/scriptTypes';

/**
 * The roles that a script needs and does not make itself; undefined where it needs none, or where roles
 * may be made unseen, by a block of code or by a command of psql, or for a whole server.
 */
export function neededRoles(
  scan: Pick<ScriptScan, 'cluster' | 'roles' | 'globals' | 'statements' | 'metaCommands'>,
): ScriptRoles | undefined {
  const { cluster, roles, globals, statements, metaCommands } = scan;
  if (cluster || statements.has('DO') || metaCommands.length > 0) return undefined;
  const made = new Set(
    globals.flatMap(({ action, kind, name }) =>
      action === 'create' && kind === 'ROLE' ? name : [],
    ),
  );
  const needed = (names: ReadonlySet<string>): string[] =>
    [...names].filter((name) => !made.has(name));
  const found = {
    owners: needed(roles.owners),
    grantees: needed(roles.grantees),
    others: needed(roles.others),
  };
  return Object.values(found).some((names) => names.length > 0) ? found : undefined;
}
