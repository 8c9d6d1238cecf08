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
      'This file was not made by a job on this machine. Restoring it runs the code in it on the server, with all privileges of the connection.',
    ),
  );
  if (server?.isSuperuser !== true) return;
  evaluation.warn(
    'connectionId',
    l10n.t(
      '{0} is a superuser: the code in the file may read files on the server and start programs there. Unless you trust its author, choose a connection whose role is not a superuser. The option "role" does not protect from this, because the file can reset the role.',
      server.user,
    ),
  );
}
