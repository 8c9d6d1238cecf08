import * as vscode from 'vscode';
import { canBeGiven } from '../../core/connections/clientKey/passphraseFile';
import type { PasswordProvider, SecretKind } from '../../core/connections/passwords';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import { dialledTarget, placeOf } from '../../core/connections/dialledTarget';
import { describeTarget } from '../../core/connections/libpq';
import { window } from '../ui/window';
import type { WindowSshAnswers } from './windowSshAnswers';

const KINDS: readonly SecretKind[] = ['password', 'keyPassphrase'];

/**
 * Passwords in VS Code's SecretStorage, or in memory for those not to be kept. A password is bound
 * to where it is sent: an entry that is edited to point at another host does not get it.
 */
export class PasswordStore implements PasswordProvider {
  private readonly session = new Map<string, string>();
  /** Passwords that the server has not accepted yet, and whether to store them when it does. */
  private readonly undecided = new Map<string, 'ask' | 'keep'>();

  /** @param ssh what is kept of the connection's SSH logins, which is forgotten along */
  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly ssh: Pick<WindowSshAnswers, 'forget' | 'has'>,
  ) {}

  async get(profile: ConnectionProfile, kind?: SecretKind): Promise<string | undefined> {
    const key = secretKey(profile, kind);
    return this.session.get(key) ?? (await this.secrets.get(key));
  }

  /** The server took the secrets: only now it is asked whether typed ones are to be kept. */
  async accepted(profile: ConnectionProfile): Promise<void> {
    for (const kind of KINDS) {
      const key = secretKey(profile, kind);
      const secret = this.session.get(key);
      const keep = this.undecided.get(key);
      if (secret === undefined || keep === undefined) continue;
      this.undecided.delete(key);
      if (keep === 'ask') void this.askWhetherToKeep(profile, kind, secret);
      else await this.keep(key, secret);
    }
  }

  /** Secrets that came with a new connection; `keep`: once the server has taken them. */
  offer(
    profile: ConnectionProfile,
    secrets: Readonly<Partial<Record<SecretKind, string | undefined>>>,
    keep: boolean,
  ): void {
    for (const kind of KINDS) {
      const secret = secrets[kind];
      if (secret === undefined) continue;
      const key = secretKey(profile, kind);
      this.session.set(key, secret);
      if (keep) this.undecided.set(key, 'keep');
      else this.undecided.delete(key);
    }
  }

  async forget(profile: ConnectionProfile): Promise<void> {
    for (const kind of KINDS) {
      const key = secretKey(profile, kind);
      this.session.delete(key);
      this.undecided.delete(key);
      await this.secrets.delete(key);
    }
    await this.ssh.forget(profile);
  }

  /** Is a secret of the connection known? */
  async has(profile: ConnectionProfile): Promise<boolean> {
    for (const kind of KINDS) if ((await this.get(profile, kind)) !== undefined) return true;
    return this.ssh.has(profile);
  }

  async request(
    profile: ConnectionProfile,
    reason: 'missing' | 'rejected',
    signal?: AbortSignal,
    kind: SecretKind = 'password',
  ): Promise<string | undefined> {
    const key = secretKey(profile, kind);
    // A refused password is not tried again.
    if (reason === 'rejected') this.session.delete(key);
    const source = new vscode.CancellationTokenSource();
    const abort = (): void => source.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const words = kind === 'password' ? passwordWords : passphraseWords;
      const secret = await window.showInputBox(
        { ...words(profile, reason), password: true, ignoreFocusOut: true },
        source.token,
      );
      if (secret === undefined || secret === '') return undefined;
      this.session.set(key, secret);
      this.undecided.set(key, 'ask');
      return secret;
    } finally {
      signal?.removeEventListener('abort', abort);
      source.dispose();
    }
  }

  /** Does not block: without an answer the password lasts as long as the window. */
  private async askWhetherToKeep(
    profile: ConnectionProfile,
    kind: SecretKind,
    secret: string,
  ): Promise<void> {
    const key = secretKey(profile, kind);
    const keep = vscode.l10n.t('Remember');
    const label = connectionLabel(profile);
    const answer = await window.showInformationMessage(
      kind === 'password'
        ? vscode.l10n.t(
            'The password for {0} works. Keep it in the secret storage of VS Code?',
            label,
          )
        : vscode.l10n.t(
            'The passphrase of the key of {0} works. Keep it in the secret storage of VS Code?',
            label,
          ),
      keep,
      vscode.l10n.t('Use for this session'),
    );
    // It may have been forgotten or replaced meanwhile.
    if (answer === keep && this.session.get(key) === secret) await this.keep(key, secret);
  }

  private async keep(key: string, secret: string): Promise<void> {
    await this.secrets.store(key, secret);
    this.session.delete(key);
  }
}

function passwordWords(
  profile: ConnectionProfile,
  reason: 'missing' | 'rejected',
): vscode.InputBoxOptions {
  const target = describeTarget(profile, process.env);
  return {
    title: vscode.l10n.t('Password for {0}', connectionLabel(profile)),
    prompt:
      reason === 'missing'
        ? vscode.l10n.t('{0} asks for a password.', target)
        : vscode.l10n.t('{0} did not accept the password. Try again.', target),
  };
}

function passphraseWords(
  profile: ConnectionProfile,
  reason: 'missing' | 'rejected',
): vscode.InputBoxOptions {
  return {
    title: vscode.l10n.t('Passphrase for {0}', connectionLabel(profile)),
    prompt:
      reason === 'missing'
        ? vscode.l10n.t('The key of the client certificate needs its passphrase.')
        : vscode.l10n.t('The passphrase does not open the key. Try again.'),
    validateInput: (text) =>
      canBeGiven(text)
        ? null
        : vscode.l10n.t(
            'The tools cannot be given a passphrase that ends with a blank, or is longer than 200 bytes.',
          ),
  };
}

/**
 * Bound to what is really dialled, inherited variables included (see `placeOf`); a passphrase also to
 * the key that the connection states.
 */
function secretKey(profile: ConnectionProfile, kind: SecretKind = 'password'): string {
  const input = { inherited: process.env };
  const place = placeOf(profile, input);
  if (kind === 'password') return `pgBackup.password:${place}`;
  return `pgBackup.keyPassphrase:${place}${dialledTarget(profile, input).target.sslKey ?? ''}`;
}
