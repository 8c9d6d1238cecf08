import { checkAnyBackup, checkDatabaseBackup } from '../../forms/backup/backupChecks';
import type { BackupContext } from '../../forms/form/context';
import { Evaluation } from '../../forms/form/evaluation';
import type { BackupField } from '../../forms/form/formTypes';
import type { DerivedBackup } from '../../forms/selection/derivedBackup';
import type { BackupOptions } from '../../model/options';
import { compressionProblem } from '../../pgtools/args/compression';
import { assertNoErrors } from '../job/assertNoErrors';
import { asksNothingOfTool, choosesParts } from './backupRequest';

/**
 * Refuses options of a backup of one database that the form would not let through.
 *
 * The rules for the tool's own options, with the words for them, are as much code as all others
 * together: they are loaded only where something is asked of the tool beyond the fields.
 * @throws AppError `optionInvalid`
 */
export async function assertAllowed(
  options: BackupOptions,
  context: BackupContext,
  derived: DerivedBackup,
): Promise<void> {
  if (isWithinFields(options, context)) {
    const evaluation = new Evaluation<BackupField>();
    checkAnyBackup(options, context, evaluation);
    checkDatabaseBackup(options, context, evaluation);
    if (choosesParts(options)) {
      const { checkChosen } = await import('../../forms/backup/chosenChecks');
      checkChosen(options, context, derived, evaluation);
    }
    assertNoErrors(evaluation.problems);
  } else {
    const { evaluateBackup } = await import('../../forms/backup/backupForm');
    assertNoErrors(evaluateBackup(options, context, derived).problems);
  }
}

/** Is there nothing that the rules for the tool's own options and arguments could refuse? */
function isWithinFields(options: BackupOptions, { tool }: BackupContext): boolean {
  if (tool === null || tool.ofWindows === true || !asksNothingOfTool(options)) return false;
  const method = options.toolOptions['compress'];
  if (method === undefined) return true;
  const { version, compressionMethods, missingOptions } = tool;
  return (
    missingOptions?.includes('compress') !== true &&
    typeof method === 'string' &&
    options.format !== 'tar' &&
    compressionProblem(method, version, compressionMethods) === null
  );
}
