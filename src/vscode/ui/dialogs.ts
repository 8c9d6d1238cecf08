import path from 'node:path';
import * as vscode from 'vscode';
import type { BackupFormat } from '../../core/model/options';
import { askBefore } from './askBefore';
import { window } from './window';
import { samePath } from '../../core/files/samePath';

/** Where to save; a directory archive is a new folder, so its dialog asks for a name too. */
export async function saveDialog(current: string, format: BackupFormat): Promise<string | null> {
  const filters: Record<BackupFormat, Record<string, string[]>> = {
    custom: { [vscode.l10n.t('PostgreSQL archive')]: ['dump', 'backup'] },
    plain: { [vscode.l10n.t('SQL script')]: ['sql', 'gz'] },
    tar: { [vscode.l10n.t('Tar archive')]: ['tar'] },
    directory: {},
  };
  const uri = await window.showSaveDialog({
    title: vscode.l10n.t('Save Backup To'),
    saveLabel: vscode.l10n.t('Select'),
    filters: { ...filters[format], [vscode.l10n.t('All files')]: ['*'] },
    ...(current === '' ? {} : { defaultUri: vscode.Uri.file(current) }),
  });
  return uri?.fsPath ?? null;
}

export async function openDumpDialog(folder: boolean): Promise<string | null> {
  const uris = await window.showOpenDialog({
    title: folder
      ? vscode.l10n.t('Choose a Directory Archive')
      : vscode.l10n.t('Choose a Dump File'),
    openLabel: vscode.l10n.t('Select'),
    canSelectFiles: !folder,
    canSelectFolders: folder,
    ...(folder
      ? {}
      : {
          filters: {
            [vscode.l10n.t('PostgreSQL dumps')]: [
              'dump',
              'backup',
              'pgdump',
              'tar',
              'sql',
              'gz',
              'zst',
              'lz4',
              'bz2',
              'xz',
              'zip',
              'tgz',
            ],
            [vscode.l10n.t('All files')]: ['*'],
          },
        }),
  });
  return uris?.[0]?.fsPath ?? null;
}

/** Asks which of several dumps in a file is meant. */
export async function chooseDump(file: string, names: readonly string[]): Promise<string | null> {
  const items = names.map((label) => ({ label }));
  const picked = await window.showQuickPick(items, {
    title: vscode.l10n.t('Which dump in {0}?', path.basename(file)),
  });
  return picked?.label ?? null;
}

/** Where the list of what is restored from a file goes; it is proposed beside it. */
export function saveListDialog(inputPath: string): Thenable<vscode.Uri | undefined> {
  return window.showSaveDialog({
    title: vscode.l10n.t('Save List'),
    defaultUri: vscode.Uri.file(`${inputPath}.list`),
  });
}

/** A file for one of a tool's options. */
export async function optionFileDialog(
  direction: 'in' | 'out',
  current: string,
): Promise<string | null> {
  const start = current === '' ? {} : { defaultUri: vscode.Uri.file(current) };
  if (direction === 'out') {
    const uri = await window.showSaveDialog({
      saveLabel: vscode.l10n.t('Select'),
      ...start,
    });
    return uri?.fsPath ?? null;
  }
  const uris = await window.showOpenDialog({
    openLabel: vscode.l10n.t('Select'),
    ...start,
  });
  return uris?.[0]?.fsPath ?? null;
}

/**
 * An existing backup is replaced only after a clear yes. `place`: where the backup goes, another path
 * than the one that was chosen when that is a link.
 */
export function confirmOverwrite(path: string, place: string): Promise<boolean> {
  const whenWhole = vscode.l10n.t('It is replaced only after the new backup is complete.');
  return askBefore({
    title: vscode.l10n.t('{0} exists already.', path),
    detail: samePath(path, place)
      ? whenWhole
      : [
          vscode.l10n.t('It is a link to {0}, and that is where the backup is written.', place),
          whenWhole,
        ],
    dangerous: vscode.l10n.t('Overwrite'),
    safe: vscode.l10n.t('Keep It'),
  });
}
