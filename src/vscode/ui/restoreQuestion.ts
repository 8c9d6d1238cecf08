import * as vscode from 'vscode';
import type {
  ConfirmationReason,
  RestoreConfirmation,
  ServerEffects,
  TargetContents,
} from '../../core/model/confirmation';
import { misreadText } from '../../core/text/files/misreadText';
import { problemText } from '../../core/text/files/problemText';
import { reachLines } from '../../core/text/reachText';
import { fromJobFailure } from '../../core/jobs/job/jobFailure';
import type { Question } from './askBefore';
import { describeError } from '../text/errorText';

/** What goes before the restore begins. */
const DROPS = {
  clean: () =>
    vscode.l10n.t(
      'Objects that are in the file are dropped first, with their data, then restored.',
    ),
  rows: () => vscode.l10n.t('All rows of the tables that are in the file are deleted first.'),
  script: () => vscode.l10n.t('The script itself drops objects or empties tables.'),
} as const;

/** The question before a restore, with all reasons for it. */
export function restoreQuestion(confirmation: RestoreConfirmation, inputPath: string): Question {
  const { reasons, target } = confirmation;
  const has = (code: ConfirmationReason['code']): boolean =>
    reasons.some((reason) => reason.code === code);
  return {
    title: titleOf(confirmation, has),
    detail: [
      vscode.l10n.t('Connection: {0}', target.connection),
      vscode.l10n.t('Server: {0}', target.address),
      vscode.l10n.t('File: {0}', inputPath),
      '',
      ...reasons.flatMap(sentencesOf),
    ],
    dangerous: actionOf(reasons, has),
    safe: vscode.l10n.t('Change Nothing'),
  };
}

type Has = (code: ConfirmationReason['code']) => boolean;

function titleOf({ target, reasons }: RestoreConfirmation, has: Has): string {
  const production = has('production');
  if (has('wholeServer')) {
    return production
      ? vscode.l10n.t('Run this script on the whole PRODUCTION server?')
      : vscode.l10n.t('Run this script on the whole server?');
  }
  const { database } = target;
  if (database === null) {
    return production
      ? vscode.l10n.t('Restore on the PRODUCTION server?')
      : vscode.l10n.t('Restore on this server?');
  }
  if (has('replaces')) {
    return production
      ? vscode.l10n.t('Replace the PRODUCTION database "{0}"?', database)
      : vscode.l10n.t('Replace the database "{0}"?', database);
  }
  if (reasons.some(({ code }) => code === 'drops')) {
    return production
      ? vscode.l10n.t('Drop objects in the PRODUCTION database "{0}"?', database)
      : vscode.l10n.t('Drop objects in the database "{0}"?', database);
  }
  return production
    ? vscode.l10n.t('Restore into the PRODUCTION database "{0}"?', database)
    : vscode.l10n.t('Restore into the database "{0}"?', database);
}

function actionOf(reasons: readonly ConfirmationReason[], has: Has): string {
  const server = reasons.find((reason) => reason.code === 'wholeServer');
  if (server) {
    const { droppedDatabases, droppedRoles } = server.effects;
    return droppedDatabases.length + droppedRoles.length > 0
      ? vscode.l10n.t('Drop and Restore Whole Server')
      : vscode.l10n.t('Restore Whole Server');
  }
  if (has('replaces')) {
    return has('production')
      ? vscode.l10n.t('Replace in Production')
      : vscode.l10n.t('Restore and Replace');
  }
  if (has('drops')) {
    return has('production')
      ? vscode.l10n.t('Drop in Production and Restore')
      : vscode.l10n.t('Drop and Restore');
  }
  return has('production')
    ? vscode.l10n.t('Restore in Production')
    : vscode.l10n.t('Restore Anyway');
}

function sentencesOf(reason: ConfirmationReason): string[] {
  switch (reason.code) {
    case 'production':
      return [vscode.l10n.t('The connection is marked production.')];
    case 'wholeServer':
      return serverSentences(reason.effects);
    case 'replaces':
      return [
        vscode.l10n.t(
          'The backup is restored beside it. Then the restored database takes its name; the one that is there now is kept under another name.',
        ),
        ...(reason.endsSessions
          ? [vscode.l10n.t('The sessions of others in it are ended at that moment.')]
          : []),
      ];
    case 'drops':
      return [
        DROPS[reason.by](),
        ...(reason.backedUp === true
          ? [vscode.l10n.t('A safety backup of them is made before that.')]
          : []),
      ];
    case 'notEmpty':
      return [
        vscode.l10n.t('The database is not empty. It holds {0}.', contentsText(reason.contents)),
      ];
    case 'contentsUnknown': {
      const { message, detail } = describeError(fromJobFailure(reason.failure));
      return [
        vscode.l10n.t(
          'The contents of the database could not be determined: {0}',
          detail === undefined ? message : `${message} ${detail}`,
        ),
      ];
    }
    case 'fileDiffers':
      return [
        vscode.l10n.t('The file is not the one that its manifest describes.'),
        problemText(reason.differences.first),
      ];
    case 'misread':
      return [misreadText(reason.found)];
    case 'reaches':
      return reachLines(reason.reach);
    case 'foreign':
      return [
        vscode.l10n.t(
          'The file was not made by a job on this machine: the code in it runs with all privileges of the connection.',
        ),
      ];
  }
}

/** `41 tables with about 1,200,000 rows, 3 views, 12 other objects`. */
function contentsText(contents: TargetContents): string {
  const parts: string[] = [];
  if (contents.tables > 0) parts.push(tablesText(contents));
  if (contents.views > 0) {
    parts.push(
      contents.views === 1
        ? vscode.l10n.t('1 view')
        : vscode.l10n.t('{0} views', contents.views.toLocaleString()),
    );
  }
  if (contents.others > 0) {
    parts.push(
      contents.others === 1
        ? vscode.l10n.t('1 other object')
        : vscode.l10n.t('{0} other objects', contents.others.toLocaleString()),
    );
  }
  return parts.join(', ');
}

function tablesText({ tables, rows, uncountedTables }: TargetContents): string {
  const named =
    tables === 1 ? vscode.l10n.t('1 table') : vscode.l10n.t('{0} tables', tables.toLocaleString());
  const count = rows.toLocaleString();
  if (uncountedTables === 0) {
    return rows === 0
      ? vscode.l10n.t('{0} without rows', named)
      : vscode.l10n.t('{0} with about {1} rows', named, count);
  }
  return rows === 0
    ? vscode.l10n.t('{0} (number of rows unknown)', named)
    : vscode.l10n.t('{0} with about {1} rows or more', named, count);
}

function serverSentences(effects: ServerEffects): string[] {
  const line = (text: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${text} ${names.map((name) => `"${name}"`).join(', ')}`];
  return [
    ...line(vscode.l10n.t('Drops databases:'), effects.droppedDatabases),
    ...line(vscode.l10n.t('Creates databases:'), effects.createdDatabases),
    ...line(vscode.l10n.t('Writes into databases:'), effects.writtenDatabases),
    ...line(vscode.l10n.t('Drops roles:'), effects.droppedRoles),
    ...line(vscode.l10n.t('Creates roles:'), effects.createdRoles),
    ...line(vscode.l10n.t('Creates tablespaces:'), effects.createdTablespaces),
    vscode.l10n.t('It cannot be undone: each statement takes effect at once.'),
  ];
}
