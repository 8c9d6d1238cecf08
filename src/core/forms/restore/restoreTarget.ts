import * as l10n from '@vscode/l10n';
import type { BackupInfo } from '../../model/archive';
import { knowsRestrict, restrictReleases } from '../../pgtools/catalogue/restrict';
import { readsArchive } from '../../pgtools/choose/choose';
import { isScript, majorOf } from '../form/archiveFacts';
import { checkClusterRestore, databaseNameProblem, isClusterScript } from './clusterRestore';
import type { RestoreContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import type { RestoreField } from '../form/formTypes';
import { destroys } from './destroys';
import { listNames } from '../../text/names';
import type { RestoreOptions } from '../../model/options';
import { tornText } from '../../text/files/notADumpText';
import { misreadText } from '../../text/files/misreadText';
import { isAbsolutePath } from '../../text/paths';

type Field = RestoreField;

/** psql passes over the rows of a COPY that failed from this major on (measured with 13 to 18). */
export const DISCARDS_ROWS = 17;

/** The database that is restored into; null = not known. */
export function targetDatabase(
  options: Pick<RestoreOptions, 'targetDatabase'>,
  { server }: RestoreContext,
): string | null {
  return options.targetDatabase ?? server?.database ?? null;
}

/**
 * Checks that a restore into the target is allowed, and that the database exists, or is still to be
 * created, as the options say.
 */
export function checkTarget(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  const { connection } = context;
  if (options.connectionId === '' || connection === null) {
    evaluation.error('connectionId', l10n.t('Choose a connection.'));
  } else if (connection.readOnly) {
    evaluation.error(
      'connectionId',
      l10n.t('{0} is marked read-only: nothing is restored into it.', connection.label),
    );
  } else if (connection.environment === 'production') {
    evaluation.warn(
      'connectionId',
      l10n.t(
        '{0} is a production server. Make sure that it is the one you mean.',
        connection.label,
      ),
    );
  }
  checkDatabase(options, context, evaluation);
  checkAge(context, evaluation);
}

function checkDatabase(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  const { server } = context;
  const name = options.targetDatabase;
  checkSwap(options, evaluation);
  checkSafety(options, context, evaluation);
  if (options.createDatabase) {
    evaluation.refuse(
      'clean',
      options.clean,
      l10n.t('A new database has no objects to drop. Choose one of the two.'),
    );
  }
  if (name === null) {
    if (options.createDatabase) {
      evaluation.error('targetDatabase', l10n.t('Enter the name of the database to create.'));
    }
    return;
  }
  const problem = databaseNameProblem(name);
  if (problem !== null) {
    evaluation.error('targetDatabase', problem);
    return;
  }
  if (server === null) return;
  const exists = server.databases.includes(name) || name === server.database;
  if (options.createDatabase && (exists || name === 'template0')) {
    evaluation.error(
      'targetDatabase',
      l10n.t(
        'Database {0} exists already. Choose another name, or restore into it without creating it.',
        name,
      ),
    );
  } else if (!options.createDatabase && !exists) {
    evaluation.error(
      'targetDatabase',
      l10n.t('There is no database {0} on the server. Choose "create database" to make it.', name),
    );
  }
}

function checkSafety(
  options: RestoreOptions,
  { info }: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.safetyBackup || !destroys(options, info)) return;
  evaluation.warn(
    'safetyBackup',
    l10n.t('Without a safety backup, what is dropped cannot be brought back.'),
  );
}

/** Refuses options that cannot be combined with a database that takes another's place. */
function checkSwap(options: RestoreOptions, evaluation: Evaluation<Field>): void {
  if (!options.swapIn) {
    // The form only shows the control of `endSessions` for a swap: the field is not disabled, and a
    // value, which only the command API can set, is an error.
    if (options.endSessions) {
      evaluation.error(
        'endSessions',
        l10n.t('This only applies when a database is replaced. Choose that first.'),
      );
    }
    return;
  }
  evaluation.refuse(
    'createDatabase',
    options.createDatabase,
    l10n.t('A database that is replaced exists already. Choose one of the two.'),
  );
  evaluation.refuse(
    'clean',
    options.clean,
    l10n.t('The restored database is new: it has no objects to drop. Choose one of the two.'),
  );
  evaluation.refuse(
    'dataOnly',
    options.dataOnly,
    l10n.t('The restored database is new: rows need their definitions. Turn off "data only".'),
  );
  if (/^template[01]$/.test(options.targetDatabase ?? '')) {
    evaluation.error(
      'targetDatabase',
      l10n.t('A template of the server cannot be replaced by another database.'),
    );
  }
}

