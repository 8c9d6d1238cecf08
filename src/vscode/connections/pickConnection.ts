import * as vscode from 'vscode';
import type { ConnectionProfile } from '../../core/model/profile';
import type { ConnectionService } from './connectionService';
import type { Settings } from '../settings/settings';
import { window } from '../ui/window';

/**
 * Lets the user choose; production and read-only are marked. `toWrite`: the connection is to be
 * written to, so read-only ones are not offered.
 */
export async function pickConnection(
  settings: Settings,
  connections: ConnectionService,
  title: string,
  { toWrite = false } = {},
): Promise<ConnectionProfile | undefined> {
  const all = connections.summaries();
  const summaries = toWrite ? all.filter(({ readOnly }) => !readOnly) : all;
  const placeHolder =
    summaries.length < all.length
      ? vscode.l10n.t('Choose a connection (read-only ones are left out)')
      : vscode.l10n.t('Choose a connection');
  const add = {
    label: vscode.l10n.t('Add Connection…'),
    iconPath: new vscode.ThemeIcon('add'),
    id: null,
  };
  const picked = await window.showQuickPick(
    [
      ...summaries.map((summary) => ({
        label: summary.label,
        iconPath: new vscode.ThemeIcon(
          summary.environment === 'production' ? 'warning' : 'database',
        ),
        // A line of its own: beside a long name the marks would be cut off.
        detail: [
          summary.environment === 'production'
            ? vscode.l10n.t('PRODUCTION')
            : (summary.environment ?? ''),
          summary.readOnly ? vscode.l10n.t('read-only') : '',
          summary.target,
        ]
          .filter((part) => part !== '')
          .join(' · '),
        id: summary.id,
      })),
      add,
    ],
    { title, placeHolder, matchOnDetail: true },
  );
  if (picked === undefined) return undefined;
  if (picked.id === null) {
    await vscode.commands.executeCommand('pgBackup.addConnection');
    return undefined;
  }
  const profile = settings.connection(picked.id);
  await connections.chosen(profile);
  return profile;
}
