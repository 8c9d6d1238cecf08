import * as vscode from 'vscode';
import { AppError, asAppError, type ErrorCode, type RowsUnavailable } from '../../core/errors';
import { maskError } from '../../core/secrets/mask';
import { fieldName } from '../../core/forms/fields/fieldText';
import type { BackupJob, JobFailure } from '../../core/model/job';
import { fromJobFailure } from '../../core/jobs/job/jobFailure';
import type { ProblemAction, ProblemReport } from '../../protocol/types';
import type { LockWait } from '../../core/model/catalog';
import { isWarning, jobNoteText } from '../../core/text/jobNoteText';
import { notADumpText, tornText } from '../../core/text/files/notADumpText';
import { reachLines } from '../../core/text/reachText';
import { readingText } from '../../core/text/files/readingText';
import { handlesText } from './handlesText';
import { psqlCommandText } from './psqlCommandText';
import { failureActions, failureSentence } from './failureText';
import { optionProblemText } from './optionText';
import { advised, connectionDescribers } from './errors/connectionErrorText';
import type { Describe, Describers } from './errors/describers';
import { outputDescribers } from './errors/outputErrorText';
import { packedDescribers } from './errors/packedText';
import { swapDescribers } from './errors/swapText';

const describers: Describers<ErrorCode> = {
  requestMalformed: (d) => ({
    message: vscode.l10n.t('The request is malformed: {0}: {1}', d.field, d.problem),
  }),
  ...connectionDescribers,
  ...outputDescribers,
  targetBusy: (d) => ({
    message: vscode.l10n.t('Another job is restoring into the database "{0}".', d.database),
  }),
  inputMissing: (d) => ({ message: vscode.l10n.t('There is no file {0}.', d.path) }),
  inputChanged: (d) => ({
    message: vscode.l10n.t('{0} has changed since it was opened.', d.path),
  }),
  inputUnreadable: (d) => ({
    message: vscode.l10n.t('{0} cannot be read.', d.path),
    detail: d.text,
  }),
  inputDiffers: (d) => ({
    message: vscode.l10n.t(
      'The file is not the one that its manifest describes, so it was not restored: {0}',
      d.path,
    ),
    detail:
      d.count === 1
        ? d.first
        : vscode.l10n.t('{0}, the first of {1} differences', d.first, d.count.toLocaleString()),
  }),
  inputUnfinished: (d) => ({
    message: vscode.l10n.t(
      '{0} was left behind by an unfinished backup. It is incomplete and is not restored.',
      d.path,
    ),
  }),
  notADump: (d) => ({ message: notADumpText(d) }),
  scriptTorn: (d) => ({
    message: tornText(d),
    detail: d.text,
  }),
  dumpFailed: (d) => ({
    message: vscode.l10n.t(
      '{0} is not whole: the pg_dump that wrote it failed. Make it again.',
      d.path,
    ),
    detail: d.text,
  }),
  archiveDamaged: (d) => ({
    message: vscode.l10n.t(
      '{0} is damaged or truncated: at byte {1}, while reading {2}.',
      d.path,
      String(d.offset),
      readingText(d.reading),
    ),
  }),
  backupDamaged: (d) => ({
    message:
      d.count > 1
        ? vscode.l10n.t('{0} is damaged: {1} ({2} problems)', d.path, d.first, d.count)
        : vscode.l10n.t('{0} is damaged: {1}', d.path, d.first),
  }),
  trialRestoreImpossible: (d) => ({
    message: vscode.l10n.t(
      '{0} is a script of a whole cluster: it would create roles and databases, so a trial restore of it is not possible.',
      d.path,
    ),
  }),
  scratchDatabaseLeft: (d) => ({
    message: vscode.l10n.t(
      'The database "{0}", which was created for this, could not be dropped. Drop it yourself.',
      d.database,
    ),
    detail: d.text,
  }),
  trialReachesOut: (d) => ({
    message: vscode.l10n.t(
      '{0} would change more than a scratch database, so a trial restore of it is not possible. {1}',
      d.path,
      reachLines([{ ...d, count: 1 }]).join(' '),
    ),
  }),
  manifestInvalid: (d) => ({
    message: vscode.l10n.t('{0} is not a readable manifest.', d.path),
    detail: d.problem,
  }),
  manifestNotWritten: (d) => ({
    message: vscode.l10n.t('The manifest {0} could not be written.', d.path),
    detail: d.text,
  }),
  recordNotWritten: (d) => ({
    message: vscode.l10n.t('The record of {0} could not be saved.', d.path),
    detail: d.text,
  }),
  archiveVersionUnsupported: (d) => ({
    message: vscode.l10n.t(
      '{0} has the archive version {1}, which is not known here.',
      d.path,
      d.version,
    ),
  }),
  compressionUnsupported: (d) => ({
    message: vscode.l10n.t(
      '{0} is compressed with {1}, which cannot be read here. Unpack it first.',
      d.path,
      d.method,
    ),
  }),
  ...packedDescribers,
  ...swapDescribers,
  rowsUnavailable: (d) => ({ message: rowsUnavailable(d.name, d.reason) }),
  objectUnknown: (d) => ({ message: vscode.l10n.t('There is no "{0}" in {1}.', d.name, d.where) }),
  objectAmbiguous: (d) => ({
    message: vscode.l10n.t(
      '"{0}" fits more than one object: {1}. Write it as schema and name.',
      d.name,
      d.candidates,
    ),
  }),
  optionInvalid: (d) => ({
    message: vscode.l10n.t('{0}: {1}', fieldName(d.field), optionProblemText(d.problem)),
  }),
  argumentUnsayable: (d) => ({
    message: vscode.l10n.t(
      'On Windows, programs of PostgreSQL cannot be told "{0}" in "{1}".',
      d.character,
      d.argument,
    ),
    detail: vscode.l10n.t(
      'They take arguments in a code page of Windows, not in Unicode. Use names of ASCII characters there.',
    ),
  }),
  argumentsTooLong: (d) => ({
    message:
      d.needs === null
        ? vscode.l10n.t(
            'The selection is too long for a command of this system. Choose whole schemas, or fewer objects.',
          )
        : vscode.l10n.t(
            'The selection is too long for a command of this system. Choose whole schemas or fewer objects, or use {0} {1} or newer, which reads it from a file.',
            d.tool,
            d.needs,
          ),
  }),
  extraArgumentRefused: (d) => ({
    message: vscode.l10n.t('The extra argument {0} cannot be used: {1}', d.argument, d.problem),
  }),
  scriptSwitchesDatabase: (d) => ({
    message: vscode.l10n.t(
      'The script {0} switches to the database "{1}" by itself (\\connect), so it is not run.',
      d.path,
      d.database,
    ),
  }),
  scriptRunsCommands: (d) => ({
    message: vscode.l10n.t(
      'Line {0} of the script {1} has the psql command {2}, which {3}. psql commands in a script are never run here, so the script is not run either.',
      d.line,
      d.path,
      d.command,
      psqlCommandText(d.command),
    ),
  }),
  scriptNeedsRestrict: (d) => ({
    message: vscode.l10n.t(
      'psql {0} might take {1} in line {2} of the script {3} for a psql command, and this version cannot refuse commands, so the script is not run. Install one of psql {4}, or a newer one.',
      d.psql,
      d.command,
      d.line,
      d.path,
      d.needs,
    ),
    actions: ['chooseToolsFolder'],
  }),
  confirmationRequired: (d) => ({
    message: vscode.l10n.t('Restoring into "{0}" was not confirmed.', d.database),
  }),
  workspaceUntrusted: () => ({
    message: vscode.l10n.t(
      'This workspace is in Restricted Mode: no program is started until you trust it.',
    ),
  }),
  jobUnknown: (d) => ({ message: vscode.l10n.t('There is no job "{0}".', d.id) }),
  jobIdTaken: (d) => ({ message: vscode.l10n.t('There is already a job "{0}".', d.id) }),
  cancelled: () => ({ message: vscode.l10n.t('Cancelled.') }),
  toolFailed: (d) => ({
    message: failureSentence(d.tool, d.cause, d.text),
    detail: lockedText(d.lock) + advised(d.text),
    actions: failureActions(d.cause),
  }),
  handlesExhausted: (d) => ({ message: handlesText(d.code), actions: ['retry'] }),
  internal: (d) => ({
    message: vscode.l10n.t('Something unexpected happened.'),
    detail: d.text,
    actions: ['showOutput'],
  }),
};

