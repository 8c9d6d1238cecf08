import path from 'node:path';
import * as vscode from 'vscode';
import { MANIFEST_ENDING, manifestPath } from '../../core/backups/manifest/manifest';
import { isManifest } from '../../core/backups/manifest/writeManifest';
import { AppError } from '../../core/errors';
import { jobFile } from '../../core/text/jobOutcome';
import type { VerifyLevel } from '../../core/model/options';
import { isFinished } from '../../core/model/job';
import type { Jobs } from '../../core/jobs/manager/jobs';
import { pickConnection } from '../connections/pickConnection';
import type { ConnectionService } from '../connections/connectionService';
import type { ArchiveEditorProvider } from '../editors/archiveEditor';
import type { JobService } from '../jobs/jobService';
import type { PanelManager } from '../panels/panelManager';
import { askBefore, type Question } from '../ui/askBefore';
import { revealInExplorer } from '../ui/reveal';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import { type BackupOrder, orderLabel } from './backupItem';
import type { BackupNode, BackupsView } from './backupsView';
import type { CommandTable } from '../ui/commandTable';
import { window } from '../ui/window';
import { argumentField, textField } from '../ui/argumentField';

/** Most files that a question names. */
const NAMED = 10;

export interface BackupsCommandParts {
  jobs: Jobs;
  service: JobService;
  settings: Settings;
  connections: ConnectionService;
  panels: Pick<PanelManager, 'openRestore'>;
  archives: Pick<ArchiveEditorProvider, 'open' | 'compare'>;
  view: BackupsView;
}

/** Commands on a backup of the view. */
export function backupsCommands(parts: BackupsCommandParts): CommandTable {
  const { view, panels, archives } = parts;
  const withPaths =
    (act: (files: string[]) => unknown, kinds?: readonly BackupNode['kind'][]) =>
    async (node: unknown, nodes: unknown): Promise<void> => {
      const files = rowsOf(node, nodes, view.selected).flatMap((row) =>
        kinds === undefined || isOneOf(kinds, row) ? (textField(row, 'path') ?? []) : [],
      );
      if (files.length > 0) await act(files);
    };
  // With several selected rows, the command applies to the row under the pointer.
  const withPath =
    (act: (file: string) => unknown) =>
    async (node: unknown): Promise<void> => {
      const file = textField(node ?? view.selected[0], 'path');
      if (file !== undefined) await act(file);
    };
  const verifyAll = (level: VerifyLevel) =>
    withPaths((files) => verify(parts, files, level), ['backup']);
  return {
    openBackup: withPath((file) => archives.open(vscode.Uri.file(file))),
    restoreFromBackup: withPath((file) => panels.openRestore({ inputPath: file })),
    compareBackup: withPath((file) => archives.compare(vscode.Uri.file(file))),
    verifyStructure: verifyAll('structure'),
    verifyFullRead: verifyAll('fullRead'),
    verifyTrialRestore: verifyAll('trialRestore'),
    revealBackup: withPath((file) => revealInExplorer(file)),
    deleteBackup: withPaths((files) => remove(parts, files), ['backup', 'leftover']),
    removeManifest: withPath((file) => removeManifest(parts, file)),
    refreshBackups: () => view.refresh(),
    sortBackups: () => sort(view),
    filterBackups: () => filter(view),
    clearBackupsFilter: () => view.setOrder({ filter: '' }),
  };
}

/**
 * Starts a job for each; a trial restore asks for the server first, once for all.
 *
 * @throws AppError the first of those with which a backup is refused, after the others have started
 */
async function verify(
  parts: BackupsCommandParts,
  files: readonly string[],
  level: VerifyLevel,
): Promise<void> {
  requireTrust();
  const server = level === 'trialRestore' ? await trialServer(parts, files) : {};
  if (server === null) return;
  const refused: unknown[] = [];
  for (const inputPath of files) {
    await parts.service
      .startVerify({ options: { inputPath, level, ...server } })
      .catch((error: unknown) => refused.push(error));
  }
  if (refused.length > 0) throw refused[0];
}

/** null = the user has cancelled. */
async function trialServer(
  { settings, connections }: BackupsCommandParts,
  files: readonly string[],
): Promise<{ connectionId: string } | null> {
  const [file = ''] = files;
  const title =
    files.length === 1
      ? vscode.l10n.t('Server for the Trial Restore of {0}', path.basename(file))
      : vscode.l10n.t('Server for the Trial Restores of {0} Backups', files.length);
  const profile = await pickConnection(settings, connections, title, { toWrite: true });
  return profile === undefined ? null : { connectionId: profile.id };
}

async function sort(view: BackupsView): Promise<void> {
  const { by } = view.order;
  const orders: BackupOrder['by'][] = ['date', 'name', 'database', 'size'];
  const picked = await window.showQuickPick(
    orders.map((order) => ({
      label: orderLabel(order),
      description: order === by ? vscode.l10n.t('now') : '',
      order,
    })),
    { title: vscode.l10n.t('Sort Backups') },
  );
  if (picked !== undefined) await view.setOrder({ by: picked.order });
}

async function filter(view: BackupsView): Promise<void> {
  const text = await window.showInputBox({
    title: vscode.l10n.t('Filter Backups'),
    prompt: vscode.l10n.t('Parts of the name, the database, the format or the Git branch'),
    value: view.order.filter,
  });
  if (text !== undefined) await view.setOrder({ filter: text.trim() });
}

