import * as l10n from '@vscode/l10n';
import type { BackupContext } from '../form/context';
import type { Evaluation } from '../form/evaluation';
import { checkNumbers, checkScope } from '../fields/checkFields';
import { backupFields } from '../../model/backupFields';
import type { BackupField } from '../form/formTypes';
import { PARALLEL_FORMATS, type BackupOptions } from '../../model/options';
import { windowsNameFault } from '../../files/windowsNames';
import { windowsNameText } from '../fields/windowsNameText';
import { endsWithSeparator, isAbsolutePath } from '../../text/paths';

type Field = BackupField;

/** Checks what every backup has, of a database or of a whole server. */
export function checkAnyBackup(
  options: BackupOptions,
  context: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  checkConnection(options, context, evaluation);
  checkOutput(options, evaluation);
  checkScope(backupFields, options, evaluation);
  checkNumbers(backupFields, options, evaluation, options.scope);
}

/** Checks what every backup of one database has; what some choose besides, `checkChosen` does. */
export function checkDatabaseBackup(
  options: BackupOptions,
  context: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  checkFormat(options, evaluation);
  checkStreams(options, context, evaluation);
  checkContent(options, evaluation);
}

function checkConnection(
  options: BackupOptions,
  { connection, server, tool }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  if (options.connectionId === '' || connection === null) {
    evaluation.error('connectionId', l10n.t('Choose a connection.'));
  }
  if (server === null || tool === null) return;
  if (server.major > tool.version.major) {
    evaluation.error(
      'connectionId',
      l10n.t(
        'The server is {0}, newer than pg_dump {1}, which refuses to dump it. Install pg_dump {2} or newer.',
        server.version,
        tool.version.text,
        server.major,
      ),
    );
  }
  if (server.versionNumber < 90200 && tool.version.major >= 15) {
    evaluation.error(
      'connectionId',
      l10n.t(
        'The server is {0}; pg_dump {1} dumps servers from 9.2 on. Use pg_dump 14 or older.',
        server.version,
        tool.version.text,
      ),
    );
  }
}

function checkOutput({ outputPath, format }: BackupOptions, evaluation: Evaluation<Field>): void {
  const fault = windowsNameFault(outputPath);
  if (outputPath.trim() === '') {
    evaluation.error('outputPath', l10n.t('Choose where the backup is saved.'));
  } else if (!isAbsolutePath(outputPath)) {
    evaluation.error('outputPath', l10n.t('The path must be absolute, beginning at the root.'));
  } else if (outputPath.includes('\0')) {
    evaluation.error(
      'outputPath',
      l10n.t('The path contains a character that is not allowed in file names.'),
    );
  } else if (fault !== null) {
    evaluation.error('outputPath', windowsNameText(fault));
  } else if (format !== 'directory' && endsWithSeparator(outputPath)) {
    evaluation.error('outputPath', l10n.t('This is a directory. Add the name of the file.'));
  }
}

function checkFormat(options: BackupOptions, evaluation: Evaluation<Field>): void {
  const { format, compression, jobs } = options;
  if (format === 'tar') {
    evaluation.refuse(
      'compression',
      compression !== 0,
      l10n.t('The tar format cannot be compressed. Set 0, or choose the custom format.'),
    );
  }
  // A method that is given states its own level; `compression` has no effect then.
  if ('compress' in options.toolOptions) {
    evaluation.disable('compression', l10n.t('Method and level are chosen together.'));
  }
  if (!PARALLEL_FORMATS.has(format)) {
    evaluation.refuse(
      'jobs',
      jobs > 1,
      l10n.t(
        'Only the directory and custom formats can be written by several jobs. Set 1, or choose one of them.',
      ),
    );
  }
  if (format !== 'plain') {
    evaluation.refuse(
      'includeOwnership',
      !options.includeOwnership,
      l10n.t(
        'An archive always holds the ownership: whether it is used is chosen at restore ("no owner"). Only plain scripts can leave it out.',
      ),
    );
  }
}

/** Refuses what a tool that runs elsewhere cannot write: its output is one stream. */
function checkStreams(
  { format, jobs }: BackupOptions,
  { tool }: BackupContext,
  evaluation: Evaluation<Field>,
): void {
  if (tool?.streams !== true) return;
  if (format === 'directory') {
    evaluation.error(
      'format',
      l10n.t(
        'pg_dump runs in a container and writes a stream, which a directory is not. Choose the custom format.',
      ),
    );
  } else if (PARALLEL_FORMATS.has(format)) {
    evaluation.refuse(
      'jobs',
      jobs > 1,
      l10n.t('pg_dump runs in a container and writes a stream, by one job. Set 1.'),
    );
  }
}

function checkContent(options: BackupOptions, evaluation: Evaluation<Field>): void {
  if (!options.includeSchema && !options.includeData) {
    evaluation.error(
      'includeData',
      l10n.t('Without schema and data there is nothing to dump. Choose one of them or both.'),
    );
  } else if (!options.includeSchema) {
    const reason = l10n.t(
      'This belongs to the definitions, but only rows are dumped. Include the schema.',
    );
    evaluation.disable('includePrivileges', reason);
    evaluation.disable('includeOwnership', reason);
  } else if (!options.includeData) {
    evaluation.disable('excludeTableData', l10n.t('No rows are dumped at all. Include the data.'));
  }
  if (!options.includeData) {
    evaluation.refuse(
      'largeObjects',
      options.largeObjects === true,
      l10n.t('Large objects are data, and pg_dump leaves them out with it. Include the data.'),
    );
  }
}
