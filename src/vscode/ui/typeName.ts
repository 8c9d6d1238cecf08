import * as vscode from 'vscode';
import { literalLabel } from '../text/literalText';
import { window } from './window';

/** Asks the user to type a name, so that an Enter meant for another dialog confirms nothing. */
export async function typeName(
  name: string,
  { title, prompt }: { title: string; prompt: string },
): Promise<boolean> {
  // An input box cannot take every name (one with a line end); the name as it is shown will do.
  const isRight = (value: string): boolean => value === name || value === literalLabel(name);
  const typed = await window.showInputBox({
    title,
    prompt,
    ignoreFocusOut: true,
    // While this returns a message, Enter does nothing.
    validateInput: (value) =>
      isRight(value) ? undefined : vscode.l10n.t('Type {0}.', literalLabel(name)),
  });
  return typed !== undefined && isRight(typed);
}
