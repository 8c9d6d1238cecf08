import * as vscode from 'vscode';
import type { BackupJob } from '../../core/model/job';
import type { Workspace } from '../../core/jobs/supervisor/window/supervisedJobs';

/** The workspace of this window, as jobs remember it. */
export function thisWorkspace(): Workspace {
  const { name, workspaceFile, workspaceFolders } = vscode.workspace;
  const uri = workspaceFile ?? workspaceFolders?.[0]?.uri;
  return { workspace: uri?.toString() ?? '', workspaceName: name ?? '' };
}

/** Was the job started in another workspace? Unknown for jobs of earlier versions: no. */
export function isForeign({ origin }: BackupJob): boolean {
  return origin !== undefined && origin.workspace !== thisWorkspace().workspace;
}
