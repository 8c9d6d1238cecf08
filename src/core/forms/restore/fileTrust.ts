import * as l10n from '@vscode/l10n';
import type { BackupInfo, Reach, ReachKind } from '../../model/archive';
import { reachLines } from '../../text/reachText';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { RestoreField } from '../form/formTypes';
import { isClusterScript } from './clusterRestore';

/** What a script of pg_dumpall is about is told by name, and asked about. */
const CLUSTER_KINDS: ReadonlySet<ReachKind> = new Set(['databases', 'roles', 'tablespaces']);

/** What of a file goes beyond what its restore says it does. */
export function reachBeyond(info: BackupInfo | null): Reach[] {
  const { reach = [] } = info ?? {};
  if (!isClusterScript(info)) return reach;
  // pg_dumpall writes down who may set which parameter.
  return reach.filter(
    ({ kind, statement }) => !CLUSTER_KINDS.has(kind) && statement !== 'GRANT ON PARAMETER',
  );
}

/**
 * Says what a file does beyond the database; and, of one that nobody here has made, what restoring it
 * means. No option confines it: whatever role a tool is told to take, statements can take the
 * connection's own again (`RESET ROLE`).
 */
export function noteTrust(context: RestoreContext, evaluation: Evaluation<RestoreField>): void {
  const { info, server, madeHere } = context;
  const lines = reachLines(reachBeyond(info));
  if (lines.length > 0) evaluation.warn('inputPath', lines.join(' '));
  if (info === null || madeHere !== false) return;
  evaluation.warn(
    'inputPath',
    l10n.t(
      'No job of this machine has made this file. To restore it is to run the code in it on the server, with all rights of the connection.',
    ),
  );
  if (server?.isSuperuser !== true) return;
  evaluation.warn(
    'connectionId',
    l10n.t(
      '{0} is a superuser: the code in the file may read files of the server and start programs there. Unless you trust who made it, choose a connection whose role is none. The option "role" protects from nothing, since the file can take the rights back.',
      server.user,
    ),
  );
}
