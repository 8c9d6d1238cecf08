import * as vscode from 'vscode';
import { decodeProfiles } from '../../core/connections/decodeProfiles';
import { profileProblemText } from '../settings/profileProblems';
import { window } from '../ui/window';
import type { NewConnection } from './newConnection';

export type Field = 'host' | 'port' | 'database' | 'user';

interface Step {
  prompt: string;
  placeHolder: string;
}

const FIELDS: readonly Field[] = ['host', 'port', 'database', 'user'];

function stepOf(field: Field): Step {
  switch (field) {
    case 'host':
      return {
        prompt: vscode.l10n.t('Host name, IP address or socket directory'),
        placeHolder: vscode.l10n.t('Empty: PGHOST, or the local server'),
      };
    case 'port':
      return {
        prompt: vscode.l10n.t('Port'),
        placeHolder: vscode.l10n.t('Empty: PGPORT, or 5432'),
      };
    case 'database':
      return {
        prompt: vscode.l10n.t('Database'),
        placeHolder: vscode.l10n.t('Empty: PGDATABASE, or the name of the user'),
      };
    case 'user':
      return {
        prompt: vscode.l10n.t('User'),
        placeHolder: vscode.l10n.t('Empty: PGUSER, or the name of the operating system user'),
      };
  }
}

/**
 * Asks for the fields one by one; Back returns to the one before.
 *
 * @returns 'back' from the first one, undefined = given up
 */
export async function askFields(
  connection: NewConnection,
): Promise<NewConnection | 'back' | undefined> {
  let now = connection;
  for (let i = 0; i < FIELDS.length;) {
    const field = FIELDS[i];
    if (field === undefined) break;
    const position = { step: i + 1, totalSteps: FIELDS.length };
    const answer = await askField(field, now, position);
    if (answer === undefined) return undefined;
    if (answer === 'back' && i === 0) return 'back';
    if (answer !== 'back') now = answer;
    i += answer === 'back' ? -1 : 1;
  }
  return now;
}

/** Asks for one of them; an empty answer leaves it to libpq's default. */
export async function askField(
  field: Field,
  connection: NewConnection,
  position?: { step: number; totalSteps: number },
): Promise<NewConnection | 'back' | undefined> {
  const answer = await askText({
    ...stepOf(field),
    value: connection.target[field] ?? '',
    check: (text) => problemOf(field, text),
    ...(position === undefined ? {} : { position }),
  });
  if (answer === undefined || answer === 'back') return answer;
  const value = answer.text === '' ? undefined : answer.text;
  return { ...connection, target: { ...connection.target, [field]: value } };
}

/** The settings' own decoder judges each answer, so that nothing can be saved that it refuses. */
function problemOf(field: Field, answer: string): string | undefined {
  const value = field === 'port' && /^\d+$/.test(answer) ? Number(answer) : answer;
  // A list of ports goes into a URL.
  if (field === 'port' && /^\d+(?:,\d*)+$/.test(answer)) return undefined;
  const [problem] = decodeProfiles([{ id: 'new', [field]: value }]).problems;
  return problem === undefined ? undefined : profileProblemText(problem);
}

export interface TextQuestion {
  prompt: string;
  placeHolder?: string;
  value: string;
  password?: boolean;
  position?: { step: number; totalSteps: number };
  /** The problem with an answer, or undefined. */
  check?: (text: string) => string | undefined;
}

/** An object, so that no text can be taken for `back`. */
export function askText(question: TextQuestion): Promise<{ text: string } | 'back' | undefined> {
  const input = window.createInputBox();
  input.title = vscode.l10n.t('Add Connection');
  input.step = question.position?.step;
  input.totalSteps = question.position?.totalSteps;
  input.prompt = question.prompt;
  input.placeholder = question.placeHolder;
  input.value = question.value;
  input.password = question.password === true;
  input.ignoreFocusOut = true;
  input.buttons = [vscode.QuickInputButtons.Back];
  // A password may begin or end with blanks.
  const textOf = (value: string): string => (input.password ? value : value.trim());
  return new Promise((resolve) => {
    let answer: { text: string } | 'back' | undefined;
    input.onDidChangeValue((text) => {
      input.validationMessage = question.check?.(textOf(text));
    });
    input.onDidTriggerButton(() => {
      answer = 'back';
      input.hide();
    });
    input.onDidAccept(() => {
      const text = textOf(input.value);
      const problem = question.check?.(text);
      input.validationMessage = problem;
      if (problem !== undefined) return;
      answer = { text };
      input.hide();
    });
    input.onDidHide(() => {
      input.dispose();
      resolve(answer);
    });
    input.show();
  });
}
