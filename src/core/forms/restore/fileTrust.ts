import * as l10n from '@vscode/l10n';
import { ROW_STATEMENT, type BackupInfo, type Reach, type ReachKind } from '../../model/archive';
import { reachLines } from '../../text/reachText';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { RestoreField } from '../form/formTypes';
import { isClusterScript } from './clusterRestore';

/** The question before a restore names these objects of a pg_dumpall script. */
const CLUSTER_KINDS: ReadonlySet<ReachKind> = new Set(['databases', 'roles', 'tablespaces']);

/**
 * Statements of a file whose effect goes beyond what its restore declares.
 *
 * @param madeHere a job of this machine has made the file, so pg_dump wrote its rows
 */
export function reachBeyond(info: BackupInfo | null, madeHere: boolean): Reach[] {
  const reach = (info?.reach ?? []).filter((each) => !madeHere || !isAboutRows(each));
  if (info?.ownDatabase !== undefined) return reach.filter((each) => !isAboutOwn(each));
  if (!isClusterScript(info)) return reach;
  // pg_dumpall itself writes `GRANT … ON PARAMETER` into its scripts.
  return reach.filter(
    ({ kind, statement }) => !CLUSTER_KINDS.has(kind) && statement !== 'GRANT ON PARAMETER',
  );
}

function isAboutRows({ kind, statement }: Reach): boolean {
  return kind === 'unjudged' && statement === ROW_STATEMENT;
}

/**
 * Is the statement about the database that the script creates? It is left out when the script is
 * run.
 */
function isAboutOwn({ kind, statement }: Reach): boolean {
  return kind === 'databases' && /^(?:CREATE|DROP|ALTER) DATABASE/.test(statement);
}

/**
 * Warns of a file's effects beyond the database, and of files that were not made on this machine.
 * No option confines such a file: whatever role the tool sets, statements can return to the
 * connection's own (`RESET ROLE`).
 */
export function noteTrust(context: RestoreContext, evaluation: Evaluation<RestoreField>): void {
  const { info, server, madeHere } = context;
  const lines = reachLines(reachBeyond(info, madeHere !== false));
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
