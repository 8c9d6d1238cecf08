import * as vscode from 'vscode';
import { decodeProfiles } from '../../core/connections/decodeProfiles';
import type { ConnectionProfile } from '../../core/model/profile';
import { profileProblemText } from '../settings/profileProblems';
import { window } from '../ui/window';

type Answers = Partial<
  Record<'how' | 'url' | 'host' | 'port' | 'database' | 'user' | 'name', string>
>;

interface Step {
  key: keyof Answers;
  prompt: string;
  placeHolder: string;
  /** The problem with an answer, or undefined. */
  check(answer: string): string | undefined;
}

/**
 * Asks for a new connection, one thing at a time; Back returns to the step before.
 * An empty answer leaves the field to libpq's own default.
 */
export async function addConnection(
  taken: readonly string[],
): Promise<ConnectionProfile | undefined> {
  const answers: Answers = {};
  const how = await pickHow();
  if (how === undefined) return undefined;
  const steps =
    how === 'url' ? [urlStep, nameStep] : [hostStep, portStep, databaseStep, userStep, nameStep];
  const total = steps.length + 1;
  for (let i = 0; i < total;) {
    const step = steps[i];
    const answer = step
      ? await ask(step, answers[step.key] ?? '', i + 1, total)
      : await askUse(total, total);
    if (answer === 'cancel') return undefined;
    if (answer === 'back') {
      if (i === 0) return addConnection(taken);
      i--;
      continue;
    }
    if ('use' in answer) return toProfile(answers, answer.use, taken);
    if (step) answers[step.key] = answer.text;
    i++;
  }
  return undefined;
}

const hostStep: Step = {
  key: 'host',
  prompt: vscode.l10n.t('Host name, IP address or socket directory'),
  placeHolder: vscode.l10n.t('Empty: PGHOST, or the local server'),
  check: (answer) => problemOf({ host: answer }),
};
const portStep: Step = {
  key: 'port',
  prompt: vscode.l10n.t('Port'),
  placeHolder: vscode.l10n.t('Empty: PGPORT, or 5432'),
  check: (answer) => problemOf({ port: /^\d+$/.test(answer) ? Number(answer) : answer }),
};
const databaseStep: Step = {
  key: 'database',
  prompt: vscode.l10n.t('Database'),
  placeHolder: vscode.l10n.t('Empty: PGDATABASE, or the name of the user'),
  check: (answer) => problemOf({ database: answer }),
};
const userStep: Step = {
  key: 'user',
  prompt: vscode.l10n.t('User'),
  placeHolder: vscode.l10n.t('Empty: PGUSER, or the name of the operating system user'),
  check: (answer) => problemOf({ user: answer }),
};
const urlStep: Step = {
  key: 'url',
  prompt: vscode.l10n.t('URI without a password'),
  placeHolder: 'postgresql://user@host:5432/database',
  check: (answer) =>
    answer === '' ? vscode.l10n.t('Write a postgresql:// URI.') : problemOf({ url: answer }),
};
const nameStep: Step = {
  key: 'name',
  prompt: vscode.l10n.t('Name of the connection'),
  placeHolder: vscode.l10n.t('Shown in pickers and forms, e.g. Staging'),
  check: (answer) => (answer.trim() === '' ? vscode.l10n.t('Give it a name.') : undefined),
};

/** The settings' own decoder judges each answer, so that nothing can be saved that it refuses. */
function problemOf(fields: Record<string, unknown>): string | undefined {
  const [problem] = decodeProfiles([{ id: 'new', ...fields }]).problems;
  return problem === undefined ? undefined : profileProblemText(problem);
}

async function pickHow(): Promise<'fields' | 'url' | undefined> {
  const picked = await window.showQuickPick(
    [
      { label: vscode.l10n.t('Host, port, database, user'), how: 'fields' as const },
      { label: vscode.l10n.t('URI'), description: 'postgresql://…', how: 'url' as const },
    ],
    {
      title: vscode.l10n.t('Add Connection'),
      placeHolder: vscode.l10n.t('How do you want to describe the server?'),
      ignoreFocusOut: true,
    },
  );
  return picked?.how;
}

type Use = Pick<ConnectionProfile, 'environment' | 'readOnly'>;

/** What the database is for, and whether anything may ever be restored into it. */
function askUse(index: number, total: number): Promise<{ use: Use } | 'back' | 'cancel'> {
  const readOnly = vscode.l10n.t('nothing is ever restored into it');
  const items: (vscode.QuickPickItem & { use: Use })[] = [
    { label: vscode.l10n.t('Development'), use: { environment: 'development' } },
    { label: vscode.l10n.t('Staging'), use: { environment: 'staging' } },
    {
      label: vscode.l10n.t('Production'),
      description: vscode.l10n.t('marked in every picker and form'),
      use: { environment: 'production' },
    },
    {
      label: vscode.l10n.t('Production, Read-Only'),
      description: readOnly,
      use: { environment: 'production', readOnly: true },
    },
    { label: vscode.l10n.t('Leave It Open'), use: {} },
    {
      label: vscode.l10n.t('Leave It Open, Read-Only'),
      description: readOnly,
      use: { readOnly: true },
    },
  ];
  return new Promise((resolve) => {
    const pick = window.createQuickPick<(typeof items)[number]>();
    pick.title = vscode.l10n.t('Add Connection');
    pick.step = index;
    pick.totalSteps = total;
    pick.placeholder = vscode.l10n.t('What is the database for?');
    pick.items = items;
    pick.ignoreFocusOut = true;
    pick.buttons = [vscode.QuickInputButtons.Back];
    let answer: { use: Use } | 'back' | 'cancel' = 'cancel';
    pick.onDidTriggerButton(() => {
      answer = 'back';
      pick.hide();
    });
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (!chosen) return;
      answer = { use: chosen.use };
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(answer);
    });
    pick.show();
  });
}

function ask(
  step: Step,
  value: string,
  index: number,
  total: number,
): Promise<{ text: string } | 'back' | 'cancel'> {
  return new Promise((resolve) => {
    const input = window.createInputBox();
    input.title = vscode.l10n.t('Add Connection');
    input.step = index;
    input.totalSteps = total;
    input.prompt = step.prompt;
    input.placeholder = step.placeHolder;
    input.value = value;
    input.ignoreFocusOut = true;
    input.buttons = [vscode.QuickInputButtons.Back];
    let answer: { text: string } | 'back' | 'cancel' = 'cancel';
    input.onDidChangeValue((text) => {
      input.validationMessage = step.check(text.trim());
    });
    input.onDidTriggerButton(() => {
      answer = 'back';
      input.hide();
    });
    input.onDidAccept(() => {
      const text = input.value.trim();
      const problem = step.check(text);
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

function toProfile(answers: Answers, use: Use, taken: readonly string[]): ConnectionProfile {
  const { url, host, port, database, user, name } = answers;
  return {
    id: freeId(name ?? 'connection', taken),
    ...(name ? { name } : {}),
    ...(url ? { url } : {}),
    ...(host ? { host } : {}),
    ...(port ? { port: Number(port) } : {}),
    ...(database ? { database } : {}),
    ...(user ? { user } : {}),
    ...use,
  };
}

/** A short id from the name, that no other connection has. */
function freeId(name: string, taken: readonly string[]): string {
  const slug =
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '') || 'connection';
  let id = slug;
  for (let n = 2; taken.includes(id); n++) id = `${slug}-${n}`;
  return id;
}
