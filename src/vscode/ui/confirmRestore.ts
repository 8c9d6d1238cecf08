import * as vscode from 'vscode';
import type { RestoreConfirmation } from '../../core/model/confirmation';
import { literalLabel } from '../text/literalText';
import { askBefore } from './askBefore';
import { typeName } from './typeName';

/**
 * Asks the user to confirm a restore, if there is a reason to ask.
 *
 * @returns false when it was answered with no, or what has to be typed was not
 */
export async function confirmRestore(
  confirmation: RestoreConfirmation,
  inputPath: string,
): Promise<boolean> {
  if (confirmation.reasons.length === 0) return true;
  const { restoreQuestion } = await import('./restoreQuestion');
  if (!(await askBefore(restoreQuestion(confirmation, inputPath)))) return false;
  const { typed, reasons } = confirmation;
  if (typed === null) return true;
  const production = reasons.some(({ code }) => code === 'production');
  return typeName(typed, {
    title: production ? vscode.l10n.t('Restore in Production') : vscode.l10n.t('Drop and Restore'),
    prompt: vscode.l10n.t('Type {0} to start the restore.', literalLabel(typed)),
  });
}
