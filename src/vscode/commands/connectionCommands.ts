import * as vscode from 'vscode';
import type { ConnectionPlace } from '../../core/connections/mergeConnections';
import { routeArgs } from '../../core/connections/ssh/sshRoute';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import type { ConnectionService } from '../connections/connectionService';
import { actionLabel, describeError } from '../text/errorText';
import type { ContainerTools } from './containerTools';
import type { PasswordStore } from '../connections/passwordStore';
import type { Settings } from '../settings/settings';
import { requireTrust } from '../settings/trust';
import { connectionEntries, editConnection, isWanted, pickEntry } from './editConnection';
import { pickConnection } from '../connections/pickConnection';
import { typeInTerminal } from '../ui/typeInTerminal';
import { window } from '../ui/window';

export class ConnectionCommands {
  constructor(
    readonly settings: Settings,
    readonly connections: ConnectionService,
    readonly passwords: PasswordStore,
    private readonly containers: () => Promise<ContainerTools>,
  ) {}

  /** Adds a connection, and opens the form to back it up. */
  async add(): Promise<void> {
    requireTrust();
    const { addFlow } = await import('../addConnection/addFlow');
    const saved = await addFlow(this);
    if (saved === undefined) return;
    // What a new connection is for; its form says which server has answered.
    await vscode.commands.executeCommand('pgBackup.backup', { connectionId: saved.id });
  }

  async test(connectionId?: string): Promise<void> {
    requireTrust();
    const profile = await this.pick(vscode.l10n.t('Test Connection'), connectionId);
    if (profile === undefined) return;
    try {
      const { testWithProgress } = await import('../addConnection/addFlow');
      const server = await testWithProgress(this.connections, profile);
      void window.showInformationMessage(
        vscode.l10n.t(
          'Connected to "{0}": PostgreSQL {1}, database {2}, as {3}.',
          connectionLabel(profile),
          server.version,
          server.database,
          server.user,
        ),
      );
    } catch (error) {
      await this.testFailed(profile, error);
    }
  }

  /** The cause, and what can be done about it. */
  private async testFailed(profile: ConnectionProfile, error: unknown): Promise<void> {
    const { message, detail, actions } = describeError(error);
    const text = [message, detail].filter(Boolean).join(' ');
    const labels = actions.map(actionLabel);
    const answer = await window.showErrorMessage(text, ...labels);
    switch (actions[labels.indexOf(answer ?? '')]) {
      case 'retry':
        return this.test(profile.id);
      case 'setPassword':
        return this.setPassword(profile.id);
      case 'editConnections':
        return this.edit(profile.id);
      case 'addConnection':
        return this.add();
      case 'chooseToolsFolder':
        return vscode.commands.executeCommand('pgBackup.chooseToolsFolder');
      case 'installTools':
        return vscode.commands.executeCommand('pgBackup.installTools');
      case 'chooseContainer':
        return this.chooseContainer(profile.id);
      case 'openSsh':
        return this.openSsh(profile.id);
      case 'showOutput':
        return vscode.commands.executeCommand('pgBackup.showOutput');
      // An action of files: a connection has none.
      case 'openArchiveBeside':
      case undefined:
        return;
    }
  }

  /** Chooses the container whose tools a connection uses. */
  async chooseContainer(connectionId?: string): Promise<void> {
    requireTrust();
    const profile = await this.pick(vscode.l10n.t('Use the Tools of a Container'), connectionId);
    if (profile !== undefined) await (await this.containers()).choose(profile);
  }

  /**
   * Opens the settings file at an entry, without writing anything.
   *
   * @param wanted its id or its place; without one the user chooses
   */
  async edit(wanted?: string | ConnectionPlace): Promise<void> {
    const entries = connectionEntries(this.settings);
    const entry =
      entries.find((each) => isWanted(each, wanted)) ??
      (entries.length > 1 ? await pickEntry(entries) : entries[0]);
    if (entry !== undefined) return editConnection(entry.place);
    if (entries.length > 0) return;
    const add = vscode.l10n.t('Add Connection…');
    const answer = await window.showInformationMessage(
      vscode.l10n.t('There is no connection in the settings yet.'),
      add,
    );
    if (answer === add) await this.add();
  }

  /** Types the login to a connection's SSH server into a terminal, where `ssh` may ask. */
  async openSsh(connectionId?: string): Promise<void> {
    const profile = await this.pick(vscode.l10n.t('Log In by SSH'), connectionId);
    if (profile?.ssh === undefined) return;
    await typeInTerminal(`ssh ${routeArgs(profile.ssh).join(' ')}`, vscode.l10n.t('SSH'));
  }

  async setPassword(connectionId?: string): Promise<void> {
    const profile = await this.pick(vscode.l10n.t('Set Password'), connectionId);
    if (profile === undefined) return;
    const password = await this.passwords.request(profile, 'missing');
    if (password === undefined) return;
    this.connections.forget(profile.id);
    // The user is asked whether to keep it once the server has accepted it.
    await this.test(profile.id);
  }

  async forgetPassword(connectionId?: string): Promise<void> {
    const profile = await this.pick(vscode.l10n.t('Forget Password'), connectionId);
    if (profile === undefined) return;
    const had = await this.passwords.has(profile);
    await this.passwords.forget(profile);
    this.connections.forget(profile.id);
    void window.showInformationMessage(
      had
        ? vscode.l10n.t('The password for "{0}" is forgotten.', connectionLabel(profile))
        : vscode.l10n.t('No password was kept for "{0}".', connectionLabel(profile)),
    );
  }

  /** @param id where it is known already */
  async pick(title: string, id?: string): Promise<ConnectionProfile | undefined> {
    // Until the workspace is trusted its connections are hidden, and the list would be empty.
    requireTrust();
    if (typeof id === 'string') return this.settings.connection(id);
    return pickConnection(this.settings, this.connections, title);
  }
}
