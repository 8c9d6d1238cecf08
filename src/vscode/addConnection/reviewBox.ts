import * as vscode from 'vscode';
import { readSshRoute } from '../../core/connections/ssh/readRoute';
import { describeRoute } from '../../core/connections/ssh/sshRoute';
import { dropReasonText, hostNoteText, takenFieldText } from '../text/pasteText';
import { window } from '../ui/window';
import { askField, askText, type Field } from './fieldSteps';
import { nameOf, type NewConnection, type Scope, type Use } from './newConnection';

type Review = { connection: NewConnection; scope: Scope } | 'back' | undefined;

type Action =
  { save: Scope } | { edit: Field | 'name' | 'ssh' | 'password' | 'keep' | 'use' } | 'nothing';

interface Item extends vscode.QuickPickItem {
  action: Action;
}

/**
 * Shows the whole connection before it is saved: what it will be, what was left out and why. Each
 * line can be changed; saving asks at the same time whose settings it goes to.
 *
 * @param problem why it could not be used as it was
 */
export async function reviewBox(start: NewConnection, problem?: string): Promise<Review> {
  let connection = start;
  for (;;) {
    const action = await choose(connection, problem);
    if (action === undefined || action === 'back') return action;
    if (action === 'nothing') continue;
    if ('save' in action) return { connection, scope: action.save };
    const changed = await edit(connection, action.edit);
    if (changed !== undefined && changed !== 'back') connection = changed;
  }
}

function choose(
  connection: NewConnection,
  problem: string | undefined,
): Promise<Action | 'back' | undefined> {
  const pick = window.createQuickPick<Item>();
  pick.title = vscode.l10n.t('Add Connection');
  pick.placeholder = problem ?? vscode.l10n.t('Save it, or choose a line to change it');
  pick.ignoreFocusOut = true;
  pick.buttons = [vscode.QuickInputButtons.Back];
  pick.matchOnDescription = true;
  pick.items = reviewItems(connection);
  return new Promise((resolve) => {
    let answer: Action | 'back' | undefined;
    pick.onDidTriggerButton(() => {
      answer = 'back';
      pick.hide();
    });
    pick.onDidAccept(() => {
      const action = pick.selectedItems[0]?.action;
      if (action === undefined || action === 'nothing') return;
      answer = action;
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(answer);
    });
    pick.show();
  });
}

function reviewItems(connection: NewConnection): Item[] {
  return [
    ...saveItems(),
    separator(vscode.l10n.t('What is saved')),
    line(vscode.l10n.t('Name'), nameOf(connection), { edit: 'name' }),
    ...targetItems(connection),
    line(vscode.l10n.t('SSH server'), sshText(connection.ssh), { edit: 'ssh' }),
    ...passwordItems(connection),
    ...passphraseItems(connection),
    line(vscode.l10n.t('Used for'), useText(connection.use), { edit: 'use' }),
    ...noteItems(connection),
  ];
}

function saveItems(): Item[] {
  const mine: Item = {
    label: vscode.l10n.t('Test and Save for Me'),
    description: vscode.l10n.t('user settings: in every window, and in no repository'),
    iconPath: new vscode.ThemeIcon('check'),
    action: { save: 'user' },
  };
  if (vscode.workspace.workspaceFolders === undefined) return [mine];
  const shared: Item = {
    label: vscode.l10n.t('Test and Save for This Workspace'),
    description: vscode.l10n.t('workspace settings: for everybody who has its files'),
    iconPath: new vscode.ThemeIcon('check-all'),
    action: { save: 'workspace' },
  };
  return [mine, shared];
}

function targetItems({ target, reference }: NewConnection): Item[] {
  if (reference !== undefined) {
    return [line(takenFieldText('url', undefined), reference, 'nothing')];
  }
  const empty = vscode.l10n.t('not stated');
  const fields = (['host', 'port', 'database', 'user'] as const).map((field) =>
    line(takenFieldText(field, undefined), target[field] ?? empty, { edit: field }),
  );
  const rest = (['service', 'sslMode', 'sslRootCert', 'sslCert', 'sslKey'] as const).flatMap(
    (field) => {
      const value = target[field];
      return value === undefined ? [] : [line(takenFieldText(field, undefined), value, 'nothing')];
    },
  );
  const parameters = Object.entries(target.parameters).map(([name, value]) =>
    line(name, value, 'nothing'),
  );
  return [...fields, ...rest, ...parameters];
}

