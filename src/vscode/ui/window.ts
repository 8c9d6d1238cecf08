import * as vscode from 'vscode';
import { literalLabel, literalText } from '../text/literalText';

/**
 * What of `vscode.window` shows texts, with every text made literal on its way: names, paths and
 * messages come from servers, dumps and workspaces, and must neither become links and icons nor
 * turn the words around them. Nothing else calls these functions of `vscode.window` (lint).
 */
export const window = {
  showInformationMessage: shower('showInformationMessage'),
  showWarningMessage: shower('showWarningMessage'),
  showErrorMessage: shower('showErrorMessage'),

  async showQuickPick<T extends vscode.QuickPickItem>(
    items: readonly T[],
    options: vscode.QuickPickOptions,
    token?: vscode.CancellationToken,
  ): Promise<T | undefined> {
    const shown = items.map(literalItem);
    const picked = await vscode.window.showQuickPick(shown, literalOptions(options), token);
    return picked && items[shown.indexOf(picked)];
  },

  createQuickPick<T extends vscode.QuickPickItem>(): vscode.QuickPick<T> {
    return guarded(vscode.window.createQuickPick<T>(), {
      title: optional(literalLabel),
      placeholder: optional(literalLabel),
      items: (items) => items.map(literalItem),
    });
  },

  showInputBox(
    options: vscode.InputBoxOptions,
    token?: vscode.CancellationToken,
  ): Thenable<string | undefined> {
    const validated = options.validateInput && {
      validateInput: async (value: string) =>
        literalProblem((await options.validateInput?.(value)) ?? ''),
    };
    return vscode.window.showInputBox({ ...literalOptions(options), ...validated }, token);
  },

  createInputBox(): vscode.InputBox {
    return guarded(vscode.window.createInputBox(), {
      title: optional(literalLabel),
      prompt: optional(literalText),
      placeholder: optional(literalLabel),
      validationMessage: (message) => message && literalProblem(message),
    });
  },

  withProgress<R>(
    options: vscode.ProgressOptions,
    task: (progress: Progress, token: vscode.CancellationToken) => Thenable<R>,
  ): Thenable<R> {
    return vscode.window.withProgress(literalOptions(options), (progress: Progress, token) =>
      task({ report: (value) => progress.report(literalOptions(value)) }, token),
    );
  },

  createStatusBarItem(id: string, name: string, priority: number): StatusItem {
    const { Left } = vscode.StatusBarAlignment;
    const item = vscode.window.createStatusBarItem(id, Left, priority);
    item.name = literalLabel(name);
    return {
      show: ({ icon, text, tooltip, command }) => {
        item.text = `$(${icon}) ${literalLabel(text)}`;
        item.tooltip = literalText(tooltip);
        // For screen readers: without the icon.
        item.accessibilityInformation = { label: literalLabel(text) };
        item.command = command;
        item.show();
      },
      hide: () => item.hide(),
      dispose: () => item.dispose(),
    };
  },

  /** Makes the rows' texts literal, too. */
  createTreeView<T>(
    id: string,
    provider: vscode.TreeDataProvider<T>,
    options: { canSelectMany?: boolean } = {},
  ): vscode.TreeView<T> {
    const { onDidChangeTreeData } = provider;
    const treeDataProvider: vscode.TreeDataProvider<T> = {
      ...(onDidChangeTreeData && { onDidChangeTreeData }),
      getChildren: (element) => provider.getChildren(element),
      getTreeItem: async (element) => literalRow(await provider.getTreeItem(element)),
      // Rows can be revealed only where their parents can be asked for.
      ...(provider.getParent && { getParent: (element) => provider.getParent?.(element) }),
    };
    return guarded(vscode.window.createTreeView(id, { ...options, treeDataProvider }), {
      title: optional(literalLabel),
      description: optional(literalLabel),
      message: optional(literalText),
      badge: (badge) => badge && { ...badge, tooltip: literalText(badge.tooltip) },
    });
  },

  /** @param duration milliseconds */
  setStatusBarMessage(text: string, duration: number): vscode.Disposable {
    return vscode.window.setStatusBarMessage(literalLabel(text), duration);
  },

  createWebviewPanel(viewType: string, title: string): vscode.WebviewPanel {
    const { Active } = vscode.ViewColumn;
    return vscode.window.createWebviewPanel(viewType, literalLabel(title), Active);
  },

  /** For what is assigned to its title later, also of a panel that VS Code brought back. */
  guardPanel(panel: vscode.WebviewPanel): vscode.WebviewPanel {
    return guarded(panel, { title: literalLabel });
  },

  createTerminal(name: string): vscode.Terminal {
    return vscode.window.createTerminal({ name: literalLabel(name) });
  },

  showSaveDialog(options: vscode.SaveDialogOptions): Thenable<vscode.Uri | undefined> {
    return vscode.window.showSaveDialog(literalOptions(options));
  },

  showOpenDialog(options: vscode.OpenDialogOptions): Thenable<vscode.Uri[] | undefined> {
    return vscode.window.showOpenDialog(literalOptions(options));
  },
};

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** An entry of the status bar; `icon` is the name of a codicon. */
export interface StatusItem extends vscode.Disposable {
  show(now: { icon: string; text: string; tooltip: string; command: string }): void;
  hide(): void;
}

