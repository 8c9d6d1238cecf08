import * as vscode from 'vscode';
import type { ClusterContents } from '../../core/model/archive';
import type { ClusterEffects } from '../../core/forms/restore/clusterRestore';
import type { BackupFormat, RestoreOptions } from '../../core/model/options';
import { askBefore } from './askBefore';
import { window } from './window';

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
            ],
            [vscode.l10n.t('All files')]: ['*'],
          },
        }),
  });
  return uris?.[0]?.fsPath ?? null;
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

/** An existing backup is replaced only after a clear yes. */
export function confirmOverwrite(path: string): Promise<boolean> {
  return askBefore({
    title: vscode.l10n.t('{0} exists already.', path),
    detail: vscode.l10n.t('It is replaced only after the new backup is complete.'),
    dangerous: vscode.l10n.t('Overwrite'),
    safe: vscode.l10n.t('Keep It'),
  });
}

export interface DestructiveTarget {
  host: string;
  database: string;
  production: boolean;
}

/** Says which host, database and file a destructive restore is about. */
export function confirmDestructiveRestore(
  options: Pick<RestoreOptions, 'inputPath'>,
  target: DestructiveTarget,
): Promise<boolean> {
  return askBefore({
    title: target.production
      ? vscode.l10n.t('Drop objects in the PRODUCTION database "{0}"?', target.database)
      : vscode.l10n.t('Drop objects in the database "{0}"?', target.database),
    detail: [
      vscode.l10n.t('Host: {0}', target.host),
      vscode.l10n.t('Database: {0}', target.database),
      vscode.l10n.t('File: {0}', options.inputPath),
      vscode.l10n.t(
        'Objects that are in the file are dropped first, with their data, then restored.',
      ),
    ],
    dangerous: target.production
      ? vscode.l10n.t('Drop in Production and Restore')
      : vscode.l10n.t('Drop and Restore'),
    safe: vscode.l10n.t('Change Nothing'),
  });
}

export interface ClusterTarget {
  host: string;
  production: boolean;
  effects: ClusterEffects;
  contents: ClusterContents;
}

/** Names the server and every database that a script of pg_dumpall drops, creates or writes into. */
export function confirmClusterRestore(
  options: Pick<RestoreOptions, 'inputPath'>,
  { host, production, effects, contents }: ClusterTarget,
): Promise<boolean> {
  const { dropped, created, written } = effects;
  const drops = dropped.length + contents.droppedRoles.length > 0;
  const line = (text: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${text} ${names.map((name) => `"${name}"`).join(', ')}`];
  return askBefore({
    title: production
      ? vscode.l10n.t('Run this script on the whole PRODUCTION server?')
      : vscode.l10n.t('Run this script on the whole server?'),
    detail: [
      vscode.l10n.t('Host: {0}', host),
      vscode.l10n.t('File: {0}', options.inputPath),
      ...line(vscode.l10n.t('Drops databases:'), dropped),
      ...line(vscode.l10n.t('Creates databases:'), created),
      ...line(vscode.l10n.t('Writes into databases:'), written),
      ...line(vscode.l10n.t('Drops roles:'), contents.droppedRoles),
      ...line(vscode.l10n.t('Creates roles:'), contents.roles),
      ...line(vscode.l10n.t('Creates tablespaces:'), contents.tablespaces),
      vscode.l10n.t('It cannot be undone: each statement takes effect at once.'),
    ],
    dangerous: drops
      ? vscode.l10n.t('Drop and Restore Whole Server')
      : vscode.l10n.t('Restore Whole Server'),
    safe: vscode.l10n.t('Change Nothing'),
  });
}
