import * as vscode from 'vscode';
import type { RestoreJudgement } from '../../core/model/preflight';
import { literalLabel } from '../text/literalText';
import { restoreQuestion } from './restoreQuestion';
import { askBefore } from './askBefore';
import { typeName } from './typeName';

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
  return judgement.typed === null || typed(judgement.typed);
}

function typed(name: string): Promise<boolean> {
  return typeName(name, {
    title: vscode.l10n.t('Restore in Production'),
    prompt: vscode.l10n.t('Type {0} to start the restore.', literalLabel(name)),
  });
}
