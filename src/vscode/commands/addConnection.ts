import * as vscode from 'vscode';
import { decodeProfiles } from '../../core/connections/decodeProfiles';
import type { ConnectionProfile } from '../../core/model/profile';
import { profileProblemText } from '../settings/profileProblems';
import { window } from '../ui/window';

type Texts = Partial<Record<'url' | 'host' | 'port' | 'database' | 'user' | 'name', string>>;
type Use = Pick<ConnectionProfile, 'environment' | 'readOnly'>;
type Scope = 'user' | 'workspace';

/** A new entry, and whose settings it goes to. */
export interface NewConnection {
  profile: ConnectionProfile;
  scope: Scope;
}

interface Step {
  key: keyof Texts;
  prompt: string;
  placeHolder: string;
  /** The problem with an answer, or undefined. */
  check(answer: string): string | undefined;
}

interface Position {
  step: number;
  totalSteps: number;
}

type Answer<T> = { given: T } | 'back' | 'cancel';

/**
 * Asks for a new connection, one thing at a time; Back returns to the step before.
 * An empty answer leaves the field to libpq's own default.
 */
export async function addConnection(taken: readonly string[]): Promise<NewConnection | undefined> {
  const how = await pickHow();
  if (how === undefined) return undefined;
  const texts: Texts = {};
  let use: Use = {};
  let scope: Scope = 'user';
  const asks: ((position: Position) => Promise<Answer<unknown>>)[] = [
    ...(how === 'url' ? urlSteps : fieldSteps).map((step) => async (position: Position) => {
      const answer = await ask(step, texts[step.key] ?? '', position);
      if (typeof answer === 'object') texts[step.key] = answer.given;
      return answer;
    }),
    async (position) => {
      const answer = await askUse(position);
      if (typeof answer === 'object') use = answer.given;
      return answer;
    },
  ];
  if (vscode.workspace.workspaceFolders !== undefined) {
    asks.push(async (position) => {
      const answer = await askScope(position);
      if (typeof answer === 'object') scope = answer.given;
      return answer;
    });
  }
  for (let i = 0; i < asks.length;) {
    const answer = await asks[i]?.({ step: i + 1, totalSteps: asks.length });
    if (answer === 'cancel') return undefined;
    if (answer === 'back' && i === 0) return addConnection(taken);
    i += answer === 'back' ? -1 : 1;
  }
  return { profile: toProfile(texts, use, taken), scope };
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

const fieldSteps = [hostStep, portStep, databaseStep, userStep, nameStep];
const urlSteps = [urlStep, nameStep];

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

/** What the database is for, and whether anything may ever be restored into it. */
function askUse(position: Position): Promise<Answer<Use>> {
  const readOnly = vscode.l10n.t('nothing is ever restored into it');
  return askOne(vscode.l10n.t('What is the database for?'), position, [
    { label: vscode.l10n.t('Development'), gives: { environment: 'development' } },
    { label: vscode.l10n.t('Staging'), gives: { environment: 'staging' } },
    {
      label: vscode.l10n.t('Production'),
      description: vscode.l10n.t('marked in every picker and form'),
      gives: { environment: 'production' },
    },
    {
      label: vscode.l10n.t('Production, Read-Only'),
      description: readOnly,
      gives: { environment: 'production', readOnly: true },
    },
    { label: vscode.l10n.t('Leave It Open'), gives: {} },
    {
      label: vscode.l10n.t('Leave It Open, Read-Only'),
      description: readOnly,
      gives: { readOnly: true },
    },
  ]);
}

function askScope(position: Position): Promise<Answer<Scope>> {
  return askOne(vscode.l10n.t('Whose connection is it?'), position, [
    {
      label: vscode.l10n.t('For Me'),
      description: vscode.l10n.t('user settings: in every window, and in no repository'),
      gives: 'user',
    },
    {
      label: vscode.l10n.t('For This Workspace'),
      description: vscode.l10n.t('workspace settings: for everybody who has its files'),
      gives: 'workspace',
    },
  ]);
}

/** Asks to choose one of several things. */
function askOne<T>(
  placeholder: string,
  { step, totalSteps }: Position,
  items: (vscode.QuickPickItem & { gives: T })[],
): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const pick = window.createQuickPick<(typeof items)[number]>();
    pick.title = vscode.l10n.t('Add Connection');
    pick.step = step;
    pick.totalSteps = totalSteps;
    pick.placeholder = placeholder;
    pick.items = items;
    pick.ignoreFocusOut = true;
    pick.buttons = [vscode.QuickInputButtons.Back];
    let answer: Answer<T> = 'cancel';
    pick.onDidTriggerButton(() => {
      answer = 'back';
      pick.hide();
    });
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (!chosen) return;
      answer = { given: chosen.gives };
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(answer);
    });
    pick.show();
  });
}

function ask(step: Step, value: string, position: Position): Promise<Answer<string>> {
  return new Promise((resolve) => {
    const input = window.createInputBox();
    input.title = vscode.l10n.t('Add Connection');
    input.step = position.step;
    input.totalSteps = position.totalSteps;
    input.prompt = step.prompt;
    input.placeholder = step.placeHolder;
    input.value = value;
    input.ignoreFocusOut = true;
    input.buttons = [vscode.QuickInputButtons.Back];
    let answer: Answer<string> = 'cancel';
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
      answer = { given: text };
      input.hide();
    });
    input.onDidHide(() => {
      input.dispose();
      resolve(answer);
    });
    input.show();
  });
}

function toProfile(texts: Texts, use: Use, taken: readonly string[]): ConnectionProfile {
  const { url, host, port, database, user, name } = texts;
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
