import * as vscode from 'vscode';
import type { SshSecretQuestion } from '../../core/connections/ssh/sshAnswers';
import { describeRoute } from '../../core/connections/ssh/sshRoute';
import { connectionLabel, type ConnectionProfile } from '../../core/model/profile';
import type { SshHostKeyPrompt } from '../../core/pgtools/stderr/sshPrompt';

/** The box in which the user types what `ssh` asks for. */
export function secretBox(
  profile: ConnectionProfile,
  question: SshSecretQuestion,
): vscode.InputBoxOptions {
  const { refused, said } = question;
  const prompt = secretPrompt(profile, question);
  return {
    title: vscode.l10n.t('SSH Login for {0}', connectionLabel(profile)),
    prompt:
      refused === null
        ? prompt
        : [vscode.l10n.t('That was not accepted.'), said, prompt].filter(Boolean).join(' '),
    password: true,
    ignoreFocusOut: true,
  };
}

function secretPrompt(
  profile: ConnectionProfile,
  { secret, whose, text }: SshSecretQuestion,
): string {
  const server = serverOf(profile);
  switch (secret) {
    case 'password':
      return vscode.l10n.t('Password of {0} at the SSH server.', whose);
    case 'passphrase':
      return vscode.l10n.t('Passphrase of the key {0}, to log in to {1}.', whose, server);
    case 'pin':
      return vscode.l10n.t('PIN of the security key for {0}, to log in to {1}.', whose, server);
    case 'other':
      return whose === ''
        ? vscode.l10n.t('On the way to the SSH server {0} you are asked: {1}', server, text)
        : vscode.l10n.t('The SSH server asks {0}: {1}', whose, text);
  }
}

/** The question whether a key that was never seen before is to be trusted. */
export function hostKeyQuestion(
  profile: ConnectionProfile,
  { host, port, address, keyType, fingerprint, notes }: SshHostKeyPrompt,
): { title: string; detail: string[]; dangerous: string; safe: string } {
  const label = connectionLabel(profile);
  const production = profile.environment === 'production';
  return {
    title: vscode.l10n.t('Trust the key of the SSH server {0}?', host),
    detail: [
      production
        ? vscode.l10n.t('"{0}", a production connection, is reached through it.', label)
        : vscode.l10n.t('"{0}" is reached through it.', label),
      address === ''
        ? vscode.l10n.t('Host: {0}, port {1}', host, port)
        : vscode.l10n.t('Host: {0}, port {1}, at {2}', host, port, address),
      vscode.l10n.t('Key: {0} {1}', keyType, fingerprint),
      ...notes,
      vscode.l10n.t(
        'No key of this server is known on this machine. Compare the fingerprint with the one that those who run the server tell you. A key that you trust is added to known_hosts by ssh, for all programs that use it.',
      ),
    ],
    dangerous: vscode.l10n.t('Trust and Connect'),
    safe: vscode.l10n.t('Do Not Connect'),
  };
}

export function noticeText(profile: ConnectionProfile, text: string): string {
  return vscode.l10n.t('SSH Login for {0}: {1}', connectionLabel(profile), text);
}

export function keepQuestion({ secret, whose }: SshSecretQuestion): string {
  return secret === 'passphrase'
    ? vscode.l10n.t(
        'The passphrase of the key {0} works. Keep it in the secret storage of VS Code?',
        whose,
      )
    : vscode.l10n.t('The password of {0} works. Keep it in the secret storage of VS Code?', whose);
}

function serverOf({ ssh }: ConnectionProfile): string {
  return ssh === undefined ? '' : describeRoute(ssh);
}
