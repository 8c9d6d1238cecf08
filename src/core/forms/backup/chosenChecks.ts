import * as l10n from '@vscode/l10n';
import { dumpOptions } from '../../pgtools/catalogue/dump';
import { hasOption, rowIn } from '../../pgtools/catalogue/rows';
import { selectedNames } from '../../pgtools/args/dumpArgs';
import { patternEncoding } from '../../pgtools/args/patterns';
import { checkBackupObjects } from './backupObjects';
import type { DerivedBackup } from '../selection/derivedBackup';
import type { BackupContext } from '../form/context';
import { canConvert, canonicalEncoding } from './encodings';
import type { Evaluation } from '../form/evaluation';
import type { BackupField } from '../form/formTypes';
import type { BackupOptions } from '../../model/options';

type Field = BackupField;

/**
 * Checks what a backup of one database chooses: objects, and an encoding. A whole database in its own
 * encoding has nothing of that, and its job does not read these rules.
 */
export function checkChosen(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
  evaluation: Evaluation<Field>,
): void {
  checkBackupObjects(options, context, derived, evaluation);
  checkFilterExtras(options, context, derived, evaluation);
  checkEncoding(options, context, derived, evaluation);
}

/** Checks the options that include what a filter leaves out. */
function checkFilterExtras(
  options: BackupOptions,
  { tool }: BackupContext,
  { filtered }: DerivedBackup,
  evaluation: Evaluation<Field>,
): void {
  const asked = (options.extensions ?? []).length > 0;
  if (!filtered) {
    evaluation.disable(
      'extensions',
      l10n.t('The whole database is dumped, with all its extensions.'),
    );
    return;
  }
  if (tool && !hasOption(rowIn(dumpOptions, 'extension'), tool.version)) {
    evaluation.refuse(
      'extensions',
      asked,
      l10n.t(
        'pg_dump {0} cannot keep extensions when objects are selected. Use pg_dump 14 or newer, or dump the whole database.',
        tool.version.text,
      ),
    );
  } else if (!options.includeSchema) {
    evaluation.refuse(
      'extensions',
      asked,
      l10n.t('Extensions are definitions, and only rows are dumped. Include the schema.'),
    );
  }
}

function checkEncoding(
  options: BackupOptions,
  { server }: BackupContext,
  { dump }: DerivedBackup,
  evaluation: Evaluation<Field>,
): void {
  if (options.encoding === null) return;
  const to = canonicalEncoding(options.encoding);
  if (to === null) {
    evaluation.error(
      'encoding',
      l10n.t('PostgreSQL has no encoding "{0}". Choose one from the list.', options.encoding),
    );
    return;
  }
  const from = server ? canonicalEncoding(server.encoding) : null;
  if (from !== null && !canConvert(from, to)) {
    evaluation.error(
      'encoding',
      l10n.t('The server cannot convert {0} into {1}. Choose UTF8 or {0}.', from, to),
    );
  } else if (from !== null && from !== to && to !== 'UTF8' && to !== 'SQL_ASCII') {
    evaluation.warn(
      'encoding',
      l10n.t('The backup fails if the database holds a character that {0} lacks.', to),
    );
  }
  const names = selectedNames(dump);
  if (patternEncoding(names, to, server?.encoding ?? null) === 'unreadable') {
    evaluation.error(
      'encoding',
      l10n.t(
        'Some of the chosen names contain non-ASCII characters: pg_dump finds them only when the encoding is UTF8.',
      ),
    );
  }
}
