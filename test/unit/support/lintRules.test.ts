import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { Linter } from 'eslint';
import { repoPaths } from '../../support/repoPaths';

interface Rule {
  selector: string;
  message: string;
}

/** Messages of the rules of that name on the code. */
async function linterOf(
  name: 'literalTextRules' | 'modalRules' | 'pathRules' | 'wholeFileRules',
): Promise<(code: string) => string[]> {
  const file = pathToFileURL(path.join(repoPaths.root, 'eslint.config.mjs')).href;
  const { [name]: rules } = (await import(file)) as Record<typeof name, Rule[]>;
  return (code) =>
    new Linter()
      .verify(code, { rules: { 'no-restricted-syntax': ['error', ...rules] } })
      .map(({ message }) => message);
}

describe('The lint rule for questions in modal dialogs', () => {
  it('refuses them outside of the one function that asks', async () => {
    const linter = await linterOf('modalRules');
    for (const options of ['{ modal: true }', "{ 'modal': true, detail }", '{ modal }']) {
      assert.notDeepEqual(linter(`window.showWarningMessage(text, ${options}, yes, no);`), []);
    }
    assert.deepEqual(linter('askBefore({ title, detail, dangerous, safe });'), []);
  });
});

describe('The lint rule for paths', () => {
  it('refuses to compare them as mere texts', async () => {
    const linter = await linterOf('pathRules');
    for (const code of [
      'uri.fsPath === file;',
      'a !== options.inputPath;',
      'x.outputPath !== y;',
    ]) {
      assert.notDeepEqual(linter(code), [], code);
    }
    for (const code of [
      'samePath(uri.fsPath, file);',
      "o.outputPath === '';",
      'a.inputPath === null;',
    ]) {
      assert.deepEqual(linter(code), [], code);
    }
  });
});

describe('The lint rules for texts that reach VS Code', () => {
  let linter: (code: string) => string[];
  before(async () => (linter = await linterOf('literalTextRules')));

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

describe('The lint rules for files of unknown size', () => {
  let linter: (code: string) => string[];
  before(async () => (linter = await linterOf('wholeFileRules')));

  const refused = [
    "import { readFile } from 'node:fs/promises';",
    "import { readFileSync as read } from 'node:fs';",
    "import { stat, readFile } from 'fs/promises';",
    "import * as fs from 'node:fs';\nfs.readFileSync(file);",
    'const text = await handle.readFile();',
    "fs['readFile'](file, done);",
    'const { readFile } = fs.promises;',
    'vscode.workspace.fs.readFile(uri);',
  ];
  for (const code of refused) {
    it(`refuse ${code}`, () => assert.notDeepEqual(linter(code), []));
  }

  const taken = [
    "import { readBounded } from '../../files/regularFile';\nreadBounded(file, 4096);",
    "import { open, writeFile } from 'node:fs/promises';\nawait handle.read(buffer);",
  ];
  for (const code of taken) {
    it(`take ${code}`, () => assert.deepEqual(linter(code), []));
  }
});
