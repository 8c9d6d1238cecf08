import * as vscode from 'vscode';
import type { PasswordProvider } from '../../core/connections/passwords';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { placeOf } from '../../core/connections/dialledTarget';
import { describeTarget } from '../../core/connections/libpq';
import { window } from '../ui/window';

/**
 * Passwords in VS Code's SecretStorage, or in memory for those not to be kept. A password is bound
 * to where it is sent: an entry that is edited to point at another host does not get it.
 */
export class PasswordStore implements PasswordProvider {
  private readonly session = new Map<string, string>();
  /** Typed by the user, to be kept once the server has taken it. */
  private readonly toKeep = new Set<string>();

  constructor(private readonly secrets: vscode.SecretStorage) {}

  async get(profile: ConnectionProfile): Promise<string | undefined> {
    const key = secretKey(profile);
    return this.session.get(key) ?? (await this.secrets.get(key));
  }

  /** The server took the password that was asked for: only now it is kept, if the user wanted so. */
  async accepted(profile: ConnectionProfile): Promise<void> {
    const key = secretKey(profile);
    const password = this.session.get(key);
    if (password === undefined || !this.toKeep.delete(key)) return;
    await this.secrets.store(key, password);
    this.session.delete(key);
  }

  async forget(profile: ConnectionProfile): Promise<void> {
    const key = secretKey(profile);
    this.session.delete(key);
    this.toKeep.delete(key);
    await this.secrets.delete(key);
  }

  /** Is a password kept beyond this session? */
  async has(profile: ConnectionProfile): Promise<boolean> {
    return (await this.get(profile)) !== undefined;
  }

  async request(
    profile: ConnectionProfile,
    reason: 'missing' | 'rejected',
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    // What was typed and refused is not tried again by itself.
    if (reason === 'rejected') this.session.delete(secretKey(profile));
    const source = new vscode.CancellationTokenSource();
    const abort = (): void => source.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const password = await window.showInputBox(
        {
          title: vscode.l10n.t('Password for {0}', connectionLabel(profile)),
          prompt:
            reason === 'missing'
              ? vscode.l10n.t('{0} asks for a password.', describeTarget(profile, process.env))
              : vscode.l10n.t(
                  '{0} did not accept the password. Try again.',
                  describeTarget(profile, process.env),
                ),
          password: true,
          ignoreFocusOut: true,
        },
        source.token,
      );
      if (password === undefined || password === '') return undefined;
      const keep = await this.askWhetherToKeep(profile, source.token);
      if (keep === undefined) return undefined;
      const key = secretKey(profile);
      this.session.set(key, password);
      if (keep) this.toKeep.add(key);
      else this.toKeep.delete(key);
      return password;
    } finally {
      signal?.removeEventListener('abort', abort);
      source.dispose();
    }
  }

  private async askWhetherToKeep(
    profile: ConnectionProfile,
    token: vscode.CancellationToken,
  ): Promise<boolean | undefined> {
    const picked = await window.showQuickPick(
      [
        { label: vscode.l10n.t('Use for this session'), keep: false },
        {
          label: vscode.l10n.t('Remember'),
          description: vscode.l10n.t('in the secret storage of VS Code'),
          keep: true,
        },
      ],
      {
        title: vscode.l10n.t('Keep the password for {0}?', connectionLabel(profile)),
        ignoreFocusOut: true,
      },
      token,
    );
    return picked?.keep;
  }
}

/** Bound to what is really dialled, inherited variables included (see `placeOf`). */
function secretKey(profile: ConnectionProfile): string {
  return `pgBackup.password:${placeOf(profile, { inherited: process.env })}`;
}
