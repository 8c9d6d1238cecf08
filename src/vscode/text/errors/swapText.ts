import * as vscode from 'vscode';
import type { ErrorDetails } from '../../../core/errors';

interface Described {
  message: string;
  detail?: string;
}

/** The sessions that an error names, and how many more there are. */
function firstOf({ count, sessions }: { count: number; sessions: readonly string[] }): string {
  const named = sessions.join('; ');
  const more = count - sessions.length;
  return more > 0 ? vscode.l10n.t('{0} and {1} more', named, more.toLocaleString()) : named;
}

/** What keeps a database from getting another name, or from being changed, or backed up before. */
export const swapDescribers = {
  safetyBackupFailed: (d: ErrorDetails['safetyBackupFailed']): Described => ({
    message: vscode.l10n.t(
      'The safety backup of "{0}" failed, so nothing was dropped and nothing restored. If the database is damaged, turn the safety backup off and restore again.',
      d.database,
    ),
    detail: d.text,
  }),
  databaseInUse: (d: ErrorDetails['databaseInUse']): Described => ({
    message:
      d.count === 0
        ? vscode.l10n.t(
            'Nothing was exchanged: the database "{0}" is in use. It is as it was.',
            d.database,
          )
        : vscode.l10n.t(
            'Nothing was exchanged: somebody is connected to the database "{0}", which is as it was: {1}',
            d.database,
            firstOf(d),
          ),
    detail: d.text,
  }),
  sessionsKept: (d: ErrorDetails['sessionsKept']): Described => ({
    message:
      d.ended === 0
        ? vscode.l10n.t('{0} may not end these sessions: {1}', d.user, firstOf(d))
        : vscode.l10n.t(
            'The others were ended, but {0} may not end these sessions: {1}',
            d.user,
            firstOf(d),
          ),
    detail: vscode.l10n.t(
      'Sessions of a superuser are ended by superusers alone, those of another role also by its members and those of pg_signal_backend.',
    ),
  }),
  swapRefused: (d: ErrorDetails['swapRefused']): Described => ({ message: refusal(d) }),
  swapChanged: (d: ErrorDetails['swapChanged']): Described => ({
    message: vscode.l10n.t(
      'The databases have other names than the job has left, or are gone, so nothing was done. Look at the databases of the server; "{0}" is not touched.',
      d.database,
    ),
  }),
  swapUncertain: (d: ErrorDetails['swapUncertain']): Described => ({
    message: vscode.l10n.t(
      'The server did not answer, so it is not known whether the restored database is called "{0}" now. Both databases are whole: swap in or swap back when the server answers again.',
      d.database,
    ),
  }),
};

function refusal({ database, user, reason, names }: ErrorDetails['swapRefused']): string {
  switch (reason) {
    case 'notOwner':
      return vscode.l10n.t(
        'The database "{0}" cannot be replaced: {1} is not its owner, nor a member of that role.',
        database,
        user,
      );
    case 'mayNotCreate':
      return vscode.l10n.t(
        'The database "{0}" cannot be replaced: {1} may not create databases (CREATEDB).',
        database,
        user,
      );
    case 'template':
      return vscode.l10n.t(
        '"{0}" is a template of the server: another database cannot take its place.',
        database,
      );
    case 'preparedTransactions':
      return vscode.l10n.t(
        'The database "{0}" cannot be replaced while it has prepared transactions. Commit them or roll them back: {1}.',
        database,
        names.join(', '),
      );
  }
}