function sshText(ssh: NewConnection['ssh']): string {
  return ssh === undefined ? vscode.l10n.t('not stated') : describeRoute(ssh);
}

function passphraseItems({ keyPassphrase }: NewConnection): Item[] {
  if (keyPassphrase === undefined) return [];
  return [line(takenFieldText('keyPassphrase', undefined), '••••••••', 'nothing')];
}

function passwordItems({ password, keepPassword, reference }: NewConnection): Item[] {
  if (reference !== undefined) return [];
  const label = takenFieldText('password', undefined);
  if (password === undefined) {
    return [
      line(label, vscode.l10n.t('asked for when the server wants one'), { edit: 'password' }),
    ];
  }
  const kept = keepPassword
    ? vscode.l10n.t('in the secret storage of VS Code, once it has worked')
    : vscode.l10n.t('for this session only');
  return [
    line(label, '••••••••', { edit: 'password' }),
    line(vscode.l10n.t('Kept'), kept, { edit: 'keep' }),
  ];
}

function noteItems({ dropped, notes }: NewConnection): Item[] {
  const info: Item[] = notes.map((note) => ({
    label: hostNoteText(note),
    iconPath: new vscode.ThemeIcon('info'),
    action: 'nothing',
  }));
  const left: Item[] = dropped.map(({ name, reason }) =>
    line(name, dropReasonText(reason), 'nothing'),
  );
  return [
    ...(info.length === 0 ? [] : [separator(vscode.l10n.t('Good to know')), ...info]),
    ...(left.length === 0 ? [] : [separator(vscode.l10n.t('Left out')), ...left]),
  ];
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator, action: 'nothing' };
}

function line(label: string, description: string, action: Action): Item {
  return { label, description, action };
}

async function edit(
  connection: NewConnection,
  what: Exclude<Action, string | { save: Scope }>['edit'],
): Promise<NewConnection | 'back' | undefined> {
  switch (what) {
    case 'name': {
      const answer = await askText({
        prompt: vscode.l10n.t('Name of the connection'),
        placeHolder: vscode.l10n.t('Shown in pickers and forms, e.g. Staging'),
        value: nameOf(connection),
        check: (text) => (text === '' ? vscode.l10n.t('Give it a name.') : undefined),
      });
      return typeof answer === 'object' ? { ...connection, name: answer.text } : answer;
    }
    case 'ssh': {
      const answer = await askText({
        prompt: vscode.l10n.t('SSH server through which the database server is reached'),
        placeHolder: vscode.l10n.t('A name of ~/.ssh/config, or user@host:port; empty: none'),
        value: connection.ssh === undefined ? '' : describeRoute(connection.ssh),
        check: (text) =>
          text === '' || readSshRoute(text) !== null
            ? undefined
            : vscode.l10n.t('This is no SSH server.'),
      });
      if (typeof answer !== 'object') return answer;
      return { ...connection, ssh: readSshRoute(answer.text) ?? undefined };
    }
    case 'password': {
      const answer = await askText({
        prompt: vscode.l10n.t('Password'),
        placeHolder: vscode.l10n.t('Empty: asked for when the server wants one'),
        value: '',
        password: true,
      });
      if (typeof answer !== 'object') return answer;
      return { ...connection, password: answer.text === '' ? undefined : answer.text };
    }
    case 'keep':
      return { ...connection, keepPassword: !connection.keepPassword };
    case 'use': {
      const use = await askUse();
      return use && { ...connection, use };
    }
    case 'host':
    case 'port':
    case 'database':
    case 'user':
      return askField(what, connection);
  }
}

function useChoices(): (vscode.QuickPickItem & { use: Use })[] {
  const readOnly = vscode.l10n.t('nothing is ever restored into it');
  return [
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
}

function useText(use: Use): string {
  const same = (other: Use): boolean =>
    other.environment === use.environment && other.readOnly === use.readOnly;
  const found = useChoices().find((choice) => same(choice.use));
  return use.environment === undefined && use.readOnly === undefined
    ? vscode.l10n.t('not stated')
    : (found?.label ?? '');
}

/** What the database is for, and whether anything may ever be restored into it. */
async function askUse(): Promise<Use | undefined> {
  const picked = await window.showQuickPick(useChoices(), {
    title: vscode.l10n.t('Add Connection'),
    placeHolder: vscode.l10n.t('What is the database for?'),
    ignoreFocusOut: true,
  });
  return picked?.use;
}