interface ShowMessage {
  (text: string, ...buttons: string[]): Promise<string | undefined>;
  (text: string, options: vscode.MessageOptions, ...buttons: string[]): Promise<string | undefined>;
}

function shower(
  name: 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage',
): ShowMessage {
  return async (text: string, ...rest: (string | vscode.MessageOptions)[]) => {
    const buttons = rest.filter((each) => typeof each === 'string');
    const [options = {}] = rest.filter((each) => typeof each === 'object');
    const items = buttons.map((title) => ({ title: literalLabel(title) }));
    const answer = await vscode.window[name](literalText(text), literalOptions(options), ...items);
    return answer && buttons[items.indexOf(answer)];
  };
}

/** Every text that is shown of these, whichever of them the options have. */
const optionTexts = {
  title: literalLabel,
  prompt: literalText,
  placeHolder: literalLabel,
  detail: literalText,
  message: literalText,
  openLabel: literalLabel,
  saveLabel: literalLabel,
};

function literalOptions<T extends object>(options: T): T {
  const entries = Object.entries(options).map(([key, value]: [string, unknown]) => {
    const make = Object.entries(optionTexts).find(([name]) => name === key)?.[1];
    return [key, make !== undefined && typeof value === 'string' ? make(value) : value];
  });
  return Object.fromEntries(entries) as T;
}

/** What is wrong with the text in a box; '' = nothing. */
function literalProblem(
  problem: string | vscode.InputBoxValidationMessage,
): string | vscode.InputBoxValidationMessage {
  if (typeof problem === 'string') return literalText(problem);
  return { ...problem, message: literalText(problem.message) };
}

function literalItem<T extends vscode.QuickPickItem>(item: T): T {
  return {
    ...item,
    label: literalLabel(item.label),
    ...(item.description === undefined ? {} : { description: literalLabel(item.description) }),
    ...(item.detail === undefined ? {} : { detail: literalLabel(item.detail) }),
  };
}

function literalRow(row: vscode.TreeItem): vscode.TreeItem {
  if (typeof row.label === 'string') row.label = literalLabel(row.label);
  if (typeof row.description === 'string') row.description = literalLabel(row.description);
  if (typeof row.tooltip === 'string') row.tooltip = literalText(row.tooltip);
  const { accessibilityInformation: spoken } = row;
  if (spoken) row.accessibilityInformation = { ...spoken, label: literalLabel(spoken.label) };
  return row;
}

function optional<T>(make: (text: string) => T): (text: string | undefined) => T | undefined {
  return (text) => (text === undefined ? undefined : make(text));
}

type Guards<T> = { [K in keyof T]?: (value: T[K]) => T[K] };

/**
 * The object, except that what is assigned to a guarded property is changed first. The proxy stands
 * before an empty object: VS Code freezes some of its own, and a proxy may not hide what is frozen.
 */
function guarded<T extends object>(target: T, guards: Guards<T>): T {
  return new Proxy({} as T, {
    get: (_empty, key) => method(target, key),
    set: (_empty, key, value: T[keyof T]) => {
      const guard = Object.hasOwn(guards, key) ? guards[key as keyof T] : undefined;
      return Reflect.set(target, key, guard === undefined ? value : guard(value), target);
    },
  });
}

/** A property; a method still knows its own object. */
function method(target: object, key: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, key, target);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}
