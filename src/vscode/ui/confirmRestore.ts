import * as vscode from 'vscode';
import type { RestoreConfirmation } from '../../core/model/confirmation';
import { literalLabel } from '../text/literalText';
import { restoreQuestion } from './restoreQuestion';
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
  if (!(await askBefore(restoreQuestion(confirmation, inputPath)))) return false;
  return confirmation.typed === null || typed(confirmation.typed);
}

function typed(name: string): Promise<boolean> {
  return typeName(name, {
    title: vscode.l10n.t('Restore in Production'),
    prompt: vscode.l10n.t('Type {0} to start the restore.', literalLabel(name)),
  });
}
