import * as vscode from 'vscode';
import type { RestoreJudgement } from '../../core/model/preflight';
import { literalLabel } from '../text/literalText';
import { restoreQuestion } from './restoreQuestion';
import { askBefore } from './askBefore';
import { window } from './window';

/**
 * Asks the user to confirm the findings. Without findings it does not ask.
 *
 * @returns false when it was answered with no, or what has to be typed was not
 */
export async function confirmRestore(
  judgement: RestoreJudgement,
  inputPath: string,
): Promise<boolean> {
  if (judgement.findings.length === 0) return true;
  if (!(await askBefore(restoreQuestion(judgement, inputPath)))) return false;
  return judgement.typed === null || typeName(judgement.typed);
}

/** A name that is typed is meant: production is not overwritten by the Enter of another dialog. */
async function typeName(name: string): Promise<boolean> {
  // A name may hold what no box takes, a line's end for one: as it is shown will do.
  const isRight = (value: string): boolean => value === name || value === literalLabel(name);
  const typed = await window.showInputBox({
    title: vscode.l10n.t('Restore in Production'),
    prompt: vscode.l10n.t('Type {0} to start the restore.', literalLabel(name)),
    ignoreFocusOut: true,
    // While this says something, Enter does nothing.
    validateInput: (value) =>
      isRight(value) ? undefined : vscode.l10n.t('Type {0}.', literalLabel(name)),
  });
  return typed !== undefined && isRight(typed);
}
