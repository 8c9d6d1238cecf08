import * as vscode from 'vscode';
import type { ProfileProblem, ProfileProblemReport } from '../core/connections/decodeProfiles';

/** What is wrong with an entry of `pgBackup.connections`, as a sentence. */
export function profileProblemText(problem: ProfileProblem, field?: string): string {
  const name = field ?? '';
  switch (problem) {
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
    case 'badUrl':
      return vscode.l10n.t('"url" is not a postgresql:// URI that libpq understands.');
    case 'unknownUrlParameter':
      return vscode.l10n.t('"url" has a parameter that libpq does not know.');
    case 'passwordInUrl':
      return vscode.l10n.t(
        'A password does not belong in "url". Remove it and run "PostgreSQL Backup: Set Password…".',
      );
    case 'passwordInSettings':
      return vscode.l10n.t(
        'A password does not belong in the settings. Remove "{0}" and run "PostgreSQL Backup: Set Password…".',
        name,
      );
    case 'urlInHost':
      return vscode.l10n.t('"host" is a URI; write it as "url".');
    case 'urlContradictsField':
      return vscode.l10n.t('"url" and "{0}" state different things.', name);
    case 'relativePath':
      return vscode.l10n.t('"{0}" must be an absolute path, or begin with ~/.', name);
    case 'unknownKey':
      return name
        ? vscode.l10n.t('"{0}" is not a field of a connection.', name)
        : vscode.l10n.t('It has a field that connections do not have.');
  }
}

/** The same with the entry it is about. */
export function profileProblemLine(report: ProfileProblemReport): string {
  const text = profileProblemText(report.problem, report.field);
  if (report.id !== undefined) return vscode.l10n.t('Connection "{0}": {1}', report.id, text);
  return report.index < 0
    ? text
    : vscode.l10n.t('Connection number {0}: {1}', report.index + 1, text);
}
