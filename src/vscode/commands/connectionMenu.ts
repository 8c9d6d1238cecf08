import * as vscode from 'vscode';
import type { PlacedConnection } from '../../core/connections/mergeConnections';
import { effectiveTarget } from '../../core/connections/effectiveTarget';
import { describeTarget } from '../../core/connections/libpq';
import { urlText } from '../../core/connections/url/urlText';
import { AppError } from '../../core/errors';
import { connectionLabel } from '../../core/model/profile';
import { freeId } from '../addConnection/newConnection';
import type { PasswordStore } from '../connections/passwordStore';
import { changeConnection, placeText } from '../settings/connectionSettings';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import { askBefore } from '../ui/askBefore';
import type { CommandTable } from '../ui/commandTable';
import { window } from '../ui/window';
import { textField } from '../ui/argumentField';

interface MenuParts {
  settings: Settings;
  passwords: PasswordStore;
  /** Lets the user choose where a command comes without a row. */
  pick: (title: string) => Promise<{ id: string } | undefined>;
}

/** Commands of a connection's menu: each changes the entry in the settings file that has it. */
export function connectionMenu(parts: MenuParts): CommandTable {
  const onEntry =
    (title: () => string, run: (entry: PlacedConnection, database?: string) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      requireTrust();
      const id = textField(argument, 'connectionId') ?? (await parts.pick(title()))?.id;
      if (id === undefined) return;
      const entry = parts.settings.placedConnections().find(({ profile }) => profile.id === id);
      if (entry === undefined) throw new AppError('connectionUnknown', { id });
      await run(entry, textField(argument, 'database'));
    };
  return {
    renameConnection: onEntry(() => vscode.l10n.t('Rename Connection'), rename),
    duplicateConnection: onEntry(
      () => vscode.l10n.t('Duplicate Connection'),
      (entry) => duplicate(entry, parts.settings.connectionIds()),
    ),
    removeConnection: onEntry(
      () => vscode.l10n.t('Remove Connection'),
      (entry) => remove(entry, parts.passwords),
    ),
    markReadOnly: onEntry(
      () => vscode.l10n.t('Mark Read-Only'),
      (entry) => setReadOnly(entry, true),
    ),
    allowRestores: onEntry(() => vscode.l10n.t('Allow Restores'), allowRestores),
    copyConnectionUrl: onEntry(() => vscode.l10n.t('Copy URL'), copyUrl),
  };
}

async function rename(entry: PlacedConnection): Promise<void> {
  const name = await askName(connectionLabel(entry.profile), vscode.l10n.t('Rename Connection'));
  if (name === undefined) return;
  await change(entry, (fields) => [{ ...fields, name }]);
}

async function duplicate(entry: PlacedConnection, taken: readonly string[]): Promise<void> {
  const proposed = vscode.l10n.t('{0} (copy)', connectionLabel(entry.profile));
  const name = await askName(proposed, vscode.l10n.t('Duplicate Connection'));
  if (name === undefined) return;
  const id = freeId(name, taken);
  await change(entry, (fields) => [fields, { ...fields, id, name }]);
}

async function remove(entry: PlacedConnection, passwords: PasswordStore): Promise<void> {
  const { profile, place, hides } = entry;
  const label = connectionLabel(profile);
  const agreed = await askBefore({
    title: vscode.l10n.t('Remove the connection "{0}"?', label),
    detail: [
      vscode.l10n.t('It leads to {0}.', describeTarget(profile, process.env)),
      vscode.l10n.t(
        'It is removed from the {0}; a password that is kept for it is forgotten.',
        placeText(place),
      ),
      ...hides.map((other) =>
        vscode.l10n.t('The entry with the same "id" in the {0} counts then.', placeText(other)),
      ),
      vscode.l10n.t('Backups and databases stay as they are.'),
    ],
    dangerous: vscode.l10n.t('Remove'),
    safe: vscode.l10n.t('Keep the Connection'),
  });
  if (!agreed) return;
  await change(entry, () => []);
  await passwords.forget(profile);
}

async function allowRestores(entry: PlacedConnection): Promise<void> {
  const agreed = await askBefore({
    title: vscode.l10n.t('Allow restores into "{0}"?', connectionLabel(entry.profile)),
    detail: vscode.l10n.t('It leads to {0}.', describeTarget(entry.profile, process.env)),
    dangerous: vscode.l10n.t('Allow Restores'),
    safe: vscode.l10n.t('Keep It Read-Only'),
  });
  if (agreed) await setReadOnly(entry, false);
}

function setReadOnly(entry: PlacedConnection, readOnly: boolean): Promise<void> {
  return change(entry, (fields) => [{ ...fields, readOnly }]);
}

/** No password is in it: profiles have none. */
async function copyUrl({ profile }: PlacedConnection, database?: string): Promise<void> {
  const target = effectiveTarget(profile, process.env);
  const text = urlText(database === undefined ? target : { ...target, database });
  await vscode.env.clipboard.writeText(text);
  const seconds = 5;
  window.setStatusBarMessage(
    vscode.l10n.t('The URL of "{0}" was copied, without a password.', connectionLabel(profile)),
    seconds * 1000,
  );
}

async function change(
  { profile, place }: PlacedConnection,
  how: Parameters<typeof changeConnection>[2],
): Promise<void> {
  await changeConnection(place, profile.id, how);
}

async function askName(value: string, title: string): Promise<string | undefined> {
  const answer = await window.showInputBox({
    title,
    prompt: vscode.l10n.t('Name of the connection'),
    value,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Give it a name.') : undefined),
  });
  const name = answer?.trim();
  return name === '' ? undefined : name;
}
