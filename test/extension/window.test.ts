import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { window } from '../../src/vscode/ui/window';

const hostile = '[Click](command:workbench.action.quit) $(heart) \u202e';
const harmless = '[Click] (command:workbench.action.quit) $ (heart) <U+202E>';

describe('The wrapper around the window, on the real objects of VS Code', () => {
  it('makes the texts of a quick pick literal, and keeps what belongs to its items', () => {
    const pick = window.createQuickPick<vscode.QuickPickItem & { id: number }>();
    pick.title = hostile;
    pick.placeholder = hostile;
    pick.items = [{ label: hostile, description: hostile, detail: hostile, id: 7 }];
    pick.activeItems = pick.items;
    pick.busy = true;
    assert.equal(pick.title, harmless);
    assert.equal(pick.placeholder, harmless);
    assert.deepEqual(pick.items, [
      { label: harmless, description: harmless, detail: harmless, id: 7 },
    ]);
    assert.equal(pick.activeItems[0], pick.items[0]);
    assert.equal(pick.busy, true);
    pick.dispose();
  });

  it('makes the texts of an input box literal, and leaves what the user types', () => {
    const input = window.createInputBox();
    input.title = hostile;
    input.prompt = hostile;
    input.value = hostile;
    input.validationMessage = {
      message: hostile,
      severity: vscode.InputBoxValidationSeverity.Info,
    };
    assert.equal(input.title, harmless);
    assert.equal(input.prompt, harmless);
    assert.equal(input.value, hostile);
    assert.deepEqual(input.validationMessage, {
      message: harmless,
      severity: vscode.InputBoxValidationSeverity.Info,
    });
    input.validationMessage = undefined;
    assert.ok(!input.validationMessage);
    input.dispose();
  });

  it('makes the title of a panel literal, at first and later', () => {
    const panel = window.guardPanel(window.createWebviewPanel('pgBackup.test', hostile));
    assert.equal(panel.title, harmless);
    panel.title = ` ${hostile} `;
    assert.equal(panel.title, `␣${harmless}␣`);
    assert.equal(panel.viewType, 'pgBackup.test');
    panel.webview.html = '<p></p>';
    panel.dispose();
  });
});