/** Asks, and moves backups with their manifests to the trash, if there is a trash. */
async function remove({ jobs, view }: BackupsCommandParts, files: string[]): Promise<void> {
  for (const file of files) refuseBusy(jobs, file);
  if (!(await askBefore(deleteQuestion(files)))) return;
  for (const file of files) {
    const manifest = manifestPath(file);
    // Deletes the manifest only if it is one, not another file with its name.
    const both = (await isManifest(manifest)) ? [file, manifest] : [file];
    await moveToTrash(both, path.basename(file));
  }
  await view.refresh();
}

function deleteQuestion(files: readonly string[]): Question {
  const dangerous = vscode.l10n.t('Move to Trash');
  const [file = ''] = files;
  if (files.length === 1) {
    return {
      title: vscode.l10n.t('Delete the backup {0}?', path.basename(file)),
      detail: vscode.l10n.t('{0}\nIts manifest is deleted with it.', file),
      dangerous,
      safe: vscode.l10n.t('Keep the Backup'),
    };
  }
  const named = files.slice(0, NAMED).join('\n');
  const rest = files.length - NAMED;
  const more = rest > 0 ? `\n${vscode.l10n.t('… and {0} more', rest)}` : '';
  return {
    title: vscode.l10n.t('Delete {0} backups?', files.length),
    detail: vscode.l10n.t('{0}\nTheir manifests are deleted with them.', `${named}${more}`),
    dangerous,
    safe: vscode.l10n.t('Keep the Backups'),
  };
}

/**
 * The manifest alone, of a backup that is missing or that it is not about.
 *
 * @param file the backup, or a manifest without one
 */
async function removeManifest({ jobs, view }: BackupsCommandParts, file: string): Promise<void> {
  const alone = file.endsWith(MANIFEST_ENDING);
  const backup = alone ? file.slice(0, -MANIFEST_ENDING.length) : file;
  const manifest = alone ? file : manifestPath(file);
  refuseBusy(jobs, backup);
  const uri = vscode.Uri.file(manifest);
  if (!(await exists(uri))) return view.refresh();
  // It is something else of that name, e.g. a directory.
  if (!(await isFile(uri))) {
    throw new AppError('manifestInvalid', { path: manifest, problem: 'not a regular file' });
  }
  const before = await vscode.workspace.fs.stat(uri);
  const name = path.basename(manifest);
  const why = alone
    ? vscode.l10n.t('{0}\nThe backup that it is about is not there.', manifest)
    : vscode.l10n.t(
        '{0}\nIt cannot be read, or is about another backup than the one that is there, which stays.',
        manifest,
      );
  const yes = await askBefore({
    title: vscode.l10n.t('Remove the manifest {0}?', name),
    detail: why,
    dangerous: vscode.l10n.t('Move to Trash'),
    safe: vscode.l10n.t('Keep the Manifest'),
  });
  if (!yes) return;
  // While the question stood there its backup may have come back, or another with its own manifest.
  const backAgain = alone && (await exists(vscode.Uri.file(backup)));
  const now = await vscode.workspace.fs.stat(uri).then(
    ({ mtime, size }) => ({ mtime, size }),
    () => null,
  );
  const same = now?.mtime === before.mtime && now.size === before.size;
  if (same && !backAgain) await moveToTrash([manifest], name);
  await view.refresh();
}

function refuseBusy(jobs: Jobs, file: string): void {
  const busy = jobs.list().some((job) => !isFinished(job.status) && jobFile(job) === file);
  if (busy) throw new AppError('outputBusy', { path: file });
}

/** Deletes the files that exist; permanently where there is no trash, after one more question. */
async function moveToTrash(files: readonly string[], name: string): Promise<void> {
  const all = files.map((file) => vscode.Uri.file(file));
  const there = await Promise.all(all.map((uri) => exists(uri)));
  const uris = all.filter((_uri, i) => there[i]);
  if (!(await deleteAll(uris, true)) && (await confirmForGood(name))) await deleteAll(uris, false);
}

/** @returns false when there is no trash */
async function deleteAll(uris: readonly vscode.Uri[], useTrash: boolean): Promise<boolean> {
  for (const uri of uris) {
    try {
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash });
    } catch (error) {
      // A file that is already gone needs no deleting.
      if (!(await exists(uri))) continue;
      if (!useTrash) throw error;
      return false;
    }
  }
  return true;
}

function confirmForGood(name: string): Promise<boolean> {
  return askBefore({
    title: vscode.l10n.t('{0} could not be moved to the trash.', name),
    detail: vscode.l10n.t('Deleted permanently, it cannot be brought back.'),
    dangerous: vscode.l10n.t('Delete Permanently'),
    safe: vscode.l10n.t('Keep It'),
  });
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** The rows that a command is about: those a menu names, else those chosen in the view. */
function rowsOf(node: unknown, nodes: unknown, selected: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(nodes) && nodes.length > 0) return nodes as unknown[];
  return node === undefined ? selected : [node];
}

/** A row of one of these kinds, or a bare path from another extension. */
function isOneOf(kinds: readonly string[], row: unknown): boolean {
  const kind = argumentField(row, 'kind');
  return kind === undefined || (typeof kind === 'string' && kinds.includes(kind));
}
