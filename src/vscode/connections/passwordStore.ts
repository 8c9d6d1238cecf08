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
  /** Passwords that the server has not accepted yet, and whether to store them when it does. */
  private readonly undecided = new Map<string, 'ask' | 'keep'>();

  constructor(private readonly secrets: vscode.SecretStorage) {}

  async get(profile: ConnectionProfile): Promise<string | undefined> {
    const key = secretKey(profile);
    return this.session.get(key) ?? (await this.secrets.get(key));
  }

  /** The server took the password: only now it is asked whether a typed one is to be kept. */
  async accepted(profile: ConnectionProfile): Promise<void> {
    const key = secretKey(profile);
    const password = this.session.get(key);
    const keep = this.undecided.get(key);
    if (password === undefined || keep === undefined) return;
    this.undecided.delete(key);
    if (keep === 'ask') void this.askWhetherToKeep(profile, key, password);
    else await this.keep(key, password);
  }

  /** A password that came with a new connection; `keep`: once the server has taken it. */
  offer(profile: ConnectionProfile, password: string | undefined, keep: boolean): void {
    if (password === undefined) return;
    const key = secretKey(profile);
    this.session.set(key, password);
    if (keep) this.undecided.set(key, 'keep');
    else this.undecided.delete(key);
  }

  async forget(profile: ConnectionProfile): Promise<void> {
    const key = secretKey(profile);
    this.session.delete(key);
    this.undecided.delete(key);
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
    // A refused password is not tried again.
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
      const key = secretKey(profile);
      this.session.set(key, password);
      this.undecided.set(key, 'ask');
      return password;
    } finally {
      signal?.removeEventListener('abort', abort);
      source.dispose();
    }
  }

  /** Does not block: without an answer the password lasts as long as the window. */
  private async askWhetherToKeep(
    profile: ConnectionProfile,
    key: string,
    password: string,
  ): Promise<void> {
    const keep = vscode.l10n.t('Remember');
    const answer = await window.showInformationMessage(
      vscode.l10n.t(
        'The password for {0} works. Keep it in the secret storage of VS Code?',
        connectionLabel(profile),
      ),
      keep,
      vscode.l10n.t('Use for this session'),
    );
    // It may have been forgotten or replaced meanwhile.
    if (answer === keep && this.session.get(key) === password) await this.keep(key, password);
  }

  private async keep(key: string, password: string): Promise<void> {
    await this.secrets.store(key, password);
    this.session.delete(key);
  }
}

/** Bound to what is really dialled, inherited variables included (see `placeOf`). */
function secretKey(profile: ConnectionProfile): string {
  return `pgBackup.password:${placeOf(profile, { inherited: process.env })}`;
}
