import * as vscode from 'vscode';
import { connectAdvice } from '../../core/pgtools/stderr/connectAdvice';

/** Advice on a refused connection; undefined when the server's message is enough. */
export function connectAdviceText(said: string): string | undefined {
  switch (connectAdvice(said)) {
    case 'tenantUnknown':
      return vscode.l10n.t(
        'The pooler does not know this project or user: the user is "postgres." with the project\'s id behind it, and the host names the project\'s region. A paused project is not known either.',
      );
    case 'endpointMissing':
      return vscode.l10n.t(
        'These tools are too old to name the database when they connect (TLS server name). Install client tools of PostgreSQL 14 or newer.',
      );
    case 'suspended':
      return vscode.l10n.t(
        'The hoster has suspended this database. Resume it there, and try again.',
      );
    case 'ipv6Only':
      return vscode.l10n.t(
        'This host has an IPv6 address only, and this network does not reach it. Use the address of the session pooler, which has an IPv4 address.',
      );
    case 'tokenExpired':
      return vscode.l10n.t(
        'The token that stands for the password was refused: tokens last for minutes only. Set a new one, or write the command that yields it as "passwordCommand" of the connection.',
      );
    case 'encryptionRequired':
      return vscode.l10n.t(
        'The server takes encrypted connections only: set "sslMode" to "require".',
      );
    case 'addressRefused':
      return vscode.l10n.t(
        'The server does not let this machine in: its firewall, its allow list or pg_hba.conf has to name the address of this machine.',
      );
    case 'transactionPooler':
      return vscode.l10n.t(
        'This is the address of a connection pooler in transaction mode, which no backup gets through. Use the address of the server itself, or of a pooler in session mode.',
      );
    case 'rootCertificateMissing':
      return vscode.l10n.t(
        'The certificate of the server cannot be checked without the certificate that signed it: name its file as "sslRootCert", or write "system" there (PostgreSQL 16 or newer).',
      );
    case null:
      return undefined;
  }
}