/** Says which table was locked: the tool itself lists all tables that it wanted to lock. */
function lockedText(lock: LockWait | undefined): string {
  return lock === undefined ? '' : `${jobNoteText({ code: 'waitsForLock', wait: lock })}\n`;
}

/** Message of an error for the user, with its actions. */
export function describeError(thrown: unknown): ProblemReport {
  const error = asAppError(thrown);
  const describe = describers[error.code] as Describe<ErrorCode> | undefined;
  // A job that another version of this extension has run may have failed in ways unknown here.
  if (!describe) return describeError(new AppError('internal', { text: error.message }));
  return { actions: [], ...describe(maskError(error).details) };
}

/** Message of a failure in plain JSON, as jobs carry it. */
export function describeFailure(failure: JobFailure): ProblemReport {
  // A record of another version may have an unknown code.
  if (!Object.hasOwn(describers, failure.code)) return { message: failure.code, actions: [] };
  return describeError(fromJobFailure(failure));
}

/** Message and detail in one string. */
export function errorMessage(error: unknown): string {
  const { message, detail } = describeError(error);
  return detail ? `${message} ${detail}` : message;
}

/** Label of a problem's button. */
export function actionLabel(action: ProblemAction): string {
  switch (action) {
    case 'setPassword':
      return vscode.l10n.t('Set Password…');
    case 'editConnections':
      return vscode.l10n.t('Edit Connections');
    case 'addConnection':
      return vscode.l10n.t('Add Connection…');
    case 'chooseToolsFolder':
      return vscode.l10n.t('Choose Folder…');
    case 'installTools':
      return vscode.l10n.t('How to Install');
    case 'chooseContainer':
      return vscode.l10n.t('Use a Container…');
    case 'openSsh':
      return vscode.l10n.t('Log In by SSH…');
    case 'showOutput':
      return vscode.l10n.t('Show Output');
    case 'openArchiveBeside':
      return vscode.l10n.t('Open the Archive');
    case 'retry':
      return vscode.l10n.t('Retry');
  }
}

function rowsUnavailable(name: string, reason: RowsUnavailable): string {
  switch (reason) {
    case 'none':
      return vscode.l10n.t('The dump contains no rows of {0}.', name);
    case 'largeObjects':
      return vscode.l10n.t('{0}: large objects cannot be shown as rows.', name);
    case 'copyOptions':
      return vscode.l10n.t('The rows of {0} are not in COPY’s usual text form.', name);
    case 'missing':
      return vscode.l10n.t('The rows of {0} are missing in the dump.', name);
  }
}

/** Text of a job's notes: problems beside its purpose, and limits of its result. */
export function warningTexts({ warnings = [], notes = [] }: BackupJob): string[] {
  return [
    ...warnings.map((warning) => describeFailure(warning).message),
    ...notes.filter(isWarning).map(jobNoteText),
  ];
}
