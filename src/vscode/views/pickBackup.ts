import * as vscode from 'vscode';
import type { BackupEntry } from '../../core/model/backups';
import { openDumpDialog } from '../ui/dialogs';
import { window } from '../ui/window';
import { backupItem } from './backupItem';

/** How many of the newest backups are offered. */
const RECENT = 20;

/**
 * Asks which backup is meant: one of the newest of the backup directory, or any other file.
 *
 * @param entries the newest first
 * @returns null when none was chosen
 */
export async function pickBackup(
  entries: readonly BackupEntry[],
  title: string,
): Promise<string | null> {
  if (entries.length === 0) return openDumpDialog(false);
  const recent = entries.slice(0, RECENT).map((entry) => {
    const { label, description, icon } = backupItem(entry);
    const iconPath = new vscode.ThemeIcon(icon.id);
    return { label, description, detail: entry.name, iconPath, path: entry.path };
  });
  const browse = {
    label: vscode.l10n.t('Browse…'),
    description: '',
    detail: vscode.l10n.t('Any other dump file'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    path: null,
  };
  const picked = await window.showQuickPick([...recent, browse], {
    title,
    placeHolder: vscode.l10n.t('Choose a backup'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked === undefined) return null;
  return picked.path ?? openDumpDialog(false);
}
