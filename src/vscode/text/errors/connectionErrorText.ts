import * as vscode from 'vscode';
import { connectAdviceText } from '../connectAdviceText';
import type { Describers } from './describers';
import { handlesText } from '../handlesText';
import { passwordCommandText } from '../passwordCommandText';
import { sshText } from '../sshText';
import { toolsPlaceText } from '../toolsPlaceText';

type ConnectionCode =
  | 'connectionUnknown'
  | 'connectionInvalid'
  | 'connectionReadOnly'
  | 'connectionUnused'
  | 'passwordRequired'
  | 'keyLocked'
  | 'passwordCommandFailed'
  | 'sshFailed'
  | 'authenticationFailed'
  | 'connectFailed'
  | 'databaseMissing'
  | 'databaseExists'
  | 'queryFailed'
  | 'answerUnusable'
  | 'queryTimedOut'
  | 'toolsNotFound'
  | 'toolsUnreachable'
  | 'serverNewerThanTools'
  | 'archiveNewerThanTools'
  | 'toolMissing'
  | 'toolNotStarted';

/** Sentences about connections, what servers answer, and the programs that connect. */
export const connectionDescribers: Describers<ConnectionCode> = {
  connectionUnknown: (d) => ({
    message: vscode.l10n.t('There is no connection with the id "{0}" in the settings.', d.id),
    actions: ['editConnections', 'addConnection'],
  }),
  connectionInvalid: (d) => ({
    message: vscode.l10n.t(
      'The connection "{0}" in the settings cannot be used: {1}',
      d.id,
      d.problem,
    ),
    actions: ['editConnections'],
  }),
  connectionReadOnly: (d) => ({
    message: vscode.l10n.t('"{0}" is marked read-only: nothing is restored into it.', d.name),
    actions: ['editConnections'],
  }),
  connectionUnused: (d) => ({
    message: vscode.l10n.t(
      '"{0}" ({1}) comes with the workspace and has not been used on this machine. Nothing connects to it until you confirm it.',
      d.name,
      d.target,
    ),
    actions: ['retry'],
  }),
  passwordRequired: (d) => ({
    message: vscode.l10n.t(
      'The server of "{0}" requires a password, and none is known.',
      d.connection,
    ),
    actions: ['setPassword'],
  }),
  keyLocked: (d) => ({
    message: vscode.l10n.t(
      'The key of the client certificate of "{0}" needs a passphrase, and none that opens it is known.',
      d.connection,
    ),
    actions: ['retry'],
  }),
  passwordCommandFailed: (d) => ({
    message: passwordCommandText(d.connection, d.program, d.reason),
    actions: ['retry', 'editConnections'],
  }),
  sshFailed: (d) => sshText(d),
  authenticationFailed: (d) => ({
    message: vscode.l10n.t('The server of "{0}" refused the login.', d.connection),
    detail: advised(d.text),
    actions: ['setPassword', 'editConnections'],
  }),
  connectFailed: (d) => ({
    message: vscode.l10n.t('Could not connect to "{0}".', d.connection),
    detail: advised(d.text),
    actions: ['retry', 'editConnections'],
  }),
  databaseMissing: (d) => ({
    message: vscode.l10n.t(
      'There is no database "{0}" on the server of "{1}".',
      d.database,
      d.connection,
    ),
    actions: ['editConnections'],
  }),
  databaseExists: (d) => ({
    message: vscode.l10n.t(
      'The database "{0}" exists already. Choose another name, or restore into it without creating it.',
      d.database,
    ),
  }),
  queryFailed: (d) => ({ message: vscode.l10n.t('The server refused a query.'), detail: d.text }),
  answerUnusable: (d) => ({
    message:
      d.reason === 'tooLarge'
        ? vscode.l10n.t('The answer of the server to a query is too large.')
        : vscode.l10n.t('The answer of the server to a query does not have the expected form.'),
  }),
  queryTimedOut: (d) => ({
    message: vscode.l10n.t('The server did not answer within {0} seconds.', d.seconds),
    actions: ['retry'],
  }),
  toolsNotFound: (d) => ({
    message: vscode.l10n.t('pg_dump, pg_restore and psql were not found on this machine.'),
    detail: vscode.l10n.t('Searched: {0}', d.searched),
    actions: ['chooseToolsFolder', 'installTools', 'chooseContainer'],
  }),
  toolsUnreachable: (d) => toolsPlaceText(d),
  serverNewerThanTools: (d) => ({
    message: vscode.l10n.t(
      'The server is PostgreSQL {0}; the newest pg_dump found is {1}. A pg_dump that is at least as new as the server is needed.',
      d.server,
      d.newest,
    ),
    detail: d.dir,
    actions: ['installTools', 'chooseToolsFolder', 'chooseContainer'],
  }),
  archiveNewerThanTools: (d) => ({
    message: vscode.l10n.t(
      'The archive has format version {0}, which needs pg_restore {1} or newer; the newest found is {2}.',
      d.archive,
      d.needs,
      d.newest,
    ),
    actions: ['installTools', 'chooseToolsFolder'],
  }),
  toolMissing: (d) => ({
    message: vscode.l10n.t('{0} is not in {1}.', d.tool, d.dir),
    actions: ['chooseToolsFolder', 'installTools'],
  }),
  toolNotStarted: (d) => ({
    message: vscode.l10n.t('The system did not start {0}: {1}', d.tool, handlesText(d.text)),
    actions: ['retry'],
  }),
};

/** The advice comes first, where the message does not contain it. */
export function advised(said: string): string {
  const advice = connectAdviceText(said);
  return advice === undefined ? said : `${advice} (${said.trim()})`;
}
