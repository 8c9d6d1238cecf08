import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { DdlDocuments } from '../../../src/vscode/editors/ddlDocuments';

const dump = path.resolve(__dirname, '../../../../test/fixtures/archives/mini.17.dump');

describe('The archive editor in Restricted Mode', () => {
  it('opens a dump and shows its SQL', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await vscode.commands.executeCommand('pgBackup.openArchive', vscode.Uri.file(dump));
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, 'pgBackup.archive');
    const uri = DdlDocuments.uri('all', { kind: 'ddl', path: dump, ids: null, stamp: '' });
    const opened = await vscode.workspace.openTextDocument(uri);
    assert.match(opened.getText(), /CREATE TABLE app\.orders/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