function checkAge({ info, server }: RestoreContext, evaluation: Evaluation<Field>): void {
  const from = info ? majorOf(info.serverVersion) : null;
  if (from === null || server === null || from <= server.major) return;
  evaluation.warn(
    'connectionId',
    l10n.t(
      'The dump is from a newer server ({0}) than the target ({1}): it may contain objects that the target does not support.',
      from,
      server.major,
    ),
  );
}

/** Checks that a file is chosen, that it is whole, and that this tool can read it. */
export function checkInput(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.inputPath.trim() === '') {
    evaluation.error('inputPath', l10n.t('Choose the file or the directory to restore.'));
    return;
  }
  if (!isAbsolutePath(options.inputPath) || options.inputPath.includes('\0')) {
    evaluation.error('inputPath', l10n.t('The path must be absolute, beginning at the root.'));
    return;
  }
  if (isScript(context.info)) checkScript(options, context, evaluation);
  else checkArchive(options, context, evaluation);
}

function checkArchive(
  options: RestoreOptions,
  { info, tool }: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  if (info === null) return;
  const version = info.archiveVersion;
  if (tool && version !== null && !readsArchive(tool.version.major, version)) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'pg_restore {0} cannot read archives of version {1}. Install a newer one.',
        tool.version.text,
        version,
      ),
    );
  }
  checkWhole(options, info, evaluation);
}

/**
 * Rows that are whole can be saved from an archive whose table of contents is; also of one that looks
 * whole: damage within its data shows only when they are read.
 */
export function canBeSalvaged({ format, warnings }: BackupInfo): boolean {
  return !warnings.includes('damagedToc') && format !== 'plain';
}

/** Is it known, without reading the data, that some are missing? */
export function isCut({ complete, warnings }: Pick<BackupInfo, 'complete' | 'warnings'>): boolean {
  const damaged = warnings.some((each) => each === 'missingMembers' || each === 'damagedToc');
  return damaged || complete === false;
}

function checkWhole(
  options: RestoreOptions,
  info: BackupInfo,
  evaluation: Evaluation<Field>,
): void {
  const cut = isCut(info);
  const missing = l10n.t('The archive is incomplete: data that it should contain is missing.');
  if (!options.salvage) {
    const reason = l10n.t('Only together with "Restore what is whole".');
    evaluation.refuse('salvageRows', options.salvageRows, reason);
  }
  if (!canBeSalvaged(info)) {
    const reason = l10n.t('Nothing can be saved from this archive.');
    evaluation.refuse('salvage', options.salvage, reason);
    evaluation.error('inputPath', missing);
    return;
  }
  if (!options.salvage) {
    if (!cut) return;
    const remedy = l10n.t('Turn on "Restore what is whole" to save the rest into a new database.');
    evaluation.error('inputPath', `${missing} ${remedy}`);
    return;
  }
  if (cut) evaluation.warn('inputPath', missing);
  if (!options.createDatabase) {
    evaluation.error('salvage', l10n.t('What is whole is restored into a new database only.'));
  }
  const reason = l10n.t('Foreign keys to rows that are missing cannot be made.');
  const remedy = l10n.t('Turn this off.');
  evaluation.refuse('exitOnError', options.exitOnError, reason, remedy);
  evaluation.refuse('singleTransaction', options.singleTransaction, reason, remedy);
}

