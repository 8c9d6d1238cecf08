import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { Linter } from 'eslint';
import { repoPaths } from '../../support/repoPaths';

interface Rule {
  selector: string;
  message: string;
}

describe('The lint rules for texts that reach VS Code', () => {
  let linter: (code: string) => string[];

  before(async () => {
    const file = pathToFileURL(path.join(repoPaths.root, 'eslint.config.mjs')).href;
    const { literalTextRules } = (await import(file)) as { literalTextRules: Rule[] };
    linter = (code) =>
      new Linter()
        .verify(code, { rules: { 'no-restricted-syntax': ['error', ...literalTextRules] } })
        .map(({ message }) => message);
  });

  const all = "import * as vscode from 'vscode';\n";
  const refused = [
    `${all}vscode.window.showErrorMessage(text);`,
    `${all}const { Window } = vscode.ProgressLocation; vscode.window.withProgress({}, run);`,
    `${all}const show = ok ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;`,
    `${all}const w = vscode.window;`,
    `${all}const { window } = vscode;`,
    `${all}const api = vscode;`,
    `${all}vscode['window'].showErrorMessage(text);`,
    `${all}vscode.window['showTextDocument'](text);`,
    `${all}vscode.window.createTreeView(id, {});`,
    `${all}vscode.window.setStatusBarMessage(text);`,
    `${all}const tip = new vscode.MarkdownString(text);`,
    `import * as code from 'vscode';\ncode.window.showErrorMessage(text);`,
    `import { window } from 'vscode';`,
    `import { window as w } from 'vscode';`,
    `import { MarkdownString } from 'vscode';`,
    `import vscode from 'vscode';`,
  ];
  for (const code of refused) {
    it(`refuse ${code.replace(all, '')}`, () => assert.notDeepEqual(linter(code), []));
  }

  const taken = [
    `${all}vscode.window.showTextDocument(document);`,
    `${all}vscode.window.tabGroups.all.map((tab) => tab);`,
    `${all}vscode.window.onDidChangeActiveColorTheme(run);`,
    `${all}vscode.window.registerCustomEditorProvider(id, provider);`,
    `${all}const { Collapsed } = vscode.TreeItemCollapsibleState;`,
    `import { window } from '../ui/window';\nwindow.showErrorMessage(text);`,
  ];
  for (const code of taken) {
    it(`take ${code.replace(all, '')}`, () => assert.deepEqual(linter(code), []));
  }
});
