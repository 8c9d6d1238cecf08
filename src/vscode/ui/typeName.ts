import * as vscode from 'vscode';
import { literalLabel } from '../text/literalText';
import { window } from './window';

/** A name that is typed is meant: what is at stake is not lost by the Enter of another dialog. */
export async function typeName(
  name: string,
  { title, prompt }: { title: string; prompt: string },
): Promise<boolean> {
  // A name may hold what no box takes, a line's end for one: as it is shown will do.
  const isRight = (value: string): boolean => value === name || value === literalLabel(name);
  const typed = await window.showInputBox({
    title,
    prompt,
    ignoreFocusOut: true,
    // While this says something, Enter does nothing.
    validateInput: (value) =>
      isRight(value) ? undefined : vscode.l10n.t('Type {0}.', literalLabel(name)),
  });
  return typed !== undefined && isRight(typed);
}
