import * as vscode from 'vscode';
import type { ErrorDetails, SshProblem } from '../../core/errors';
import type { ProblemAction } from '../../protocol/types';

type Details = ErrorDetails['sshFailed'];

/** Reasons that go away once the user has logged in by hand. */
const BY_HAND: ReadonlySet<SshProblem> = new Set([
  'hostKeyUnknown',
  'denied',
  'nobodyToAsk',
  'configuration',
]);

/** Why the SSH server of a connection, or what is behind it, was not reached. */
export function sshText(details: Details): {
  message: string;
  detail: string;
  actions: ProblemAction[];
} {
  const { reason, text } = details;
  return {
    message: sentence(details),
    detail: text,
    actions: BY_HAND.has(reason)
      ? ['openSsh', 'retry', 'editConnections']
      : ['retry', 'editConnections'],
  };
}

function sentence({ connection, ssh, reason, hostKey, knownKey, text }: Details): string {
  switch (reason) {
    case 'noProgram':
      return vscode.l10n.t(
        '"{0}" is reached through SSH, and there is no program "ssh" in PATH.',
        connection,
      );
    case 'notStarted':
      return vscode.l10n.t(
        'The program "ssh", through which "{0}" is reached, could not be started.',
        connection,
      );
    case 'hostKeyUnknown':
      return hostKey === null
        ? vscode.l10n.t(
            'The SSH server {0} is not known on this machine. Log in to it once in a terminal, and compare the key that it shows.',
            ssh,
          )
        : vscode.l10n.t(
            'The SSH server {0} is not known on this machine. It shows the key {1}. If that is its key, log in to it once in a terminal and accept it.',
            ssh,
            hostKey,
          );
    case 'hostKeyChanged':
      return changedKey(ssh, hostKey, knownKey ?? null);
    case 'hostKeyDeclined':
      return vscode.l10n.t(
        'The key of the SSH server {0} is not trusted, so "{1}" is not connected.',
        ssh,
        connection,
      );
    case 'promptCancelled':
      return vscode.l10n.t(
        'The SSH login to {0} asked for something and got no answer, so "{1}" is not connected.',
        ssh,
        connection,
      );
    case 'nobodyToAsk':
      return vscode.l10n.t(
        'The SSH login to {0} asks for a password or a passphrase, and there is no window that could show the question. Try again from a window, or load your key into the SSH agent (ssh-add).',
        ssh,
      );
    case 'denied':
      return vscode.l10n.t('The SSH server {0} did not let you in.', ssh);
    case 'hostUnknown':
      return vscode.l10n.t('There is no SSH server {0}: its name is not known.', ssh);
    case 'unreachable':
      return vscode.l10n.t('The SSH server {0} is not reached.', ssh);
    case 'tooSlow':
      return vscode.l10n.t('The SSH server {0} did not answer in time.', ssh);
    case 'noSsh':
      return vscode.l10n.t('What answers at {0} is not an SSH server, or it hung up at once.', ssh);
    case 'configuration':
      return vscode.l10n.t(
        'The configuration of "ssh" is refused. Try "ssh {0}" in a terminal.',
        ssh,
      );
    case 'noPort':
      return vscode.l10n.t('No port was free on this machine for the SSH connection to {0}.', ssh);
    case 'badTarget':
      return vscode.l10n.t(
        'The host "{0}" of "{1}" cannot be reached through SSH.',
        text,
        connection,
      );
    case 'forwardRefused':
      return vscode.l10n.t(
        'The SSH server {0} does not let "{1}" be reached through it (AllowTcpForwarding).',
        ssh,
        connection,
      );
    case 'databaseUnreachable':
      return vscode.l10n.t(
        'The SSH server {0} does not reach the database server of "{1}". Its host and port are those that it has as seen from there.',
        ssh,
        connection,
      );
    case 'ended':
      return vscode.l10n.t('The SSH connection to {0} was lost.', ssh);
  }
}

/** Such a key is never taken. */
function changedKey(ssh: string, hostKey: string | null, knownKey: string | null): string {
  const warning = vscode.l10n.t(
    'The SSH server {0} shows another key than the one that is known of it. Somebody may be listening, or it was set up anew: ask who runs it before you remove the old key from known_hosts.',
    ssh,
  );
  const shown = hostKey === null ? '' : vscode.l10n.t('It shows {0}.', hostKey);
  const known = knownKey === null ? '' : vscode.l10n.t('The known key is in {0}.', knownKey);
  return [warning, shown, known].filter(Boolean).join(' ');
}
