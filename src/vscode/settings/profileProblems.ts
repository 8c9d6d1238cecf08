import * as vscode from 'vscode';
import type { ProfileProblemReport } from '../../core/connections/decodeProfiles';
import type { RefusedUrlParameter } from '../../core/connections/url/urlParameters';

/** Sentence about a problem of an entry of `pgBackup.connections`. */
export function profileProblemText(
  report: Pick<ProfileProblemReport, 'problem' | 'field' | 'parameter'>,
): string {
  const name = report.field ?? '';
  switch (report.problem) {
    case 'notAnArray':
      return vscode.l10n.t('The setting must be a list of connections.');
    case 'notAnObject':
      return vscode.l10n.t('The entry must be an object.');
    case 'missingId':
      return vscode.l10n.t('It has no "id".');
    case 'duplicateId':
      return vscode.l10n.t('Another entry has the same "id".');
    case 'badText':
      return vscode.l10n.t('"{0}" must be a text.', name);
    case 'badPort':
      return vscode.l10n.t('"port" must be a whole number from 1 to 65535.');
    case 'badSslMode':
      return vscode.l10n.t(
        '"sslMode" must be one of disable, allow, prefer, require, verify-ca, verify-full.',
      );
    case 'badEnvironment':
      return vscode.l10n.t('"environment" must be development, staging or production.');
    case 'badReadOnly':
      return vscode.l10n.t('"readOnly" must be true or false.');
    case 'badCommand':
      return vscode.l10n.t(
        '"passwordCommand" must be a list of texts: a program and its arguments, each by itself.',
      );
    case 'commandInWorkspace':
      return vscode.l10n.t(
        '"passwordCommand" is taken from your user settings only: a workspace must not decide which programs run. Move the entry there.',
      );
    case 'badSsh':
      return vscode.l10n.t(
        '"ssh" must name an SSH server: a host or a name of ~/.ssh/config, "user@host:port", or an object with "host", "user", "port" and "jump".',
      );
    case 'sshInWorkspace':
      return vscode.l10n.t(
        '"ssh" is taken from your user settings only: passwords are sent through that server. Move the entry there.',
      );
    case 'sshBesideService':
      return vscode.l10n.t(
        '"ssh" cannot be combined with a service: only libpq knows where that leads. State the host.',
      );
    case 'badTools':
      return vscode.l10n.t(
        '"tools" must be an object with the name of a running "container", of an "image" or of a "wsl" distribution, the first two also with "by": docker or podman.',
      );
    case 'toolsInWorkspace':
      return vscode.l10n.t(
        '"tools" is taken from your user settings only: passwords are sent there, and a workspace must not decide what docker runs. Move the entry there.',
      );
    case 'besideTools':
      return vscode.l10n.t(
        '"tools" cannot be combined with "ssh", a service or files of certificates: tools in a container have none of this machine\'s files and tunnels.',
      );
    case 'badUrl':
      return vscode.l10n.t('"url" is not a postgresql:// URI that libpq understands.');
    case 'unknownUrlParameter':
      return vscode.l10n.t('"url" has a parameter that libpq does not know.');
    case 'refusedUrlParameter':
      return refusedParameterText(report.parameter);
    case 'passwordInUrl':
      return vscode.l10n.t(
        'A password does not belong in "url". Remove it and run "PostgreSQL Backup: Set Password…".',
      );
    case 'atSignInUrl':
      return vscode.l10n.t(
        '"url" has an "@" in the wrong place. In a user name or database name, write %40 instead.',
      );
    case 'variableMissing':
      return vscode.l10n.t(
        'The environment variable {0}, which "url" stands for, is not set. VS Code sees variables that were set when it was started.',
        name,
      );
    case 'variableUnusable':
      return vscode.l10n.t(
        'The environment variable {0}, which "url" stands for, states no connection that can be used.',
        name,
      );
    case 'besideReference':
      return vscode.l10n.t(
        '"{0}" does not stand beside a "url" that is a variable: the variable states the whole connection.',
        name,
      );
    case 'passwordInSettings':
      return vscode.l10n.t(
        'A password does not belong in the settings. Remove "{0}" and run "PostgreSQL Backup: Set Password…".',
        name,
      );
    case 'urlInHost':
      return vscode.l10n.t('"host" is a URI; write it as "url".');
    case 'urlContradictsField':
      return vscode.l10n.t('"url" and "{0}" contradict each other.', name);
    case 'addressBesideHost':
      return vscode.l10n.t(
        'In workspace settings, "hostaddr" cannot be combined with a host: the password that this machine has for the host would go to that address. Write the address as the host, or move the entry to your user settings.',
      );
    case 'besideService':
      return vscode.l10n.t(
        'In workspace settings, "{0}" cannot be combined with a service: the password of the service would not go where pg_service.conf sends it. Remove it, or move the entry to your user settings.',
        name,
      );
    case 'relativePath':
      return vscode.l10n.t('"{0}" must be an absolute path, or begin with ~/.', name);
    case 'unknownKey':
      return name
        ? vscode.l10n.t('"{0}" is not a field of a connection.', name)
        : vscode.l10n.t('It has a field that connections do not have.');
  }
}

/** Advice on a refused URL parameter. */
function refusedParameterText(parameter: RefusedUrlParameter | undefined): string {
  switch (parameter) {
    case 'passfile':
      return vscode.l10n.t(
        '"passfile" does not belong in "url". Use ~/.pgpass, the environment variable PGPASSFILE, or "PostgreSQL Backup: Set Password…".',
      );
    case 'options':
      return vscode.l10n.t(
        '"options" does not belong in "url": it changes roles and settings unseen. Set them for the role by ALTER ROLE … SET.',
      );
    case 'client_encoding':
      return vscode.l10n.t(
        '"client_encoding" does not belong in "url". Choose the encoding in the backup form.',
      );
    case 'gsslib':
    case 'krbsrvname':
    case 'gssdelegation':
      return vscode.l10n.t(
        '"{0}" does not belong in "url". Set the environment variable {1} instead.',
        parameter,
        `PG${parameter.toUpperCase()}`,
      );
    case 'oauth_issuer':
    case 'oauth_client_id':
    case 'oauth_scope':
    case undefined:
      return vscode.l10n.t(
        '"url" asks for a sign-in in the browser (OAuth), which the tools cannot do by themselves.',
      );
  }
}

/** The problem's sentence with its entry. */
export function profileProblemLine(report: ProfileProblemReport, place: string): string {
  const text = profileProblemText(report);
  if (report.id !== undefined)
    return vscode.l10n.t('Connection "{0}" ({1}): {2}', report.id, place, text);
  return report.index < 0
    ? vscode.l10n.t('pgBackup.connections ({0}): {1}', place, text)
    : vscode.l10n.t('Connection number {0} ({1}): {2}', report.index + 1, place, text);
}
