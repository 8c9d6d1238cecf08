import * as vscode from 'vscode';
import type {
  DropReason,
  HostNote,
  PasteProblem,
  RefuseReason,
  TakenField,
} from '../../core/connections/paste/pasted';

/** Why a part of a pasted text is left out. */
export function dropReasonText(reason: DropReason): string {
  switch (reason) {
    case 'placeholder':
      return vscode.l10n.t('stands for something to be filled in');
    case 'driver':
      return vscode.l10n.t('a setting of a driver or pool, which the tools do not need');
    case 'form':
      return vscode.l10n.t('is chosen in the backup form');
    case 'ours':
      return vscode.l10n.t('is set by this extension');
    case 'options':
      return vscode.l10n.t('would set roles or parameters unseen');
    case 'fragment':
      return vscode.l10n.t('what follows it means nothing to PostgreSQL');
    case 'unknown':
      return vscode.l10n.t('libpq does not know it');
    case 'relativePath':
      return vscode.l10n.t('a relative path; write an absolute one, or begin with ~/');
    case 'keyFormat':
      return vscode.l10n.t('a key in a format that libpq does not read; PEM is needed');
    case 'command':
      return vscode.l10n.t('not about the connection');
    case 'behindCommand':
      return vscode.l10n.t('what comes behind the command');
  }
}

/** Why nothing of a pasted text can be used. */
export function refuseReasonText(name: string, reason: RefuseReason): string {
  switch (reason) {
    case 'otherAddress':
      return vscode.l10n.t('"{0}" would dial another server than the one that is shown.', name);
    case 'besideService':
      return vscode.l10n.t(
        '"{0}" beside a service would send the password of the service elsewhere.',
        name,
      );
    case 'passwordFile':
      return vscode.l10n.t('"{0}" would read passwords from a file of its choice.', name);
    case 'runsCode':
      return vscode.l10n.t('"{0}" would load code.', name);
    case 'delegates':
      return vscode.l10n.t('"{0}" would hand out your Kerberos identity.', name);
    case 'signIn':
      return vscode.l10n.t('"{0}" would ask you to sign in at an address of its choice.', name);
    case 'writesSecrets':
      return vscode.l10n.t('"{0}" would write secrets into a file.', name);
    case 'runsCommand':
      return vscode.l10n.t('{0} would run a command. Replace it by its result.', name);
    case 'elsewhere':
      return vscode.l10n.t(
        '"{0}" runs the command on another machine, where names mean other servers than here.',
        name,
      );
  }
}

/** Why a text cannot be used; undefined while it is empty. */
export function pasteProblemText(problem: PasteProblem, name?: string): string | undefined {
  switch (problem) {
    case 'empty':
      return undefined;
    case 'notUnderstood':
      return vscode.l10n.t('No PostgreSQL server is named here that could be understood.');
    case 'otherDatabase':
      return vscode.l10n.t('This is for another kind of database: {0}.', name ?? '');
    case 'noServer':
      return vscode.l10n.t(
        'This is the address of a proxy that speaks to Prisma only. Use the direct URL of the database.',
      );
    case 'badPort':
      return vscode.l10n.t('A port is a number from 1 to 65535.');
    case 'badSslMode':
      return vscode.l10n.t(
        'The mode of encryption must be one of disable, allow, prefer, require, verify-ca, verify-full.',
      );
  }
}

/** What was changed for a known hosting provider. */
export function hostNoteText(note: HostNote): string {
  switch (note.note) {
    case 'hoster':
      return note.tls
        ? vscode.l10n.t('{0}: encryption is required there, and was switched on.', note.name)
        : vscode.l10n.t('Hosted by {0}.', note.name);
    case 'pooler':
      return note.instead === 'session'
        ? vscode.l10n.t(
            '{0} is a pooler in transaction mode, which no backup gets through: {1} is taken instead, which keeps sessions.',
            note.from,
            note.to,
          )
        : vscode.l10n.t(
            '{0} is a pooler in transaction mode, which no backup gets through: {1} is taken instead, the server itself.',
            note.from,
            note.to,
          );
    case 'poolerUnknown':
      return vscode.l10n.t(
        'The text names a pooler. In transaction mode no backup gets through one: use the address of the server itself.',
      );
    case 'ipv6Only':
      return vscode.l10n.t(
        'This host has an IPv6 address only. Where there is no IPv6, use the session pooler of {0}.',
        note.name,
      );
  }
}

/** Labels of a connection's fields in the review step. */
export function takenFieldText(field: TakenField, name: string | undefined): string {
  switch (field) {
    case 'host':
      return vscode.l10n.t('Host');
    case 'port':
      return vscode.l10n.t('Port');
    case 'database':
      return vscode.l10n.t('Database');
    case 'user':
      return vscode.l10n.t('User');
    case 'password':
      return vscode.l10n.t('Password');
    case 'keyPassphrase':
      return vscode.l10n.t('Passphrase of the key');
    case 'service':
      return vscode.l10n.t('Service');
    case 'sslMode':
      return vscode.l10n.t('Encryption');
    case 'sslRootCert':
      return vscode.l10n.t('Root certificate');
    case 'sslCert':
      return vscode.l10n.t('Client certificate');
    case 'sslKey':
      return vscode.l10n.t('Key of the client certificate');
    case 'url':
      return vscode.l10n.t('Variable');
    case 'parameter':
      return name ?? '';
  }
}