function checkScript(
  options: RestoreOptions,
  context: RestoreContext,
  evaluation: Evaluation<Field>,
): void {
  const { info, tool } = context;
  if (info === null) return;
  if (isClusterScript(info)) checkClusterRestore(options, context, evaluation);
  else checkConnects(options, context, info, evaluation);
  if (tool && info.warnings.includes('restrictKeys') && !knowsRestrict(tool.version)) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'psql {0} does not know the \\restrict lines of this script. Install the newest minor release, or psql 18.',
        tool.version.text,
      ),
    );
  } else if (tool && !isClusterScript(info) && !knowsRestrict(tool.version)) {
    evaluation.warn(
      'inputPath',
      l10n.t(
        'psql {0} cannot refuse commands that are hidden in a script: it is not run if any backslash in it might begin one, even in rows. psql {1}, or a newer one, restores every script.',
        tool.version.text,
        restrictReleases(),
      ),
    );
  }
  const goesOn = !options.exitOnError && !options.singleTransaction;
  if (tool && goesOn && tool.version.major < DISCARDS_ROWS) {
    evaluation.warn(
      'exitOnError',
      l10n.t(
        'After a COPY that fails, psql {0} takes its rows for statements. Turn this on, or choose psql {1} or a newer one.',
        tool.version.text,
        DISCARDS_ROWS,
      ),
    );
  }
  if (info.warnings.includes('metaCommands')) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'The script contains psql commands (they begin with \\). They are never run here, because some of them read files and run programs on this machine. Remove them, or run the script with psql yourself if you trust its author.',
      ),
    );
  }
  checkStrays(info, evaluation);
  if (info.misread) evaluation.warn('inputPath', misreadText(info.misread));
  if (info.complete === false && !info.strays?.torn && (info.strays?.failure ?? null) === null) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'The script lacks the line that pg_dump ends with: its end is missing, and psql would not notice.',
      ),
    );
  }
}

/** Reports messages of tools that were written into the script, with the cause that they name. */
function checkStrays({ strays, complete }: BackupInfo, evaluation: Evaluation<Field>): void {
  if (strays === undefined) return;
  const { torn, failure, leftOut, first } = strays;
  if (torn) {
    evaluation.error('inputPath', `${tornText(torn)} ${torn.text}`);
  } else if (complete === false && failure !== null) {
    evaluation.error(
      'inputPath',
      l10n.t('The script is not whole: the pg_dump that wrote it failed: {0}', failure),
    );
  } else if (leftOut === 1) {
    evaluation.warn('inputPath', l10n.t('A line that is no SQL is left out: {0}', first));
  } else {
    evaluation.warn(
      'inputPath',
      l10n.t('{0} lines that are no SQL are left out. The first: {1}', leftOut, first),
    );
  }
}

/** A script for one database may connect to that one, and to one that it makes itself. */
function checkConnects(
  options: RestoreOptions,
  context: RestoreContext,
  info: BackupInfo,
  evaluation: Evaluation<Field>,
): void {
  // A database that takes another's place does not have that name yet while the script runs.
  const target = options.swapIn ? null : targetDatabase(options, context);
  const elsewhere = info.connects.filter((database) => database !== target);
  const { ownDatabase: own } = info;
  if (own !== undefined) {
    if (target !== null) noteOwnDatabase(own, target, evaluation);
  } else if (elsewhere.length > 0) {
    evaluation.error(
      'inputPath',
      l10n.t(
        'The script connects to another database ({0}) and would be restored there. Remove its \\connect line, or choose that database as the target.',
        listNames(elsewhere),
      ),
    );
  } else if (info.connects.length > 0) {
    evaluation.warn(
      'inputPath',
      l10n.t('The script connects to {0} itself.', listNames(info.connects)),
    );
  }
}

function noteOwnDatabase(own: string, target: string, evaluation: Evaluation<Field>): void {
  evaluation.warn(
    'inputPath',
    own === target
      ? l10n.t(
          'The script makes and enters its database {0} itself: CREATE DATABASE and \\connect are left out.',
          own,
        )
      : l10n.t(
          'The script makes and enters its own database {0}: it is restored into {1} instead, without its CREATE, ALTER and DROP DATABASE and \\connect.',
          own,
          target,
        ),
  );
}
